import { sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { integer, type Scope, type Sql, sqlType, text } from './scope.ts'
import { controlColumns, stateVersion } from './state.ts'

/** Holds where this run is still the live one. */
export interface Hold {
  readonly runId: string
  readonly fence: string
}

const held = ({ runId, fence }: Hold): Sql => sql`owner = ${runId} and fence = ${integer(fence)}`
const inMs = (scope: Scope, ms: number): Sql => scope.dialect.addMs(scope.now, integer(ms))

/** What a lease is taken with. */
export interface Taking {
  readonly runId: string
  readonly leaseMs: number
  readonly quietMs: number
  /** Opening the warehouse proved that no other runner lives. */
  readonly alone: boolean
  /** The version that the state was seen to have. */
  readonly version: number
}

/**
 * Takes the lease: touches one row, or none while somebody else holds it or migrated the state meanwhile. What a dead run
 * sent may still be applied: its quiet time starts at the end of its lease, or now where that is earlier (design section
 * 3, steps 1 and 2).
 */
export const takeLease = (scope: Scope, { runId, leaseMs, quietMs, alone, version }: Taking): Sql => {
  const control = scope.stateTable('control')
  const deadSince = sql`least(${scope.now}, coalesce(lease_until, ${scope.now}))`
  return sql`update ${control} set
  quiet_until = case when sending
    then greatest(coalesce(quiet_until, ${scope.now}), ${scope.dialect.addMs(deadSince, integer(quietMs))}) else quiet_until end,
  owner = ${runId}, fence = fence + 1, lease_until = ${inMs(scope, leaseMs)}
where (owner is null or lease_until <= ${scope.now} or cast(${String(alone)} as ${sqlType.boolean}))
  and state_version = ${integer(version)}`
}

/** The version of a state, whichever it is. */
export const readVersion = (scope: Scope): Sql =>
  sql`select cast(state_version as ${sqlType.text}) as state_version from ${scope.stateTable('control')}`

/** Who holds the lease of a state of any version, what is open in it, and how long the lease lasts, in ms. */
export const readHolder = (scope: Scope): Sql =>
  sql`select owner, cast(fence as ${sqlType.text}) as fence, cast(run_open as ${sqlType.text}) as run_open, cast(open_fence as ${sqlType.text}) as open_fence,
  cast(${scope.dialect.msBetween(scope.now, sql.id('lease_until'))} as ${sqlType.text}) as lease_ms from ${scope.stateTable('control')}`

/** The last statement of a migration: only for who holds the lease, and only from the version before. */
export const raiseVersion = (scope: Scope, hold: Hold, version: number): Sql =>
  sql`update ${scope.stateTable('control')} set state_version = ${integer(version)}
where ${held(hold)} and state_version = ${integer(version - 1)}`

/** The control row, all columns as text, timestamps as ISO 8601; and how long the quiet time still lasts, in ms. */
export const readControl = (scope: Scope): Sql => {
  const columns = Object.entries(controlColumns).map(([name, type]) =>
    type === 'timestamp'
      ? sql`${scope.dialect.isoTimestamp(sql.id(name))} as ${sql.id(name)}`
      : sql`cast(${sql.id(name)} as ${sqlType.text}) as ${sql.id(name)}`,
  )
  return sql`select ${sql.join(columns)},
  cast(greatest(0, coalesce(${scope.dialect.msBetween(scope.now, sql.id('quiet_until'))}, 0)) as ${sqlType.text}) as quiet_ms,
  cast(${scope.dialect.msBetween(scope.now, sql.id('lease_until'))} as ${sqlType.text}) as lease_ms,
  cast(${scope.dialect.msBetween(sql.id('audience_intent_at'), scope.now)} as ${sqlType.text}) as intent_age_ms
from ${scope.stateTable('control')}`
}

/** Heartbeat. One row, or the lease is lost. */
export const extendLease = (scope: Scope, hold: Hold, leaseMs: number): Sql =>
  sql`update ${scope.stateTable('control')} set lease_until = ${inMs(scope, leaseMs)} where ${held(hold)}`

export interface RunBegin {
  readonly runKey: string
  readonly full: boolean
  readonly overridden: boolean
  readonly accountId: string
  readonly memberKey: string
  readonly connectorVersion: string
  readonly configHash: string
  readonly orchestrator: string | null
  readonly orchestratorRunId: string | null
  readonly dbtInvocationId: string | null
}

/** A new attempt begins; an earlier one must have been closed. */
export const beginRun = (scope: Scope, hold: Hold, run: RunBegin): Sql =>
  sql`update ${scope.stateTable('control')} set run_id = ${hold.runId}, run_key = ${run.runKey},
  attempt = 1 + (select count(*) from ${scope.publicTable('runs')} where activation = ${scope.activation} and run_key = ${run.runKey}),
  run_started_at = ${scope.now}, run_full = cast(${String(run.full)} as ${sqlType.boolean}),
  run_overridden = cast(${String(run.overridden)} as ${sqlType.boolean}),
  override_run_key = case when cast(${String(run.overridden)} as ${sqlType.boolean}) then ${run.runKey} else override_run_key end,
  run_open = true, open_fence = null, mark = 0, account_id = ${run.accountId},
  member_key = ${run.memberKey}, run_connector_version = ${run.connectorVersion}, run_config_hash = ${run.configHash},
  run_orchestrator = ${text(run.orchestrator)}, run_orchestrator_run_id = ${text(run.orchestratorRunId)},
  run_dbt_invocation_id = ${text(run.dbtInvocationId)}
where ${held(hold)} and not run_open`

/** Something is about to be sent that is no batch: from now on a crash means quiet time. */
export const markSending = (scope: Scope, hold: Hold): Sql =>
  sql`update ${scope.stateTable('control')} set sending = true where ${held(hold)}`

/** The mark: up to here batches may have been sent. Also fence check, heartbeat and the opening of the delta. */
export const storeMark = (scope: Scope, hold: Hold, mark: number, leaseMs: number): Sql =>
  sql`update ${scope.stateTable('control')} set mark = ${integer(mark)}, sending = true, open_fence = fence,
  lease_until = ${inMs(scope, leaseMs)} where ${held(hold)} and run_open`

/** What a delivery came to. */
export interface DeliveryEnd {
  readonly highestStarted: number
  /** How long what got no answer, so far, may still be applied. */
  readonly quietMs: number
  readonly leaseMs: number
}

/**
 * No request of the delta starts any more: whoever has to settle it, although this run dies now, knows which batches may have
 * been sent, and waits only for what got no answer.
 */
export const endSending = (scope: Scope, hold: Hold, { highestStarted, quietMs, leaseMs }: DeliveryEnd): Sql =>
  sql`update ${scope.stateTable('control')} set mark = least(mark, ${integer(highestStarted)}), sending = false,
  lease_until = ${inMs(scope, leaseMs)}${quietFor(scope, quietMs)} where ${held(hold)} and run_open`

/** An audience of this name is about to be created. */
export const storeIntent = (scope: Scope, hold: Hold, name: string): Sql =>
  sql`update ${scope.stateTable('control')} set audience_intent = ${name}, audience_intent_at = ${scope.now}, sending = true
where ${held(hold)}`

/** The creation was refused for certain: nothing to look for. */
export const dropIntent = (scope: Scope, hold: Hold): Sql =>
  sql`update ${scope.stateTable('control')} set audience_intent = null, audience_intent_at = null where ${held(hold)}`

export const storeAudience = (
  scope: Scope,
  hold: Hold,
  audience: { readonly id: string; readonly name: string; readonly description: string | null },
): Sql =>
  sql`update ${scope.stateTable('control')} set audience_id = ${audience.id}, audience_name = ${audience.name},
  audience_description = ${text(audience.description)}, audience_intent = null, audience_intent_at = null where ${held(hold)}`

/**
 * The attempt is over: its row stands in `runs`. `quietMs`: how long a request of it that got no answer may still be
 * applied, from now.
 */
export const closeRun = (scope: Scope, hold: Hold, quietMs: number): Sql =>
  sql`update ${scope.stateTable('control')} set run_open = false, open_fence = null, sending = false${quietFor(scope, quietMs)}
where ${held(hold)} and run_open`

/** Which delta is settled. */
export interface SettleClaim {
  readonly runId: string
  readonly openFence: string
  /** How long a request that got no answer may still be applied, from now, in ms. */
  readonly quietMs: number
  /** Highest batch that was started, so that none above it is uncertain; null after a crash: then the mark counts. */
  readonly highestStarted: number | null
}

/** First statement of settle: this run may, and nobody has (design section 3, step 11). */
export const claimSettle = (scope: Scope, hold: Hold, claim: SettleClaim): Sql => {
  const mark = claim.highestStarted === null ? sql`` : sql`, mark = least(mark, ${integer(claim.highestStarted)})`
  return sql`update ${scope.stateTable('control')} set run_open = false, open_fence = null, sending = false${mark}${quietFor(scope, claim.quietMs)}
where ${held(hold)} and run_open and run_id = ${claim.runId} and open_fence = ${integer(claim.openFence)}
  and state_version = ${sql.raw(String(stateVersion))}`
}

const quietFor = (scope: Scope, quietMs: number): Sql =>
  quietMs > 0 ? sql`, quiet_until = greatest(coalesce(quiet_until, ${scope.now}), ${inMs(scope, quietMs)})` : sql``

export const releaseLease = (scope: Scope, hold: Hold): Sql =>
  sql`update ${scope.stateTable('control')} set owner = null, lease_until = null where ${held(hold)}`

/** Row counts of the ledger, to be compared with those that settle stored. */
export const countLedger = (scope: Scope): Sql =>
  sql`select cast((select count(*) from ${scope.stateTable('ledger_members')}) as ${sqlType.text}) as member_rows,
  cast((select count(*) from ${scope.stateTable('ledger_identifiers')}) as ${sqlType.text}) as identifier_rows`

/** Run tables by name: those of this activation, and of others whose names end alike; the caller looks closer. */
export const listRunTables = ({ catalogue }: Dialect, schema: string, suffix: string): Sql =>
  sql`select table_name from ${catalogue.tables(`${schema}_state`)} as t where table_name like ${`%-${suffix}-%`}`
