import { Table } from 'console-table-printer'

type Cell = string | number | null
type Rows = readonly Readonly<Record<string, Cell>>[]

/** Columns of a terminal. */
const most = 100
/** A column is not made narrower. */
const least = 8

/** A table for a person: one object a row, keys as headings, numbers to the right, at most 100 columns wide. */
export const renderTable = (rows: Rows): string => {
  const names = Object.keys(rows[0] ?? {})
  const isNumber = (name: string): boolean => rows.some((row) => typeof row[name] === 'number')
  const table = new Table({
    columns: names.map((name) => ({ name, alignment: isNumber(name) ? 'right' : 'left' })),
    // Also for files and pipes, where escapes are noise.
    shouldDisableColors: true,
  })
  const widths = widthsOf(rows, names, isNumber)
  for (const row of rows) for (const line of linesOf(row, names, widths)) table.addRow(line)
  return table.render()
}

/** The widest columns of text give way until the table fits. */
const widthsOf = (rows: Rows, names: readonly string[], isNumber: (name: string) => boolean): Map<string, number> => {
  const widths = new Map(
    names.map((name) => [name, Math.max(name.length, ...rows.map((row) => textOf(row[name]).length))]),
  )
  const wide = (name: string): number => widths.get(name) ?? 0
  const over = (): number => names.reduce((sum, name) => sum + wide(name) + 3, 1) - most
  const texts = names.filter((name) => !isNumber(name))
  while (over() > 0) {
    const [widest] = texts.toSorted((a, b) => wide(b) - wide(a))
    if (widest === undefined || wide(widest) <= Math.max(least, widest.length)) break
    widths.set(widest, wide(widest) - 1)
  }
  return widths
}

const textOf = (cell: Cell | undefined): string => String(cell ?? '-')

/** A row, and below it what does not fit. */
const linesOf = (row: Rows[number], names: readonly string[], widths: Map<string, number>) => {
  const cells = names.map((name) => [name, piecesOf(textOf(row[name]), widths.get(name) ?? most)] as const)
  const height = Math.max(...cells.map(([, pieces]) => pieces.length))
  return Array.from({ length: height }, (_, i) =>
    Object.fromEntries(cells.map(([name, pieces]) => [name, pieces[i] ?? ''])),
  )
}

/** Cut behind a blank, point, underscore or hyphen where there is one. */
const piecesOf = (text: string, width: number): readonly string[] => {
  if (text.length <= width) return [text]
  const head = text.slice(0, width)
  const end = Math.max(...[' ', '.', '_', '-'].map((mark) => head.lastIndexOf(mark))) + 1
  const cut = end > width / 3 ? end : width
  return [text.slice(0, cut).trimEnd(), ...piecesOf(text.slice(cut), width)]
}

/** Without the columns in which nothing stands. */
export const withoutEmpty = (rows: Rows): Rows =>
  rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => rows.some((other) => other[name] !== null))),
  )

/** `+498 −0` */
export const movement = (added: number, removed: number): string => `+${added} −${removed}`
