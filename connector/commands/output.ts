import { existsSync, renameSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where Airflow's Kubernetes side-car looks for a result, where it exists. */
const xcomFile = '/airflow/xcom/return.json'

/** Writes one line to standard output at once. A closed pipe is no reason to fail: the run is in the warehouse. */
export const printLine = (line: string): void => {
  let rest = Buffer.from(`${line}\n`)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') continue
      return
    }
  }
}

/** The last line of a run, and the same for Airflow's side-car, replaced whole so that nobody reads half of it. */
export const printSummary = (summary: object): void => {
  const line = JSON.stringify(summary)
  const folder = dirname(xcomFile)
  if (existsSync(folder)) {
    try {
      const partial = join(folder, '.return.json.partial')
      writeFileSync(partial, line)
      renameSync(partial, xcomFile)
    } catch {
      process.stderr.write(`The summary could not be written to ${xcomFile}\n`)
    }
  }
  printLine(line)
}

/** True where a person reads standard output and did not ask for JSON. */
export const forPerson = (options: { readonly json?: boolean }): boolean =>
  process.stdout.isTTY === true && options.json !== true
