import { sql } from 'kysely'
import { type Scope, type Sql, sqlType, state } from './scope.ts'
import type { MappedColumn } from './wanted.ts'

/**
 * What the guards compare, in one row, all as text (design section 5): `emptied` members of the ledger from whom
 * something would be removed and who would hold nothing afterwards, `touched` members removed from or added again.
 * Arrivals held nothing; they are looked at only where somebody is added again (1.5 s of 37 on PostgreSQL, 1 M members).
 */
export const measureDelta = (scope: Scope): Sql => {
  const delta = scope.runTable('delta_rows')
  const removed = sql`select distinct member_no from ${delta} where op = 'remove' and prior <> ${state.kept}`
  const stays = sql`select 1 from ${scope.runTable('held')} as l where l.member_no = r.member_no and l.state <> ${state.kept}
  and not exists (select 1 from ${delta} as d where d.member_no = r.member_no and d.field = l.field and d.digest = l.digest and d.op in ('remove', 'keep'))`
  return sql`select
  cast((select count(*) from (${removed}) as r where not exists (select 1 from ${delta} as d where d.member_no = r.member_no and d.op in ('add', 'hold'))
    and not exists (${stays})) as ${sqlType.text}) as emptied,
  cast((select count(*) from (${removed}
    union distinct select d.member_no from ${scope.runTable('delta')} as d join ${scope.scratch('again_members')} as a on a.member_key = d.member_key where d.op = 'add') as t) as ${sqlType.text}) as touched`
}

/** How segment_members and reachable_members change, from K alone: one row, as text. */
export const measureStanding = (scope: Scope): Sql =>
  sql`select cast(segment_members as ${sqlType.text}) as segment_members, cast(reachable_members as ${sqlType.text}) as reachable_members
from (${standingChange(scope)}) as s`

/**
 * How many more members of K stand in the segment (1) and are reachable (2) than when they were last settled: one row,
 * `segment_members, reachable_members`. Arrivals stood nowhere.
 */
export const standingChange = (scope: Scope): Sql => {
  const members = scope.runTable('delta_members')
  const count = (least: number): Sql =>
    sql`coalesce(sum(case when standing >= ${sql.raw(String(least))} then 1 else 0 end), 0)`
  const counts = sql`${count(1)} as in_segment, ${count(2)} as reachable`
  const before = sql`select max(l.standing) as standing from ${scope.runTable('members_before')} as l
  where l.member_key in (select member_key from ${scope.runTable('delta_member_rows')} where in_k) group by l.member_key`
  return sql`select cast(n.in_segment - b.in_segment as ${sqlType.integer}) as segment_members, cast(n.reachable - b.reachable as ${sqlType.integer}) as reachable_members
from (select ${counts} from ${members} where in_k and counts) as n cross join (select ${counts} from (${before}) as l) as b`
}

/**
 * The delta by what it does: op, identifiers, how many of them were confirmed before, and of how many the removal waits.
 * Arrivals, of so many columns, are counted as they are stored.
 */
export const countDelta = (scope: Scope, columns: number): Sql => {
  const counted = sql`(op <> 'remove' or leads)`
  const one = (condition: Sql): Sql => sql`case when ${condition} then 1 else 0 end`
  const arrived = sql.join(
    Array.from({ length: columns }, (_, i) => sql`count(${sql.id(`digest_${i + 1}`)})`),
    sql` + `,
  )
  const sum = (column: string): Sql => sql`cast(sum(${sql.id(column)}) as ${sqlType.text}) as ${sql.id(column)}`
  return sql`select op, ${sum('identifiers')}, ${sum('confirmed_before')}, ${sum('waiting')} from (
select op, ${one(counted)} as identifiers, ${one(sql`${counted} and confirmed_before`)} as confirmed_before, ${one(sql`waits`)} as waiting, 1 as n from ${scope.runTable('delta_rows')}
union all select cast('add' as ${sqlType.text}), ${arrived}, 0, 0, ${arrived} from ${scope.runTable('arrivals')}) as d
group by op having sum(n) > 0 order by op`
}

/** Identifiers that are wanted and not sent, by type and reason: placeholders and those in quarantine. Arrivals have none. */
export const countHolds = (scope: Scope): Sql =>
  sql`select field, hold_reason as reason, cast(count(*) as ${sqlType.text}) as identifiers from ${scope.runTable('delta_rows')}
where op = 'hold' group by field, hold_reason order by field, hold_reason`

/** Rejections by field and reason. */
export const countRejections = (scope: Scope): Sql =>
  sql`select field, reason, cast(sum(identifiers) as ${sqlType.text}) as identifiers from ${scope.runTable('delta_rejections')}
group by field, reason order by field, reason`

/**
 * One row: of each column how many values of the changed members were checked, valid or not, and rejected. One pass.
 * `some`: not of everybody; then members count only whose row changed. Who is only due (for a placeholder every day) was counted
 * when it did, and would trip a guard by the same junk each time.
 */
export const countValues = (scope: Scope, columns: readonly MappedColumn[], some: boolean): Sql => {
  const count = (counted: string, n: number, name: string): Sql =>
    sql`cast(count(${sql.id(`${counted}_${n}`)}) as ${sqlType.text}) as ${sql.id(`${name}_${n}`)}`
  return sql`select ${sql.join(
    columns.flatMap((_, i) => [count('digest', i + 1, 'checked'), count('reason', i + 1, 'rejected')]),
  )} from ${scope.scratch('read_members')}${some ? sql` where member_no in (select member_no from ${scope.scratch('changed_members')} where not due)` : sql``}`
}
