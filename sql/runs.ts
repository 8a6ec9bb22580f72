import { sql } from 'kysely'
import { integer, type Scope, type Sql, text } from './scope.ts'
import { publicColumns } from './state.ts'

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
  readonly connectorVersion: string
  readonly configHash: string
}

/** Counts as SQL: constants where nothing was delivered, sub-selects in settle. */
export interface RunCounts {
  /** One row, called `i` in the counts; absent where they need none. */
  readonly identifiers?: Sql
  readonly segmentMembers: Sql
  readonly reachableMembers: Sql
  readonly membersAdded: Sql
  readonly membersRemoved: Sql
  readonly identifiersAdded: Sql
  readonly identifiersRemoved: Sql
  readonly identifiersResent: Sql
  readonly identifiersRejected: Sql
}

const zero = sql.raw('0')
/** Of a run that moved nothing: what the segment was counted to stands in `control`. */
export const noChange: RunCounts = {
  segmentMembers: sql`c.segment_members`,
  reachableMembers: sql`c.reachable_members`,
  membersAdded: zero,
  membersRemoved: zero,
  identifiersAdded: zero,
  identifiersRemoved: zero,
  identifiersResent: zero,
  identifiersRejected: zero,
}

/** The row of an attempt that closes. Its times, key and attempt come from `control`. */
export const insertRun = (scope: Scope, run: RunFacts, counts: RunCounts): Sql => {
  const receipts = sql`(select count(*) from ${scope.publicTable('receipts')} where run_id = ${run.runId} and batch_no > 0)`
  // Of a crashed run nobody counted the calls; its receipts know of some.
  const attempts = sql`(select coalesce(sum(attempts), 0) from ${scope.publicTable('receipts')} where run_id = ${run.runId})`
  return sql`insert into ${scope.publicTable('runs')} (${sql.join(Object.keys(publicColumns.runs).map((name) => sql.id(name)))})
select ${run.runId}, c.run_key, c.attempt, ${scope.activation}, ${run.segment}, ${run.destination}, ${run.platform}, ${run.accountId},
  c.audience_id, ${run.audienceName}, ${run.status}, c.run_started_at, ${scope.now},
  ${scope.dialect.msBetween(sql`c.run_started_at`, scope.now)}, ${counts.segmentMembers}, ${counts.reachableMembers},
  ${counts.membersAdded}, ${counts.membersRemoved}, ${counts.identifiersAdded}, ${counts.identifiersRemoved},
  ${counts.identifiersResent}, ${counts.identifiersRejected}, ${receipts}, greatest(${integer(run.apiCalls)}, ${attempts}), ${integer(run.apiRetries)},
  ${integer(run.throttledMs)}, c.run_full, c.run_overridden, ${text(run.errorCode)}, ${text(run.errorMessage)},
  ${text(run.dbtInvocationId)}, ${text(run.orchestrator)}, ${text(run.orchestratorRunId)}, ${run.connectorVersion}, ${run.configHash}
from ${scope.stateTable('control')} as c${counts.identifiers ? sql` cross join (${counts.identifiers}) as i` : sql``}`
}

const runText = (scope: Scope): Sql =>
  sql.join(
    Object.entries(publicColumns.runs).map(([name, type]) =>
      type === 'timestamp'
        ? sql`${scope.dialect.isoTimestamp(sql.id(name))} as ${sql.id(name)}`
        : sql`cast(${sql.id(name)} as varchar) as ${sql.id(name)}`,
    ),
  )

/** The succeeded attempt of a run_key, if there is one: its stored summary is the answer (guarantee 5). */
export const finishedRun = (scope: Scope, runKey: string): Sql =>
  sql`select ${runText(scope)} from ${scope.publicTable('runs')} as r
where activation = ${scope.activation} and run_key = ${runKey} and status = 'succeeded' order by r.finished_at desc limit 1`

export const runById = (scope: Scope, runId: string): Sql =>
  sql`select ${runText(scope)} from ${scope.publicTable('runs')} as r where run_id = ${runId}`

/** The last attempts of this activation, newest first. */
export const latestRuns = (scope: Scope, limit: number): Sql =>
  sql`select ${runText(scope)} from ${scope.publicTable('runs')} as r where activation = ${scope.activation}
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
select ${scope.activation}, ${facts.segment}, ${facts.destination}, ${facts.platform}, ${facts.accountId}, c.audience_id, ${facts.audienceName},
  ${text(facts.audienceDescription)}, ${facts.fields}, ${text(facts.schedule)}, ${facts.configHash}, ${scope.now}
from ${scope.stateTable('control')} as c
where not exists (select 1 from ${scope.publicTable('activations')} as a where a.activation = ${scope.activation}
  and a.config_hash = ${facts.configHash} and coalesce(a.schedule, '') = coalesce(${text(facts.schedule)}, '')
  and coalesce(a.audience_id, '') = coalesce(c.audience_id, ''))`
