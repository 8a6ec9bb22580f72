import { sql } from 'kysely'
import type { ColumnType } from './dialect/dialect.ts'
import type { RunTable, RunView, Scope, Sql } from './scope.ts'
import { columnList, stateColumns } from './state.ts'

/** Tables of one run. */
const columns = {
  delta_rows: {
    op: 'name',
    member_no: 'integer',
    unit: 'integer',
    leads: 'boolean',
    member_key: 'key',
    field: 'name',
    digest: 'digest',
    prior: 'integer',
    confirmed_before: 'boolean',
    waits: 'boolean',
    hold_reason: 'name',
    hold_until_at: 'timestamp',
  },
  delta_member_rows: {
    member_no: 'integer',
    member_key: 'key',
    in_k: 'boolean',
    fingerprint: 'fingerprint',
    standing: 'integer',
    counts: 'boolean',
  },
  held: { member_no: 'integer', ...stateColumns.ledger_identifiers },
  members_before: stateColumns.ledger_members,
  /** A digest and a reason for each column stand behind. */
  arrivals: { member_no: 'integer', member_key: 'key', fingerprint: 'fingerprint' },
  delta_rejections: {
    member_key: 'key',
    field: 'name',
    reason: 'name',
    origin: 'name',
    identifiers: 'integer',
    value: 'digest',
  },
  batches: {
    batch_no: 'integer',
    op: 'text',
    field: 'text',
    members: 'integer',
    identifiers: 'integer',
    request_rows: 'integer',
    bytes: 'integer',
    first_unit: 'integer',
    last_unit: 'integer',
  },
  /** Which units are in which batch, by windows of units, so that a unit finds its batch by equality first. */
  spans: { batch_no: 'integer', part: 'integer', first_unit: 'integer', last_unit: 'integer' },
  /** Culprits by batch and row (its units, numbered from 1). row_no 0 stands for the whole batch; digest NULL for every identifier of the row. */
  refused: { batch_no: 'integer', row_no: 'integer', field: 'text', digest: 'digest', outcome: 'text', reason: 'text' },
} as const satisfies Record<RunTable, Readonly<Record<string, ColumnType>>>

type Columns = Readonly<Record<string, ColumnType>>

/** All run tables, empty. `read`: columns of `arrivals` that depend on the mapping. */
export const createRunTables = (scope: Scope, read: Columns): readonly Sql[] =>
  (Object.keys(columns) as RunTable[]).map(
    (table) =>
      sql`create table ${scope.runTable(table)} (${columnList(scope, table === 'arrivals' ? { ...columns.arrivals, ...read } : columns[table])})`,
  )

/**
 * Fills a run table from a query whose columns stand in the table's order; makes a scratch table where nothing may stay.
 * `more`: columns that only this run has, behind the others.
 */
export const fillRunTable = (scope: Scope, table: RunTable, query: Sql, dry: boolean, more: Columns = {}): Sql => {
  const names = [...Object.keys(columns[table]), ...Object.keys(more)].map((name) => sql.id(name))
  return dry
    ? scope.dialect.createScratchAs(scope.runTable(table), query)
    : sql`insert into ${scope.runTable(table)} (${sql.join(names)}) ${query}`
}

/** The columns of a run table of which a view is made, in their order. */
export const columnNames = (table: RunTable): Sql => sql.join(Object.keys(columns[table]).map((name) => sql.id(name)))

/** Tables before views would leave views over nothing; this order drops both. */
export const runObjects = ['delta', 'delta_members', ...(Object.keys(columns) as RunTable[])] as const
const isView = (name: RunTable | RunView): name is RunView => name === 'delta' || name === 'delta_members'

/** A view over run tables. Its text cannot hold bound values. */
export const createRunView = (scope: Scope, view: RunView, query: Sql, dry: boolean): Sql =>
  dry
    ? scope.dialect.createScratchView(scope.runTable(view), query)
    : sql`create view ${scope.runTable(view)} as ${query}`

export const dropRunObject = (scope: Scope, name: RunTable | RunView): Sql =>
  sql`drop ${sql.raw(isView(name) ? 'view' : 'table')} if exists ${scope.runTable(name)}`
