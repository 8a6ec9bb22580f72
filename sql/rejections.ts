import { sql } from 'kysely'
import { resolvedTrouble, type Settlement } from './outcomes.ts'
import { refusedUntil, sharedUntil } from './quarantine.ts'
import { integer, type Scope, type Sql, sqlType, text } from './scope.ts'

/** Rejections of members who are looked at anew no longer stand; what is still wrong is rejected anew. */
export const clearRejections = (scope: Scope, runId: string): Sql =>
  sql`insert into ${scope.publicTable('rejections_cleared')} (activation, run_id, member_key, cleared_at)
select distinct ${text(scope.activation)}, ${text(runId)}, r.member_key, ${scope.now} from ${scope.publicTable('current_rejections')} as r
join ${scope.runTable('delta_members')} as m on m.member_key = r.member_key
where r.activation = ${scope.activation} and m.in_k
union all select distinct ${text(scope.activation)}, ${text(runId)}, r.member_key, ${scope.now} from ${scope.publicTable('current_rejections')} as r
where r.activation = ${scope.activation} and r.member_key is null`

/** One row: how many NULL keys stand rejected, as text. */
export const countNullKeys = (scope: Scope): Sql =>
  sql`select cast(coalesce(max(identifiers), 0) as ${sqlType.text}) as identifiers from ${scope.publicTable('current_rejections')} as r
where r.activation = ${scope.activation} and r.member_key is null and r.reason = 'null_member_key'`

/** So many NULL keys stand rejected from now on, by a run that looked at nobody else. */
export const rejectNullKeys = (scope: Scope, runId: string, nullKeys: number): readonly Sql[] => [
  sql`insert into ${scope.publicTable('rejections_cleared')} (activation, run_id, member_key, cleared_at)
select ${text(scope.activation)}, ${text(runId)}, cast(null as ${sqlType.text}), ${scope.now}`,
  sql`insert into ${scope.publicTable('rejections')} (activation, run_id, member_key, field, reason, origin, batch_no, identifiers,
  rejected_at, quarantined_until_at)
select ${text(scope.activation)}, ${text(runId)}, null, null, 'null_member_key', 'validation', null, n, ${scope.now}, null
from (select ${integer(nullKeys)} as n) as k where n > 0`,
]

export const insertRejections = (scope: Scope, s: Settlement): Sql => {
  const field = sql`case r.field${sql.join(
    Object.entries(s.fieldOfType).map(([type, name]) => sql` when ${text(type)} then ${text(name)}`),
    sql``,
  )} else r.field end`
  return sql`insert into ${scope.publicTable('rejections')} (activation, run_id, member_key, field, reason, origin, batch_no, identifiers,
  rejected_at, quarantined_until_at)
select ${text(scope.activation)}, ${text(s.run.runId)}, r.member_key, r.field, r.reason, r.origin, r.batch_no, r.identifiers, ${scope.now}, r.until_at from (
  select member_key, field, reason, origin, cast(null as ${sqlType.integer}) as batch_no, identifiers, cast(null as ${sqlType.timestamp}) as until_at
    from ${scope.runTable('delta_rejections')}
  union all select r.member_key, ${field}, r.hold_reason, case r.hold_reason when 'shared_by_many' then 'validation' else 'platform' end,
    null, 1, coalesce(r.hold_until_at, ${sharedUntil(scope)}) from ${scope.runTable('delta_rows')} as r
      join ${scope.runTable('delta_member_rows')} as m on m.member_no = r.member_no where r.op = 'hold' and m.in_k and m.counts
  union all select r.member_key, ${field}, r.refusal, 'platform', r.batch_no, 1, ${refusedUntil(scope, s)}
    from ${resolvedTrouble(scope)} as r where r.outcome = 'refused' and r.leads
  union all select r.member_key, ${field}, q.reason, 'platform', null, 1, q.until_at from ${scope.runTable('delta_rows')} as r
    join ${scope.stateTable('quarantine')} as q on q.op = 'remove' and q.field = r.field and q.digest = r.digest
    join ${scope.runTable('delta_member_rows')} as m on m.member_no = r.member_no
    where r.op = 'keep' and r.waits and m.in_k) as r`
}
