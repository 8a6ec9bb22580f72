import type { RawBuilder } from 'kysely'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import type { Log } from '../log.ts'

/** A statement as `sql/` writes it. */
export type Statement = RawBuilder<unknown>

/** `late`: written when its turn has come, or with all the others, for what is known only then. */
export type TransactionPart =
  | Statement
  | { readonly statement: Statement; readonly exactly: number }
  | { readonly late: () => Statement }

/** A part whose turn has come. */
export const written = (part: TransactionPart): { readonly statement: Statement; readonly exactly?: number } => {
  if ('late' in part) return { statement: part.late() }
  return 'statement' in part ? part : { statement: part }
}

/** Some warehouses commit each of these by itself. */
export const isDefinition = (statement: string): boolean => /^(create|alter|drop) /.test(statement)

/** Rows come back as text only: every column is cast in SQL, so that no driver rounds or reformats a value. */
export type Row = Readonly<Record<string, string | null>>

/** A column of a query. */
export interface Column {
  readonly name: string
  /** The warehouse's own word for its type. */
  readonly type: string
  /**
   * Is each value one text, whatever the session? So are texts, whole numbers, UUIDs. Not so dates, fractions (`1` is
   * `1.0`), truth values, bytes, lists: their texts are a matter of format.
   */
  readonly asText: boolean
  /** It holds bytes: digests may be kept so. */
  readonly bytes?: true
}

/** For whom a connection is; where the warehouse can note it, each of its statements carries it. */
export interface Label {
  readonly activation?: string
  readonly runId?: string
}

export interface OpenOptions {
  /** Told what is waited for. */
  readonly log?: Pick<Log, 'warn' | 'info'>
  /** Where a warehouse is a file. */
  readonly readOnly?: boolean
  /** Where it is one, too. Only `demo` makes a warehouse; to a run a missing file is a wrong path. */
  readonly create?: boolean
}

/** One open warehouse. Every method throws WarehouseError, whose text never holds a value of a row. */
export interface Warehouse {
  readonly dialect: Dialect
  /** True where having opened the warehouse proves that no other runner lives (a DuckDB file is exclusive). */
  readonly opensAlone: boolean
  /** All rows at once. `step` labels the query, so that a bill or a slow-query log can be traced to it. */
  rows(step: string, statement: Statement): Promise<readonly Row[]>
  /** The columns that a query has; it reads no row. */
  columns(step: string, statement: Statement): Promise<readonly Column[]>
  /** Rows affected. */
  execute(step: string, statement: Statement): Promise<number>
  /**
   * All or nothing, in one transaction; where it takes no definitions of tables, those are made before it. A step with `exactly` rolls all back unless it touched that many rows, and then
   * `false` comes back. True: committed.
   */
  transaction(step: string, statements: readonly TransactionPart[]): Promise<boolean>
  /**
   * Scratch tables that `work` makes last until it ends; some warehouses keep them only as long as a transaction. What
   * `work` writes is there for other connections when it has ended, and where it throws none of it may be.
   */
  withScratch<T>(work: () => Promise<T>): Promise<T>
  /**
   * Does `work`, which is to define and write what a run does, and leaves no trace of it. Throws the WarehouseError that a
   * run would meet. Where one right covers all, that is looked at instead; where definitions cannot be undone, a table of a
   * name of its own is made, written and dropped.
   */
  rehearse(work: () => Promise<void>): Promise<void>
  /** A second connection to the same warehouse: for the heartbeat, which must not wait behind a long statement. */
  another(label?: Label): Promise<Warehouse>
  /**
   * Breaks off what runs here and on the other connections, right before the process ends. Absent where a process ends
   * without waiting for the driver.
   */
  interrupt?(): void
  close(): Promise<void>
}

/** The same warehouse, with some of what it does done otherwise. */
export const otherwise = (warehouse: Warehouse, does: Partial<Warehouse>): Warehouse => ({
  dialect: warehouse.dialect,
  opensAlone: warehouse.opensAlone,
  rows: (...args) => warehouse.rows(...args),
  columns: (...args) => warehouse.columns(...args),
  execute: (...args) => warehouse.execute(...args),
  transaction: (...args) => warehouse.transaction(...args),
  withScratch: (work) => warehouse.withScratch(work),
  rehearse: (work) => warehouse.rehearse(work),
  another: (label) => warehouse.another(label),
  close: () => warehouse.close(),
  ...does,
})

/** What the caller does next about an error of the warehouse. */
export type WarehouseFault = 'later' | 'permission' | 'configuration' | 'bug'

/** Steps whose statements hold what the user wrote, or read what the user's tables hold. */
const stepsOfTheUser: ReadonlySet<string> = new Set(['open', 'segment', 'filter', 'sample', 'compare', 'read_members'])

/** Is it about the segment? */
export const isOfTheUser = (step: string): boolean => stepsOfTheUser.has(step)

/** Who has to correct a statement that the warehouse refuses: the user where it is about the segment, else we. */
export const faultOfStatement = (step: string): WarehouseFault => (isOfTheUser(step) ? 'configuration' : 'bug')

/** What more can be said of an error than its code. */
export interface Detail {
  /** The end of a sentence about the segment. */
  readonly about?: string
  /** What to do, in sentences, where more is known of it than by the fault. */
  readonly wayOut?: string
  /** Characters of the statement that stand before what the warehouse stumbled over. */
  readonly offset?: number
}

/** An error of the warehouse in our own words: drivers quote rows and values, so their texts are never passed on. */
export class WarehouseError extends Error {
  readonly fault: WarehouseFault
  /** A word for the kind of error, safe to store and print. */
  readonly code: string
  readonly step: string
  readonly detail: Detail
  constructor(fault: WarehouseFault, code: string, step: string, message: string, detail: Detail = {}) {
    super(message)
    this.name = 'WarehouseError'
    this.fault = fault
    this.code = code
    this.step = step
    this.detail = detail
  }

  /** The same, found out in another step. */
  at(step: string): WarehouseError {
    return new WarehouseError(this.fault, this.code, step, this.message, this.detail)
  }
}
