import { accessSync, constants, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Kind } from './classify.ts'
import { WarehouseError } from './warehouse.ts'

/**
 * How DuckDB says that it cannot write its own files. A failed write of the log stands behind `TransactionContext Error:
 * Failed to commit:`, as a conflict with another transaction does; it is not repeated, for the connection is not clean then.
 * Only messages that begin so are read: others may quote values.
 */
const writing = /^(?:IO|TransactionContext|Transaction|FATAL|Fatal|Permission) Error: [^\n]*/
const offloading = /^Out of Memory Error: failed to offload data block/

/** What is wrong with the disk of the DuckDB file; null where the message is about something else. */
export const diskProblem = (message: string): Kind | null => {
  if (offloading.test(message))
    return full("The disk of DuckDB's temporary files (warehouse.temp_directory) is full; make room on it")
  const [line] = writing.exec(message) ?? []
  if (line === undefined) return null
  const [, file] = /file "([^"]*)"/.exec(line) ?? []
  if (/no space left|disk quota exceeded/i.test(line))
    return full(`The disk of the DuckDB file is full${volumeOf(file)}; make room on it`)
  if (/read-only file system/i.test(line)) {
    const folder = file === undefined ? '' : ` (folder ${dirname(file)})`
    return ['permission', 'warehouse_read_only', `The DuckDB file may not be written: its volume is read-only${folder}`]
  }
  if (/could not (?:write|sync|truncate)/i.test(line)) return full(`The DuckDB file cannot be written${volumeOf(file)}`)
  if (/^TransactionContext Error: .*permission denied/i.test(line))
    return ['permission', 'warehouse_permission', `The folder of the DuckDB file may not be written${volumeOf(file)}`]
  return null
}

const full = (says: string): Kind => ['later', 'warehouse_disk', says]

/** The folder of one of DuckDB's own files, which begin with warehouse.path or stand in temp_directory, and its room. */
const volumeOf = (file: string | undefined): string => {
  if (file === undefined) return ''
  const folder = dirname(file)
  try {
    const { bavail, bsize } = statfsSync(folder)
    return ` (folder ${folder}: ${Math.floor((bavail * bsize) / 1_000_000)} MB free)`
  } catch {
    return ` (folder ${folder})`
  }
}

/** Throws WarehouseError where the file, or its folder (for the log beside it), may not be written. Null: it is in memory. */
export const mayBeWritten = (file: string | null): void => {
  for (const [what, path] of file === null
    ? []
    : ([
        ['file', file],
        ['folder', dirname(file)],
      ] as const)) {
    try {
      accessSync(path, constants.W_OK)
    } catch {
      const says = `The ${what} ${path} may not be written, and runs keep their state in the DuckDB file.`
      throw new WarehouseError('permission', 'warehouse_permission', 'state', says)
    }
  }
}
