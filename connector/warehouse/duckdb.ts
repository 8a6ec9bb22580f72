import { existsSync } from 'node:fs'
import { type DuckDBConnection, DuckDBInstance, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api'
import { sql } from 'kysely'
import pRetry from 'p-retry'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import { duckdbOf } from '../../sql/dialect/duckdb.ts'
import type { DuckdbSettings } from '../config/activation.ts'
import { mayBeWritten } from './duckdb-disk.ts'
import { classified, unfilledParameter } from './duckdb-errors.ts'
import { clearTempFolder, tempFolderOf } from './temp-folder.ts'
import {
  type Column,
  type OpenOptions,
  type Row,
  type Statement,
  type TransactionPart,
  type Warehouse,
  WarehouseError,
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
export const openDuckdb = async (settings: DuckdbSettings, options: OpenOptions = {}): Promise<Warehouse> => {
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
  enter(settings.folder)
  const instance = await classified('open', () => DuckDBInstance.create(settings.path, config))
  if (!options.readOnly) clearTempFolder(config.temp_directory)
  return warehouseOver(instance, true)
}

/**
 * DuckDB reads relative paths from the working directory, first and whatever `file_search_path` says: a file of the same
 * name there would win, and a comma in a folder's name would make it two. Each other path of a run is absolute.
 */
const enter = (folder: string): void => {
  try {
    process.chdir(folder)
  } catch {
    const says = `The folder of the configuration file (${folder}) cannot be entered, so paths in SQL could not be read from there.`
    throw new WarehouseError('configuration', 'no_such_folder', 'open', says)
  }
}

/**
 * The same for every connection: what a segment's dates and times mean is no matter of the machine's TZ and LC_ALL (under
 * th_TH the year is 2569). The settings belong to an extension, so a database cannot be opened with them.
 */
const settingsOfTime = ["set global TimeZone = 'UTC'", "set global Calendar = 'gregorian'"]

const thisDatabase = (what: string): Statement =>
  sql`select ${sql.raw(what)} from duckdb_databases() where database_name = current_database()`

/** A warehouse over an instance that is open already; `opensAlone` where nobody else can have opened it. */
export const warehouseOver = async (instance: DuckDBInstance, opensAlone: boolean): Promise<Warehouse> => {
  const connection = await instance.connect()
  for (const setting of settingsOfTime) await classified('open', () => connection.run(setting))
  const { sql: version } = duckdbOf('').compile(thisDatabase("tags['storage_version']"))
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
    const reader = await classified(step, () => this.#connection.runAndReadAll(sql, [...parameters]), sql)
    return reader.getRowObjects() as Row[]
  }

  async columns(step: string, statement: Statement): Promise<readonly Column[]> {
    const { sql, parameters } = this.dialect.compile(statement)
    // Prepared and not run: of a text with several statements `run` would run all, whatever they do.
    const prepared = await classified(step, () => this.#connection.prepare(sql), sql)
    // A $1 of the user's own would be filled with whatever the statement around it binds.
    if (prepared.parameterCount > parameters.length) throw unfilledParameter(step)
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
    const result = await classified(step, () => this.#connection.run(sql, [...parameters]), sql)
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

  /** A file has one right for all that is in it: so `work` is not done, and nobody who reads the file is disturbed. */
  async rehearse(): Promise<void> {
    const [file] = await this.rows('state', thisDatabase('path'))
    mayBeWritten(file?.path ?? null)
  }

  /** A connection keeps its temporary tables. */
  withScratch<T>(work: () => Promise<T>): Promise<T> {
    return work()
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
  return {
    name,
    type: word,
    asText: whole || (typesOfText.has(type.typeId) && !json),
    ...(type.typeId === DuckDBTypeId.BLOB ? { bytes: true } : {}),
  }
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
