import { existsSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lines } from '../printable.ts'

/** Where Airflow's Kubernetes side-car looks for a result, where it exists. */
const xcomFile = '/airflow/xcom/return.json'

/**
 * Writes a line, or lines, to standard output at once, with nothing in it that acts on a terminal. A closed pipe is no
 * reason to fail: the run is in the warehouse. Nor is one that is full because nobody reads: it is tried for `patienceMs`.
 */
export const printLine = (text: string, patienceMs = 10_000): void => {
  const endsAt = performance.now() + patienceMs
  let rest = Buffer.from(`${lines(text)}\n`)
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

/** The last line of a run, and the same for Airflow's side-car. */
export const printSummary = (summary: object, patienceMs?: number): void => {
  const line = JSON.stringify(summary)
  writeResult(line)
  printLine(line, patienceMs)
}

/** Replaced whole, so that nobody reads half of it; only where the folder exists. */
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
