import { inOurWords, type Kind } from './classify.ts'
import { diskProblem } from './duckdb-disk.ts'
import { fileProblem } from './duckdb-files.ts'
import { offsetOf } from './text-place.ts'
import { faultOfStatement, WarehouseError, type WarehouseFault } from './warehouse.ts'

/**
 * What the beginning of DuckDB's message says about the next step. Its rest may quote values and goes nowhere. `statement`:
 * see `faultOfStatement`.
 */
const kinds: readonly (readonly [RegExp, WarehouseFault | 'statement', string, string])[] = [
  [/could not set lock on file/i, 'later', 'warehouse_locked', 'Another process has the DuckDB file open'],
  [
    /^TransactionContext Error|^Transaction(?: Context)? Error.*conflict|write-write conflict/i,
    'later',
    'warehouse_conflict',
    'Another transaction changed the same rows',
  ],
  [
    /^Out of Memory Error/i,
    'later',
    'warehouse_memory',
    'DuckDB ran out of memory (see warehouse.memory_limit and temp_directory)',
  ],
  [
    /permission denied/i,
    'permission',
    'warehouse_permission',
    'The DuckDB file, or one that the SQL reads, may not be read or written',
  ],
  [/read-only mode/i, 'permission', 'warehouse_read_only', 'The DuckDB file is open read-only'],
  [/^Catalog Error/i, 'statement', 'no_such_relation', 'A relation or function does not exist'],
  [/^Binder Error/i, 'statement', 'no_such_column', 'A column does not exist or has a type that does not fit'],
  [/^(?:Failed to extract statements: )?Parser Error/i, 'statement', 'sql_syntax', 'The SQL cannot be parsed'],
  [/^Invalid Input Error: Cannot prepare multiple/i, 'statement', 'sql_several', 'There is more than one statement'],
  [
    /^(Conversion|Invalid Input|Out of Range|Mismatch Type) Error/i,
    'statement',
    'sql_value',
    'A value does not fit its type',
  ],
  [
    /^(Extension Autoloading|Missing Extension|HTTP|Not implemented) Error/i,
    'statement',
    'sql_extension',
    'DuckDB has no such function or needs an extension that is not installed',
  ],
  [/^IO Error/i, 'configuration', 'warehouse_file', 'The DuckDB file cannot be opened or read'],
]

/** What `work` gives. Throws WarehouseError in place of whatever the driver throws. `sql`: what it says. */
export const classified = <T>(step: string, work: () => Promise<T>, sql?: string): Promise<T> =>
  inOurWords(step, (error) => kindOf(error, sql), work)

const kindOf = (error: unknown, sql: string | undefined): Kind => {
  // Not by its class: an embedding program may have one of its own.
  const text = String((error as { readonly message?: unknown } | null)?.message ?? error)
  // Relative paths begin in the working directory, which is that of the configuration file (see duckdb.ts).
  const ofFile = sql === undefined ? null : fileProblem(text, { sql, folder: process.cwd() })
  if (ofFile) return ofFile
  const unknown = [null, 'bug', 'warehouse_error', 'DuckDB refused a statement'] as const
  const ofDisk = diskProblem(text)
  if (ofDisk) return ofDisk
  const [, fault, code, says] = kinds.find(([pattern]) => pattern.test(text)) ?? unknown
  const pid = /\(PID (\d+)\)/.exec(text)?.[1]
  const offset = sql === undefined ? undefined : offsetIn(text, sql)
  return [fault, code, pid ? `${says} (process ${pid})` : says, offset === undefined ? {} : { offset }]
}

/** DuckDB ends with the line, of a long one a part of it, and a caret below what it stumbled over. */
const marked = /\nLINE (\d+): (\.\.\.)?(.*?)(?:\.\.\.)?\n( *)\^/

const offsetIn = (message: string, sql: string): number | undefined => {
  const [, line, cut = '', part = '', blank = ''] = marked.exec(message) ?? []
  if (line === undefined) return undefined
  const inPart = lettersIn(part, blank.length - `LINE ${line}: ${cut}`.length)
  const text = sql.split('\n')[Number(line) - 1] ?? ''
  const start = [...text.slice(0, Math.max(0, text.indexOf(part)))].length
  return offsetOf(sql, Number(line), start + inPart, { from: 0 })
}

export const unfilledParameter = (step: string): WarehouseError =>
  new WarehouseError(
    faultOfStatement(step),
    'sql_parameters',
    step,
    `There is a parameter ($1 or ?) that nothing fills, in step "${step}".`,
  )

/** The caret stands below a column of the terminal, of which some letters take two. */
const wide = /[\p{Emoji_Presentation}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u
const lettersIn = (text: string, columns: number): number => {
  let [letters, width] = [0, 0]
  for (const letter of text) {
    if (width >= columns) break
    width += wide.test(letter) ? 2 : 1
    letters += 1
  }
  return letters
}
