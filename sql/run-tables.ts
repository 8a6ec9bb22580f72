import { sql } from 'kysely'
import type { ColumnType } from './dialect/dialect.ts'
import type { RunTable, Scope, Sql } from './scope.ts'

/** Tables of one run. Written once and read a few times, so they are stored as they come. */
const columns = {
  delta: {
    op: 'text',
    member_no: 'integer',
    leads: 'boolean',
    member_key: 'key',
    field: 'text',
    digest: 'digest',
    prior: 'integer',
    confirmed_before: 'boolean',
    waits: 'boolean',
    hold_reason: 'text',
    hold_until_at: 'timestamp',
    batch_no: 'integer',
    row_no: 'integer',
  },
  delta_members: {
    member_no: 'integer',
    member_key: 'key',
    in_k: 'boolean',
    fingerprint: 'fingerprint',
    standing: 'integer',
    counts: 'boolean',
  },
  delta_rejections: {
    member_key: 'key',
    field: 'text',
    reason: 'text',
    origin: 'text',
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
    lane: 'integer',
    cut: 'integer',
    first_seq: 'integer',
  },
  /** Culprits by batch and row. row_no 0 stands for the whole batch; digest NULL for every identifier of the row. */
  refused: { batch_no: 'integer', row_no: 'integer', field: 'text', digest: 'digest', outcome: 'text', reason: 'text' },
} as const satisfies Record<RunTable, Readonly<Record<string, ColumnType>>>

export const createEmptyRunTable = (scope: Scope, table: RunTable): Sql =>
  sql`create table ${scope.runTable(table)} (${sql.join(
    Object.entries(columns[table]).map(
      ([name, type]) => sql`${sql.id(name)} ${sql.raw(scope.dialect.plainType(type))}`,
    ),
  )})`

/** A run table from a query whose columns stand in the table's order; a scratch table where nothing may stay. */
export const createRunTable = (scope: Scope, table: RunTable, query: Sql, dry: boolean): readonly Sql[] =>
  dry
    ? [scope.dialect.createScratchAs(scope.runTable(table), query)]
    : [
        createEmptyRunTable(scope, table),
        sql`insert into ${scope.runTable(table)} (${sql.join(Object.keys(columns[table]).map((name) => sql.id(name)))}) ${query}`,
      ]

export const dropRunTable = (scope: Scope, table: RunTable): Sql => sql`drop table if exists ${scope.runTable(table)}`
