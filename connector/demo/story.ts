import { printLine, printSafe } from '../commands/output.ts'
import { type Colour, paint } from '../paint.ts'
import { lines } from '../printable.ts'

/** What the demo says as it goes. */
export interface Story {
  /** A day begins. */
  heading(text: string): void
  /** One step of many; only for somebody who watches. */
  step(text: string): void
  /** What came of it. */
  result(text: string, good: boolean): void
  /** Of a day, one object a row; on a pipe only their sum is told. */
  table(rows: readonly Readonly<Record<string, string | number | null>>[]): Promise<void>
  /** At the end. */
  line(text: string): void
}

export const silentStory: Story = {
  heading: () => undefined,
  step: () => undefined,
  result: () => undefined,
  table: async () => undefined,
  line: () => undefined,
}

/** For a log: no colour, no table, a line for each thing that matters. */
export const plainStory: Story = {
  ...silentStory,
  heading: printLine,
  result: (text) => printLine(`  ${text}`),
  table: async (rows) => {
    const sum = (key: string): number => rows.reduce((total, row) => total + Number(row[key]), 0)
    const seconds = Math.max(...rows.map((row) => Number(row.seconds)))
    printLine(
      `  ${rows.length} runs: ${sum('added')} members added, ${sum('removed')} removed, ${sum('rejected')} identifiers rejected, ${sum('requests')} requests, ${seconds} s at most`,
    )
  },
  line: printLine,
}

const painted = (colour: Colour, text: string): string => paint(colour, text, process.stdout)

export const terminalStory: Story = {
  heading: (text) => printSafe(`\n${painted('cyan', lines(text))}`),
  step: (text) => printSafe(painted('dim', `  ${lines(text)}`)),
  result: (text, good) => printSafe(`  ${good ? painted('green', '✓') : painted('red', '✗')} ${lines(text)}`),
  table: async (rows) => printLine((await import('../commands/table.ts')).renderTable(rows)),
  line: printLine,
}
