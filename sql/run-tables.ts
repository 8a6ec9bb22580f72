import { sql } from 'kysely'
import type { ColumnType } from './dialect/dialect.ts'
import type { RunTable, Scope, Sql } from './scope.ts'

/** Tables of one run. */
const columns = {
  delta: {
    op: 'text',
    member_no: 'integer',
    unit: 'integer',
    leads: 'boolean',
    member_key: 'key',
    field: 'text',
    digest: 'digest',
    prior: 'integer',
    confirmed_before: 'boolean',
    waits: 'boolean',
    hold_reason: 'name',
    hold_until_at: 'timestamp',
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

/** Words that a column holds one of, by its name. */
export type Words = Readonly<Record<string, readonly string[]>>

export const createEmptyRunTable = (scope: Scope, table: RunTable, words: Words = {}): Sql =>
  sql`create table ${scope.runTable(table)} (${sql.join(
    Object.entries(columns[table]).map(([name, type]) => {
      const known = words[name]
      return sql`${sql.id(name)} ${sql.raw(known ? scope.dialect.oneOf(known) : scope.dialect.stored(type))}`
    }),
  )})`

/** A run table from a query whose columns stand in the table's order; a scratch table where nothing may stay. */
export const createRunTable = (
  scope: Scope,
  table: RunTable,
  query: Sql,
  dry: boolean,
  words: Words = {},
): readonly Sql[] =>
  dry
    ? [scope.dialect.createScratchAs(scope.runTable(table), query)]
    : [
        createEmptyRunTable(scope, table, words),
        sql`insert into ${scope.runTable(table)} (${sql.join(Object.keys(columns[table]).map((name) => sql.id(name)))}) ${query}`,
      ]

export const dropRunTable = (scope: Scope, table: RunTable): Sql => sql`drop table if exists ${scope.runTable(table)}`
