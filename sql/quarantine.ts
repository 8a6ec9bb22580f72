import { sql } from 'kysely'
import { resolvedTrouble, type Settlement } from './outcomes.ts'
import { integer, type Scope, type Sql } from './scope.ts'

/**
 * What is wanted and not sent. A row of `quarantine` whose origin is `platform` is an identifier that the platform refused:
 * it waits `quarantine_days`, whatever anybody says. One whose origin is `validation` is shared by many. It stands there so
 * that a run that sees some of those who want it knows that there are more, and no longer than until all of them are
 * counted again: by a run with `--full`, or by the first one after its end, when all who want it are due.
 */

const dayMs = 86_400_000
/** An hour less than a day after the run began, so that the next daily run finds the wait over even when it is early. */
const sharedMs = 23 * 3_600_000

/** When an identifier that the platform refuses now may be sent again. */
export const refusedUntil = (scope: Scope, { quarantineDays }: Settlement): Sql =>
  scope.dialect.addMs(scope.now, integer(quarantineDays * dayMs))

/** When an identifier that this run found to be shared by many is counted again. */
export const sharedUntil = (scope: Scope): Sql =>
  scope.dialect.addMs(sql`(select run_started_at from ${scope.stateTable('control')})`, integer(sharedMs))

/**
 * Identifiers that wait to be added, as it was when the run began, never later: all who want what is over are due by then,
 * and so among the changed members. By the clock of the statement, a wait that ends between the two would have counted
 * some of them.
 */
const addsWaiting = (scope: Scope, dry: boolean): Sql => {
  const began = dry ? scope.now : sql`(select run_started_at from ${scope.stateTable('control')})`
  return sql`from ${scope.stateTable('quarantine')} where op = 'add' and until_at > ${began}`
}

/** A relation `field, digest, refusal, until_at`, each identifier once; refusal is NULL where the platform refused nothing. */
export const waitingAdds = (scope: Scope, dry: boolean): Sql =>
  sql`(select field, digest, max(case when origin = 'platform' then reason end) as refusal, max(until_at) as until_at
${addsWaiting(scope, dry)} group by field, digest)`

/** A query `field, digest` of what an earlier run found to be shared by many, and may be wanted by more than this one sees. */
export const knownPlaceholders = (scope: Scope, dry: boolean): Sql =>
  sql`select field, digest ${addsWaiting(scope, dry)} and origin = 'validation'`

/**
 * What has waited long enough goes, removals that were tried again although they had to wait, and, after a run with
 * `--full`, which has counted everybody, what it did not find to be shared by many.
 */
export const endQuarantine = (scope: Scope): readonly Sql[] => {
  const quarantine = scope.stateTable('quarantine')
  const removes = sql`select field as removed_field, digest as removed_digest from ${scope.runTable('delta_rows')}
where op = 'remove' and leads`
  const held = sql`select field as held_field, digest as held_digest from ${scope.runTable('delta_rows')} where op = 'hold'`
  return [
    sql`delete from ${quarantine} where until_at <= ${scope.now}`,
    sql`delete from ${quarantine} where op = 'remove' and exists (select 1 from (${removes}) as r
  where r.removed_field = field and r.removed_digest = digest)`,
    sql`delete from ${quarantine} where origin = 'validation' and (select run_full from ${scope.stateTable('control')})
  and not exists (select 1 from (${held}) as h where h.held_field = field and h.held_digest = digest)`,
  ]
}

/** Culprits wait, and what has just been found to be shared by many. */
export const insertQuarantine = (scope: Scope, s: Settlement): Sql =>
  sql`insert into ${scope.stateTable('quarantine')} (op, field, digest, reason, origin, until_at)
select distinct r.op, r.field, r.digest, r.refusal, 'platform', ${refusedUntil(scope, s)} from ${resolvedTrouble(scope)} as r where r.outcome = 'refused'
union all select distinct 'add', r.field, r.digest, r.hold_reason, 'validation', ${sharedUntil(scope)} from ${scope.runTable('delta_rows')} as r
where r.op = 'hold' and r.hold_until_at is null`

/**
 * A query `member_key, due_at` of the members of whom something waits to be added: the end stands in `quarantine`, so that
 * it is the same moment for all who want it, whenever they came. After `insertQuarantine`.
 */
export const addsDue = (scope: Scope): Sql =>
  sql`select r.member_key, coalesce(q.until_at, r.hold_until_at) as due_at from ${resolvedTrouble(scope)} as r
left join (select field, digest, max(until_at) as until_at from ${scope.stateTable('quarantine')} where op = 'add' group by field, digest) as q
  on q.field = r.field and q.digest = r.digest
where r.op = 'hold' or (r.op = 'add' and r.outcome = 'refused')`
