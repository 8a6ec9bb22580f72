import { sql } from 'kysely'
import type { ColumnType, Dialect } from './dialect/dialect.ts'
import { integer, type PublicTable, type Scope, type Sql, sqlType, text } from './scope.ts'
import { type Columns, createTable } from './state.ts'

/** What activations share. Only ever INSERTed into; tables gain columns and lose none. */

/** Design section 7, in its order; what is ours stands at the end. So do columns that come later. */
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
    notes: 'text',
  },
} as const satisfies Partial<Record<PublicTable, Columns>>

/** One row for each step that a state has taken, and which Tidemark took it. activation NULL: what activations share. */
const versionColumns = {
  activation: 'text',
  version: 'integer',
  connector_version: 'text',
  since_at: 'timestamp',
} as const satisfies Columns

/** No row: whether the schema is there, where the catalogue tells it by an error. Else a row where it is there. */
export const findSchema = ({ catalogue }: Dialect, schema: string): Sql =>
  catalogue.schemas === null
    ? sql`select table_name from ${catalogue.tables(schema)} as t where 1 = 0`
    : sql`select schema_name from ${catalogue.schemas} as s where schema_name = ${schema}`

/** For one that is not there: some warehouses ask for the right to make one even where it is there already. */
export const createSchema = (schema: string): Sql => sql`create schema if not exists ${sql.id(schema)}`

/** Tables that are not there yet. Each may run any number of times, and beside others. */
export const createShared = (scope: Scope): readonly Sql[] => [
  ...Object.entries(publicColumns).map(([name, columns]) =>
    createTable(scope, scope.publicTable(name as PublicTable), columns),
  ),
  createTable(scope, scope.schemaVersion, versionColumns),
]

/** `table_name`, `column_name` of what is there of the shared tables. */
export const listSharedColumns = ({ catalogue }: Dialect, schema: string): Sql =>
  sql`select table_name, column_name from ${catalogue.columns(schema)} as c`

/** Columns that tables of an older version lack. `there`: what `listSharedColumns` found. */
export const addSharedColumns = (scope: Scope, there: (table: string, column: string) => boolean): readonly Sql[] =>
  Object.entries(publicColumns).flatMap(([table, columns]) =>
    Object.entries(columns)
      .filter(([column]) => !there(table, column))
      .map(([column, type]) => addColumn(scope, scope.publicTable(table as PublicTable), column, type)),
  )

/** May run any number of times. */
export const addColumn = ({ dialect }: Scope, table: Sql, column: string, type: ColumnType): Sql =>
  sql`alter table ${table} add column if not exists ${sql.id(column)} ${sql.raw(dialect.types[type])}`

/** One row: the version of what activations share; NULL before any is recorded. */
export const readSharedVersion = (scope: Scope): Sql =>
  sql`select cast(max(version) as ${sqlType.text}) as version from ${scope.schemaVersion} where activation is null`

/** One row: which Tidemark brought this activation's state to the version it has. None where nobody recorded it. */
export const readMaker = (scope: Scope): Sql =>
  sql`select connector_version from ${scope.schemaVersion} where activation = ${scope.activation}
order by version desc, since_at desc limit 1`

/** `of`: an activation, or what activations share. Two runners may both record it. */
export const recordVersion = (
  scope: Scope,
  of: 'activation' | 'shared',
  version: number,
  connectorVersion: string,
): Sql =>
  sql`insert into ${scope.schemaVersion} (activation, version, connector_version, since_at)
select ${of === 'shared' ? sql`cast(null as ${sqlType.text})` : text(scope.activation)}, ${integer(version)}, ${text(connectorVersion)}, ${scope.now}`

/** The views over them, as this version has them; after the tables have their columns. */
export const createViews = (scope: Scope): readonly Sql[] => [
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
