import { sql } from 'kysely'
import { arrived, type Settlement } from './outcomes.ts'
import { addsDue } from './quarantine.ts'
import { integer, type Scope, type Sql, state, unionAll } from './scope.ts'

const dayMs = 86_400_000
/** Renewal begins so many days before the platform forgets, and is spread by a hash of the key over half of them. */
const renewalWindowDays = (membershipDays: number): number => Math.min(60, Math.floor(membershipDays / 2))

/** The age from which on a membership may be sent again. */
export const renewalAgeDays = (membershipDays: number): number => membershipDays - renewalWindowDays(membershipDays)

/** When a membership confirmed at `since` has to be sent again: 30 to 60 days before it lapses, or a quarter to half of a short life. */
const renewalAt = (scope: Scope, since: Sql, memberKey: Sql, membershipDays: number): Sql => {
  const spread = scope.dialect.bucket(memberKey, 'key', Math.max(1, Math.floor(renewalWindowDays(membershipDays) / 2)))
  return scope.dialect.addMs(since, sql`(${integer(renewalAgeDays(membershipDays))} + ${spread}) * ${integer(dayMs)}`)
}

/** Who has just arrived has nothing else to wait for, whatever was due before. After the MERGE. */
export const renewArrived = (scope: Scope, { membershipDays }: Settlement): readonly Sql[] => {
  const due = scope.stateTable('due')
  const members = arrived(scope)
  const keys = unionAll(members.map((of) => sql`select a.member_key from ${of} as a`))
  const forget = sql`delete from ${due} where member_key in (${keys})`
  if (membershipDays === null) return [forget]
  const at = renewalAt(scope, scope.now, sql`a.member_key`, membershipDays)
  const renew = members.map(
    (of) => sql`insert into ${due} (member_key, due_at) select a.member_key, ${at} from ${of} as a`,
  )
  return [forget, ...renew]
}

/** Scratch `due_before`: rows of `due` of everybody in the delta who is no arrival; the one look at it. */
export const findDueBefore = (scope: Scope): Sql =>
  sql`insert into ${scope.scratch('due_before')} (member_key, due_at) select member_key, due_at from ${scope.stateTable('due')}
where member_key in (select member_key from ${scope.runTable('delta_member_rows')})`

/**
 * Scratch `due_changes(member_key, due_at)`: when to look at a member again, NULL for never. What has come is consumed by
 * K; the earliest of what lies ahead stays: ends of quarantines, renewals, and what was due anyway.
 */
export const findDueChanges = (scope: Scope, s: Settlement): Sql => {
  const before = scope.scratch('due_before')
  const consumed = sql`select member_key from ${before} where due_at <= (select run_started_at from ${scope.stateTable('control')})
  and member_key in (select member_key from ${scope.runTable('delta_member_rows')} where in_k)`
  const waiting = sql`select t.member_key, coalesce(min(case when q.until_at > ${scope.now} then q.until_at end), ${scope.now}) as due_at
from ${scope.scratch('trouble')} as t
left join ${scope.scratch('held_after')} as l on l.member_no = t.member_no
left join ${scope.stateTable('quarantine')} as q on q.op = 'remove' and q.field = l.field and q.digest = l.digest
where t.waiting group by t.member_key`
  const days = s.membershipDays
  const renewals =
    days === null
      ? sql``
      : sql` union all select s.member_key, ${renewalAt(scope, sql`min(h.since_at)`, sql`s.member_key`, days)} from ${scope.scratch('held_after')} as h
join ${scope.scratch('standing')} as s on s.member_no = h.member_no where h.state = ${state.confirmed} group by s.member_key`
  return sql`insert into ${scope.scratch('due_changes')} (member_key, due_at)
with consumed as (${consumed}),
ahead as (${addsDue(scope)} union all ${waiting}${renewals}),
known as (select member_key, due_at from ${before} where member_key in (select member_key from ahead)
  and member_key not in (select member_key from consumed))
select member_key, min(due_at) as due_at from (select * from ahead union all select * from known
  union all select member_key, null from consumed) as a group by member_key`
}

/** The one MERGE of `due`. */
export const mergeDue = (scope: Scope): Sql =>
  sql`merge into ${scope.stateTable('due')} as d using ${scope.scratch('due_changes')} as n
on d.member_key = n.member_key
when matched and n.due_at is null then delete
when matched then update set due_at = n.due_at
when not matched and n.due_at is not null then insert (member_key, due_at) values (n.member_key, n.due_at)`
