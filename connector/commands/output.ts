import { existsSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Colour, paint } from '../paint.ts'
import { lines } from '../printable.ts'

/** Where Airflow's Kubernetes side-car looks for a result, where it exists. */
const xcomFile = '/airflow/xcom/return.json'

/**
 * Writes a line, or lines, to standard output at once, with nothing in it that acts on a terminal. A closed pipe is no
 * reason to fail: the run is in the warehouse. Nor is one that is full because nobody reads: it is tried for `patienceMs`.
 */
export const printLine = (text: string, patienceMs = 10_000): void => {
  write(`${lines(text)}\n`, patienceMs)
}

/** The same; words that begin a line are in colour, on a terminal that shows any. */
export const printPainted = (text: string, colours: Readonly<Record<string, Colour>>): void => {
  const painted = lines(text).replace(/^\w+/gm, (word) => {
    const colour = Object.hasOwn(colours, word) ? colours[word] : undefined
    return colour === undefined ? word : paint(colour, word, process.stdout)
  })
  printSafe(painted)
}

/** A text that is printed as it is: whatever is foreign in it has been escaped. */
export const printSafe = (text: string): void => write(`${text}\n`, 10_000)

const write = (text: string, patienceMs: number): void => {
  const endsAt = performance.now() + patienceMs
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || performance.now() > endsAt) return
      Atomics.wait(asleep, 0, 0, 5)
    }
  }
}

const asleep = new Int32Array(new SharedArrayBuffer(4))

/** The same to standard error, for what is no log. */
export const printError = (text: string): void => {
  process.stderr.write(`${lines(text)}\n`)
}

/** The summary of a run for Airflow's side-car: replaced whole, so that nobody reads half of it; only where the folder exists. */
export const writeResult = (text: string, file = xcomFile): void => {
  const folder = dirname(file)
  if (!existsSync(folder)) return
  try {
    const partial = join(folder, '.return.json.partial')
    writeFileSync(partial, text)
    renameSync(partial, file)
  } catch {
    process.stderr.write(`The summary could not be written to ${file}; it is on standard output all the same.\n`)
  }
}

/** True where a person reads standard output and did not ask for JSON. */
export const forPerson = (options: { readonly json?: boolean }): boolean =>
  process.stdout.isTTY === true && options.json !== true
