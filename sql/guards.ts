import { sql } from 'kysely'
import { type Scope, type Sql, state } from './scope.ts'

/**
 * What the guards compare, in one row, all as text (design section 5): `emptied` members of the ledger from whom
 * something would be removed and who would hold nothing afterwards, `touched` members removed from or added again,
 * `reachable` members of the segment afterwards.
 */
export const measureDelta = (scope: Scope): Sql => {
  const delta = scope.runTable('delta')
  const ledger = scope.stateTable('ledger_identifiers')
  const removed = sql`select distinct member_no, member_key from ${delta} where op = 'remove' and prior <> ${state.kept}`
  const stays = sql`select 1 from ${ledger} as l where l.member_key = r.member_key and l.state <> ${state.kept}
  and not exists (select 1 from ${delta} as d where d.member_no = r.member_no and d.field = l.field and d.digest = l.digest and d.op in ('remove', 'keep'))`
  return sql`select
  cast((select count(*) from (${removed}) as r where not exists (select 1 from ${delta} as d where d.member_no = r.member_no and d.op in ('add', 'hold'))
    and not exists (${stays})) as varchar) as emptied,
  cast((select count(distinct member_no) from ${delta} where (op = 'remove' and prior <> ${state.kept})
    or (op = 'add' and member_key in (select member_key from ${scope.scratch('again_members')}))) as varchar) as touched`
}

/** How segment_members and reachable_members change, from K alone: one row, as text. */
export const measureStanding = (scope: Scope): Sql =>
  sql`select cast(${standingChange(scope, 1)} as varchar) as segment_members, cast(${standingChange(scope, 2)} as varchar) as reachable_members`

/** How many more members of K stand at `least` or higher than when they were last settled: 1 in the segment, 2 reachable. */
export const standingChange = (scope: Scope, least: 1 | 2): Sql => {
  const members = scope.runTable('delta_members')
  const before = sql`select l.member_key from ${scope.stateTable('ledger_members')} as l
  where l.member_key in (select member_key from ${members} where in_k) group by l.member_key having max(l.standing) >= ${sql.raw(String(least))}`
  return sql`(select count(*) from ${members} where in_k and counts and standing >= ${sql.raw(String(least))})
    - (select count(*) from (${before}) as b)`
}

/** The delta by what it does: op, identifiers, and how many of them were confirmed before. */
export const countDelta = (scope: Scope): Sql =>
  sql`select op, cast(count(*) as varchar) as identifiers,
  cast(count(case when confirmed_before then 1 end) as varchar) as confirmed_before
from ${scope.runTable('delta')} where op <> 'remove' or leads group by op order by op`
