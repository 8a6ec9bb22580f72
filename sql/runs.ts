import { sql } from 'kysely'
import { integer, type Scope, type Sql, sqlType, text } from './scope.ts'
import { publicColumns } from './shared.ts'

/** What `runs` stores of an attempt beside the counts that settle works out. */
export interface RunFacts {
  readonly runId: string
  readonly runKey: string
  readonly segment: string
  readonly destination: string
  readonly platform: string
  readonly accountId: string
  readonly audienceName: string
  readonly status: string
  readonly apiCalls: number
  readonly apiRetries: number
  readonly throttledMs: number
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly orchestrator: string | null
  readonly orchestratorRunId: string | null
  readonly dbtInvocationId: string | null
  /** Null: of a crashed run that began before this was kept. */
  readonly connectorVersion: string | null
  readonly configHash: string | null
  /** How long it took so far, in ms by the runner's clock; null: until now, by the warehouse's clock. */
  readonly tookMs: number | null
}

/** What settle counts for the row of a run, in the order of its columns. */
export const runCountNames = [
  'segment_members',
  'reachable_members',
  'members_added',
  'members_removed',
  'identifiers_added',
  'identifiers_removed',
  'identifiers_resent',
  'identifiers_rejected',
] as const
export type RunCount = (typeof runCountNames)[number]

/**
 * Of a run that moved nothing: what the segment was counted to stands in `control`. Before anything was settled nobody
 * has counted it, and a run that failed then must not look like one of an empty segment.
 */
const noChange = (scope: Scope, status: string, rejected: number): Sql => {
  const known = (column: string): Sql =>
    status === 'succeeded'
      ? sql.id(column)
      : sql`case when first_synced_at is not null then ${sql.id(column)} end as ${sql.id(column)}`
  return sql`select ${known('segment_members')}, ${known('reachable_members')}, ${sql.join(
    runCountNames
      .slice(2)
      .map((name) => sql`${name === 'identifiers_rejected' ? integer(rejected) : sql`0`} as ${sql.id(name)}`),
  )} from ${scope.stateTable('control')}`
}

/**
 * The row of an attempt that closes. Its times, key and attempt come from `control`, its counts from `counts`, one row
 * with a column for each `RunCount`, or how many identifiers it rejected where it moved nothing.
 */
export const insertRun = (scope: Scope, run: RunFacts, counted: Sql | number = 0): Sql => {
  const counts = typeof counted === 'number' ? noChange(scope, run.status, counted) : counted
  // Of a crashed run nobody counted the calls; its receipts know of some.
  const receipts = sql`select count(case when batch_no > 0 then 1 end) as batches, coalesce(sum(attempts), 0) as attempts
from ${scope.publicTable('receipts')} where run_id = ${run.runId}`
  const finished =
    run.tookMs === null ? scope.now : scope.dialect.addMs(sql`c.run_started_at`, integer(Math.round(run.tookMs)))
  return sql`insert into ${scope.publicTable('runs')} (${sql.join(Object.keys(publicColumns.runs).map((name) => sql.id(name)))})
select ${text(run.runId)}, c.run_key, c.attempt, ${text(scope.activation)}, ${text(run.segment)}, ${text(run.destination)}, ${text(run.platform)},
  ${text(run.accountId)}, c.audience_id, ${text(run.audienceName)}, ${text(run.status)}, c.run_started_at, ${finished},
  ${scope.dialect.msBetween(sql`c.run_started_at`, finished)}, ${sql.join(runCountNames.map((name) => sql.id('k', name)))},
  r.batches, greatest(${integer(run.apiCalls)}, r.attempts), ${integer(run.apiRetries)}, ${integer(run.throttledMs)},
  c.run_full, c.run_overridden, ${text(run.errorCode)}, ${text(run.errorMessage)},
  ${text(run.dbtInvocationId)}, ${text(run.orchestrator)}, ${text(run.orchestratorRunId)}, ${text(run.connectorVersion)}, ${text(run.configHash)}
from ${scope.stateTable('control')} as c cross join (${counts}) as k cross join (${receipts}) as r`
}

/** `absent`: columns that the table of an older version lacks. */
const runText = (scope: Scope, absent: ReadonlySet<string> = new Set()): Sql =>
  sql.join(
    Object.entries(publicColumns.runs).map(([name, type]) => {
      if (absent.has(name)) return sql`cast(null as ${sqlType.text}) as ${sql.id(name)}`
      return type === 'timestamp'
        ? sql`${scope.dialect.isoTimestamp(sql.id(name))} as ${sql.id(name)}`
        : sql`cast(${sql.id(name)} as ${sqlType.text}) as ${sql.id(name)}`
    }),
  )

/** The succeeded attempt of a run_key, if there is one: its stored summary is the answer (guarantee 5). */
export const finishedRun = (scope: Scope, runKey: string): Sql =>
  sql`select ${runText(scope)} from ${scope.publicTable('runs')} as r
where activation = ${scope.activation} and run_key = ${runKey} and status = 'succeeded' order by r.finished_at desc limit 1`

export const runById = (scope: Scope, runId: string): Sql =>
  sql`select ${runText(scope)} from ${scope.publicTable('runs')} as r where run_id = ${runId}`

/** The last attempts of this activation, newest first. `absent`: columns that the table of an older version lacks. */
export const latestRuns = (scope: Scope, limit: number, absent: ReadonlySet<string>): Sql =>
  sql`select ${runText(scope, absent)} from ${scope.publicTable('runs')} as r where activation = ${scope.activation}
order by r.started_at desc, r.attempt desc limit ${integer(limit)}`

/** What an activation is, for `activations`: logged anew when something of it changed. */
export interface ActivationFacts {
  readonly segment: string
  readonly destination: string
  readonly platform: string
  readonly accountId: string
  readonly audienceName: string
  readonly audienceDescription: string | null
  readonly fields: string
  readonly schedule: string | null
  readonly configHash: string
}

export const logActivation = (scope: Scope, facts: ActivationFacts): Sql =>
  sql`insert into ${scope.publicTable('activation_log')} (activation, segment, destination, platform, account_id, audience_id, audience_name,
  audience_description, fields, schedule, config_hash, logged_at)
select ${text(scope.activation)}, ${text(facts.segment)}, ${text(facts.destination)}, ${text(facts.platform)}, ${text(facts.accountId)},
  c.audience_id, ${text(facts.audienceName)}, ${text(facts.audienceDescription)}, ${text(facts.fields)}, ${text(facts.schedule)},
  ${text(facts.configHash)}, ${scope.now}
from ${scope.stateTable('control')} as c
where not exists (select 1 from ${scope.publicTable('activations')} as a where a.activation = ${scope.activation}
  and a.config_hash = ${facts.configHash} and coalesce(a.schedule, '') = coalesce(${text(facts.schedule)}, '')
  and coalesce(a.audience_id, '') = coalesce(c.audience_id, ''))`
