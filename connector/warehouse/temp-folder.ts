import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'

/**
 * The folder where DuckDB writes what does not fit into memory: rows of segments, in clear text. Each warehouse file has
 * its own, so that what stands there when nobody has the file open was left by a process that was killed.
 */
export const tempFolderOf = (path: string, tempDirectory: string | undefined): string => {
  if (tempDirectory === undefined) return `${path}.tmp`
  // DuckDB makes the folder itself, but not those it is in. Where that fails, DuckDB says so when it has to write.
  quietly(() => mkdirSync(tempDirectory, { recursive: true, mode: 0o700 }))
  const name = createHash('sha256').update(path).digest('hex').slice(0, 8)
  return join(tempDirectory, `${basename(path)}-${name}.tmp`)
}

/** Clears what was left there, files of DuckDB only. For whoever alone has the warehouse file open. */
export const clearTempFolder = (folder: string): void =>
  quietly(() => {
    for (const file of readdirSync(folder)) if (file.startsWith('duckdb_temp_')) rmSync(join(folder, file))
    rmdirSync(folder)
  })

/** There is no such folder, or something else stands there: no reason for a run to end. */
const quietly = (work: () => void): void => {
  try {
    work()
  } catch {
    // Said above.
  }
}
