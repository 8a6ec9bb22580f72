import { existsSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import pRetry from 'p-retry'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import { duckdbOf } from '../../sql/dialect/duckdb.ts'
import type { WarehouseSettings } from '../config/activation.ts'
import { clearTempFolder, tempFolderOf } from './temp-folder.ts'
import {
  type Column,
  faultOfStatement,
  type OpenOptions,
  type Row,
  type Statement,
  type TransactionPart,
  type Warehouse,
  WarehouseError,
  type WarehouseFault,
  written,
} from './warehouse.ts'

/** What every DuckDB is opened with. */
export const duckdbDefaults = {
  // The default reaches for the network.
  autoinstall_known_extensions: 'false',
  // A settle whose changes lie all over the ledger counts as more than the default of 16 MB and would wait for a checkpoint
  // (0.15 s at 2 M identifiers); closing makes one anyway.
  checkpoint_threshold: '128MB',
} as const

/**
 * Opens a DuckDB file. Only one process can have it open, so having it open proves that no other runner lives.
 * `readOnly`: nothing can be written but scratch tables. `create`: a file that is missing is made.
 */
export const openDuckdb = async (settings: WarehouseSettings, options: OpenOptions = {}): Promise<Warehouse> => {
  if (!options.create && !existsSync(settings.path)) {
    throw new WarehouseError(
      'configuration',
      'no_such_file',
      'open',
      `There is no DuckDB file at warehouse.path (${settings.path}); correct the path or build the file first.`,
    )
  }
  const config: Record<string, string> = { ...duckdbDefaults }
  if (settings.memoryLimit !== undefined) config.memory_limit = settings.memoryLimit
  if (settings.threads !== undefined) config.threads = String(settings.threads)
  config.temp_directory = tempFolderOf(settings.path, settings.tempDirectory)
  if (options.readOnly) config.access_mode = 'READ_ONLY'
  const instance = await classified('open', () => DuckDBInstance.create(settings.path, config))
  if (!options.readOnly) clearTempFolder(config.temp_directory)
  return warehouseOver(instance, true)
}

/** A warehouse over an instance that is open already; `opensAlone` where nobody else can have opened it. */
export const warehouseOver = async (instance: DuckDBInstance, opensAlone: boolean): Promise<Warehouse> => {
  const connection = await instance.connect()
  const version = "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
  const found = await classified('open', () => connection.runAndReadAll(version))
  return new DuckdbWarehouse(instance, connection, duckdbOf(String(found.getRows()[0]?.[0] ?? '')), opensAlone)
}

class DuckdbWarehouse implements Warehouse {
  readonly dialect: Dialect
  readonly opensAlone: boolean
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection
  /** All open connections, shared by the warehouse and those that `another` made. */
  readonly #open: Set<DuckDBConnection>
  readonly #second: boolean

  constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    dialect: Dialect,
    opensAlone: boolean,
    open?: Set<DuckDBConnection>,
  ) {
    this.#instance = instance
    this.#connection = connection
    this.dialect = dialect
    this.opensAlone = opensAlone
    this.#second = open !== undefined
    this.#open = open ?? new Set()
    this.#open.add(connection)
  }

  async rows(step: string, statement: Statement): Promise<readonly Row[]> {
    const { sql, parameters } = this.dialect.compile(statement)
    // Never a stream: DuckDB ends a stream without an error when a late row fails.
    const reader = await classified(step, () => this.#connection.runAndReadAll(sql, [...parameters]))
    return reader.getRowObjects() as Row[]
  }

  async columns(step: string, statement: Statement): Promise<readonly Column[]> {
    const { sql } = this.dialect.compile(statement)
    // Prepared and not run: of a text with several statements `run` would run all, whatever they do.
    const prepared = await classified(step, () => this.#connection.prepare(sql))
    const columns = Array.from({ length: prepared.columnCount }, (_, i) =>
      columnOf(prepared.columnName(i), prepared.columnType(i)),
    )
    prepared.destroySync()
    return columns
  }

  async execute(step: string, statement: Statement): Promise<number> {
    return onceMore(() => this.#run(step, statement))
  }

  async #run(step: string, statement: Statement): Promise<number> {
    const { sql, parameters } = this.dialect.compile(statement)
    const result = await classified(step, () => this.#connection.run(sql, [...parameters]))
    return result.rowsChanged
  }

  async transaction(step: string, statements: readonly TransactionPart[]): Promise<boolean> {
    return onceMore(() => this.#transaction(step, statements))
  }

  async #transaction(step: string, statements: readonly TransactionPart[]): Promise<boolean> {
    await classified(step, () => this.#connection.run('begin transaction'))
    try {
      for (const part of statements) {
        const { statement, exactly } = written(part)
        const touched = await this.#run(step, statement)
        if (exactly !== undefined && touched !== exactly) {
          await this.#connection.run('rollback')
          return false
        }
      }
      await classified(step, () => this.#connection.run('commit'))
      return true
    } catch (error) {
      // A failed COMMIT has ended the transaction already; then there is nothing left to roll back.
      await this.#connection.run('rollback').catch(() => undefined)
      throw error
    }
  }

  async another(): Promise<Warehouse> {
    return new DuckdbWarehouse(
      this.#instance,
      await this.#instance.connect(),
      this.dialect,
      this.opensAlone,
      this.#open,
    )
  }

  /** A process that exits waits for the threads on which DuckDB works. */
  interrupt(): void {
    for (const connection of this.#open) connection.interrupt()
  }

  async close(): Promise<void> {
    this.#open.delete(this.#connection)
    this.#connection.closeSync()
    if (!this.#second && this.opensAlone) this.#instance.closeSync()
  }
}

/** Types whose values are one text each; a NULL is none, but it needs no type. JSON is text with an alias: quotes stand in it. */
const typesOfText: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.VARCHAR,
  DuckDBTypeId.ENUM,
  DuckDBTypeId.UUID,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.BIGNUM,
  DuckDBTypeId.SQLNULL,
])

const columnOf = (name: string, type: DuckDBType): Column => {
  const whole = type.typeId === DuckDBTypeId.DECIMAL && type.scale === 0
  const json = type.alias?.toUpperCase() === 'JSON'
  // The names of a struct's fields are the user's, and may be long.
  const word = json ? 'JSON' : (DuckDBTypeId[type.typeId] ?? 'unknown')
  return { name, type: word, asText: whole || (typesOfText.has(type.typeId) && !json) }
}

/** A conflict with another transaction has changed nothing, and DuckDB reports it at once instead of waiting. */
const onceMore = <T>(work: () => Promise<T>): Promise<T> =>
  pRetry(work, {
    retries: 8,
    minTimeout: 10,
    maxTimeout: 200,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof WarehouseError && error.code === 'warehouse_conflict',
  })

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
  [/no space left/i, 'later', 'warehouse_disk', 'The disk of the DuckDB file is full'],
  [/permission denied/i, 'permission', 'warehouse_permission', 'The DuckDB file may not be read or written'],
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
  [/^IO Error/i, 'configuration', 'warehouse_file', 'The DuckDB file cannot be opened or read'],
]

const classified = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof WarehouseError) throw error
    // Not by its class: an embedding program may have one of its own.
    const text = String((error as { readonly message?: unknown } | null)?.message ?? error)
    const unknown = [null, 'bug', 'warehouse_error', 'DuckDB refused a statement'] as const
    const [, fault, code, says] = kinds.find(([pattern]) => pattern.test(text)) ?? unknown
    const pid = /\(PID (\d+)\)/.exec(text)?.[1]
    throw new WarehouseError(
      fault === 'statement' ? faultOfStatement(step) : fault,
      code,
      step,
      `${says}${pid ? ` (process ${pid})` : ''}, in step "${step}".`,
    )
  }
}
