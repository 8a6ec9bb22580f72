import { sql } from 'kysely'
import type { ColumnType } from './dialect/dialect.ts'
import { type PublicTable, type Scope, type Sql, text } from './scope.ts'

/** Raised with each change of the private tables that needs a migration. */
export const stateVersion = 1

type Columns = Readonly<Record<string, ColumnType>>

/** Design section 7, in its order; what is ours stands at the end. */
export const publicColumns = {
  activation_log: {
    activation: 'text',
    segment: 'text',
    destination: 'text',
    platform: 'text',
    account_id: 'text',
    audience_id: 'text',
    audience_name: 'text',
    audience_description: 'text',
    fields: 'text',
    schedule: 'text',
    dbt_unique_id: 'text',
    config_hash: 'text',
    logged_at: 'timestamp',
  },
  runs: {
    run_id: 'text',
    run_key: 'text',
    attempt: 'integer',
    activation: 'text',
    segment: 'text',
    destination: 'text',
    platform: 'text',
    account_id: 'text',
    audience_id: 'text',
    audience_name: 'text',
    status: 'text',
    started_at: 'timestamp',
    finished_at: 'timestamp',
    duration_ms: 'integer',
    segment_members: 'integer',
    reachable_members: 'integer',
    members_added: 'integer',
    members_removed: 'integer',
    identifiers_added: 'integer',
    identifiers_removed: 'integer',
    identifiers_resent: 'integer',
    identifiers_rejected: 'integer',
    batches: 'integer',
    api_calls: 'integer',
    api_retries: 'integer',
    throttled_ms: 'integer',
    full: 'boolean',
    guards_overridden: 'boolean',
    error_code: 'text',
    error_message: 'text',
    dbt_invocation_id: 'text',
    orchestrator: 'text',
    orchestrator_run_id: 'text',
    connector_version: 'text',
    config_hash: 'text',
  },
  receipts: {
    receipt_id: 'text',
    run_id: 'text',
    activation: 'text',
    platform: 'text',
    audience_id: 'text',
    audience_name: 'text',
    op: 'text',
    batch_no: 'integer',
    members: 'integer',
    identifiers: 'integer',
    status: 'text',
    http_status: 'integer',
    platform_code: 'text',
    platform_request_id: 'text',
    attempts: 'integer',
    message: 'text',
    sent_at: 'timestamp',
    answered_at: 'timestamp',
  },
  membership_events: {
    activation: 'name',
    audience_id: 'name',
    audience_name: 'name',
    member_key: 'key',
    event: 'name',
    run_id: 'name',
    event_at: 'timestamp',
  },
  rejections: {
    activation: 'name',
    run_id: 'name',
    member_key: 'key',
    field: 'name',
    reason: 'name',
    origin: 'name',
    batch_no: 'integer',
    identifiers: 'integer',
    rejected_at: 'timestamp',
    quarantined_until_at: 'timestamp',
  },
  rejections_cleared: { activation: 'name', run_id: 'name', member_key: 'key', cleared_at: 'timestamp' },
  audience_sizes: {
    activation: 'text',
    audience_id: 'text',
    platform_size: 'integer',
    ledger_members: 'integer',
    observed_at: 'timestamp',
  },
} as const satisfies Partial<Record<PublicTable, Columns>>

/** One row: who runs, what is open, where the audience is. */
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

const createTable = (scope: Scope, name: Sql, columns: Columns): Sql =>
  sql`create table if not exists ${name} (${columnList(scope, columns)})`

/** Everything that must be there before a lease can be taken, in order. Each may run any number of times. */
export const createState = (scope: Scope, memberKey: string): readonly Sql[] => [
  sql`create schema if not exists ${scope.publicSchema}`,
  sql`create schema if not exists ${scope.privateSchema}`,
  ...Object.entries(publicColumns).map(([name, columns]) =>
    createTable(scope, scope.publicTable(name as PublicTable), columns),
  ),
  ...publicViews(scope),
  ...activationState(scope, memberKey),
]

/** The tables of one activation; the control row comes into being with its table, in one statement. */
export const activationState = (scope: Scope, memberKey: string): readonly Sql[] => [
  ...Object.entries(stateColumns).map(([name, columns]) =>
    createTable(scope, scope.stateTable(name as keyof typeof stateColumns), columns),
  ),
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

const publicViews = (scope: Scope): readonly Sql[] => [
  sql`create or replace view ${scope.publicTable('activations')} as
select activation, segment, destination, platform, account_id, audience_id, audience_name, audience_description, fields,
  schedule, dbt_unique_id, config_hash, created_at, logged_at as updated_at
from (select *, row_number() over (partition by activation order by logged_at desc) as latest,
  min(logged_at) over (partition by activation) as created_at from ${scope.publicTable('activation_log')}) as l
where latest = 1`,
  sql`create or replace view ${scope.publicTable('current_rejections')} as
select r.* from ${scope.publicTable('rejections')} as r
where not exists (select 1 from ${scope.publicTable('rejections_cleared')} as c where c.activation = r.activation
  and coalesce(c.member_key, '') = coalesce(r.member_key, '') and c.run_id <> r.run_id and c.cleared_at >= r.rejected_at)`,
  sql`create or replace view ${scope.publicTable('audience_members')} as
select activation, audience_id, audience_name, member_key, event_at as since_at
from (select *, row_number() over (partition by activation, member_key order by event_at desc) as latest
  from ${scope.publicTable('membership_events')}) as e
where latest = 1 and event = 'entered'`,
]

/** Does this activation have its state tables? One row with `there` = 1 or 0. */
export const stateExists = (schema: string, suffix: string): Sql =>
  sql`select cast(count(*) as varchar) as there from information_schema.tables
where table_schema = ${`${schema}_state`} and table_name = ${`control_${suffix}`}`
