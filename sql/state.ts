import { sql } from 'kysely'
import type { ColumnType, Dialect } from './dialect/dialect.ts'
import { type Scope, type Sql, sqlType, text } from './scope.ts'

/** Raised with each change of a table that stays, shared or of one activation; `migrations.ts` says how to get there. */
export const stateVersion = 4

export type Columns = Readonly<Record<string, ColumnType>>

/**
 * One row: who runs, what is open, where the audience is. New columns stand at the end. What `takeLease`,
 * `readVersion`, `readHolder` and `readOwners` name stays for ever: they read states of any version.
 */
export const controlColumns = {
  activation: 'text',
  state_version: 'integer',
  /** run_id of the live run, NULL when nobody runs. */
  owner: 'text',
  lease_until: 'timestamp',
  fence: 'integer',
  run_id: 'text',
  run_key: 'text',
  attempt: 'integer',
  run_started_at: 'timestamp',
  run_full: 'boolean',
  run_overridden: 'boolean',
  /** True from the begin of an attempt until its row stands in `runs`. */
  run_open: 'boolean',
  /** Fence of the stored delta of which something may have been sent and which is not settled. */
  open_fence: 'integer',
  /** Highest batch number that may have been sent. */
  mark: 'integer',
  /** True while requests may be on their way. */
  sending: 'boolean',
  quiet_until: 'timestamp',
  audience_intent: 'text',
  audience_intent_at: 'timestamp',
  audience_id: 'text',
  audience_name: 'text',
  audience_description: 'text',
  account_id: 'text',
  member_key: 'text',
  member_rows: 'integer',
  identifier_rows: 'integer',
  segment_members: 'integer',
  reachable_members: 'integer',
  /** Members who hold an identifier that is not kept. */
  ledger_members: 'integer',
  first_synced_at: 'timestamp',
  override_run_key: 'text',
  /** What the row of the open attempt has to say of it, for another run writes it when this one crashes. */
  run_connector_version: 'text',
  run_config_hash: 'text',
  run_orchestrator: 'text',
  run_orchestrator_run_id: 'text',
  run_dbt_invocation_id: 'text',
} as const satisfies Columns

export const stateColumns = {
  /** One row per (member, fingerprint); standing: 0 gone from the segment, 1 in it, 2 in it and reachable. */
  ledger_members: { member_key: 'key', fingerprint: 'fingerprint', standing: 'integer' },
  /** since_at: when it was last confirmed, NULL if never. entered: its member counts as entered. */
  ledger_identifiers: {
    member_key: 'key',
    field: 'name',
    digest: 'digest',
    state: 'integer',
    since_at: 'timestamp',
    entered: 'boolean',
  },
  due: { member_key: 'key', due_at: 'timestamp' },
  quarantine: { op: 'name', field: 'name', digest: 'digest', reason: 'name', origin: 'name', until_at: 'timestamp' },
} as const satisfies Record<string, Columns>

export const columnList = ({ dialect }: Scope, columns: Columns): Sql =>
  sql.join(Object.entries(columns).map(([name, type]) => sql`${sql.id(name)} ${sql.raw(dialect.stored(type))}`))

export const createTable = (scope: Scope, name: Sql, columns: Columns): Sql =>
  sql`create table if not exists ${name} (${columnList(scope, columns)})`

/**
 * The tables of one activation; the control row comes into being with its table, in one statement. `record`: goes before
 * it, for a state that is there has a record of its version.
 */
export const activationState = (scope: Scope, memberKey: string, record: Sql): readonly Sql[] => [
  ...Object.entries(stateColumns).map(([name, columns]) =>
    createTable(scope, scope.stateTable(name as keyof typeof stateColumns), columns),
  ),
  record,
  sql`create table if not exists ${scope.stateTable('control')} as select ${sql.join(
    Object.entries(controlColumns).map(
      ([name, type]) =>
        sql`cast(${firstValue(scope, name, memberKey)} as ${sql.raw(scope.dialect.types[type])}) as ${sql.id(name)}`,
    ),
  )}`,
]

const firstValue = (scope: Scope, column: string, memberKey: string): Sql => {
  if (column === 'activation') return text(scope.activation)
  if (column === 'member_key') return text(memberKey)
  if (column === 'state_version') return sql.raw(String(stateVersion))
  if (column === 'run_open' || column === 'sending') return sql.raw('false')
  const counts = [
    'fence',
    'mark',
    'member_rows',
    'identifier_rows',
    'segment_members',
    'reachable_members',
    'ledger_members',
  ]
  return sql.raw(counts.includes(column) ? '0' : 'null')
}

/** One row: does this activation have its state tables (`there`), and is there a record of versions (`recorded`)? 1 or 0. */
export const stateExists = ({ catalogue }: Dialect, schema: string, suffix: string): Sql => {
  const count = (table: string): Sql => sql`cast(count(case when table_name = ${table} then 1 end) as ${sqlType.text})`
  return sql`select ${count(`control_${suffix}`)} as there, ${count('schema_version')} as recorded
from ${catalogue.tables(`${schema}_state`)} as t where table_name in (${`control_${suffix}`}, 'schema_version')`
}

const stateTables = ['control', ...(Object.keys(stateColumns) as (keyof typeof stateColumns)[])] as const

/** Names of this activation's state tables that are there. */
export const listState = ({ catalogue }: Dialect, schema: string, suffix: string): Sql =>
  sql`select table_name from ${catalogue.tables(`${schema}_state`)} as t
where table_name in (${sql.join(stateTables.map((table) => `${table}_${suffix}`))})`

/** Copies of the state tables that are there, under the names of another scope. */
export const copyState = (
  from: Scope,
  to: Scope,
  there: (table: (typeof stateTables)[number]) => boolean,
): readonly Sql[] =>
  stateTables
    .filter(there)
    .map((table) => to.dialect.createScratchAs(to.stateTable(table), sql`select * from ${from.stateTable(table)}`))
