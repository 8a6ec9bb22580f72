import { sql } from 'kysely'
import { fillRunTable } from './run-tables.ts'
import { type Scope, type Sql, state } from './scope.ts'
import type { MappedColumn } from './wanted.ts'

/**
 * Step 4, second half: the run table `delta_member_rows(member_no, member_key, in_k, fingerprint, standing, counts)`: the
 * changed members who do not simply arrive, with the fingerprints of the one read (a member with several rows several times, `counts` on one of them; NULL who is gone),
 * then the other members of the delta. standing: 0 gone from the segment, 1 in it, 2 with a valid identifier.
 */
export const fillDeltaMembers = (
  scope: Scope,
  columns: readonly MappedColumn[],
  single: boolean,
  dry: boolean,
): Sql => {
  const valid = sql.join(
    columns.map((_, i) => sql`(${sql.id(`digest_${i + 1}`)} is not null and ${sql.id(`reason_${i + 1}`)} is null)`),
    sql` or `,
  )
  const rows = sql`select member_no, fingerprint, ${valid} as valid from ${scope.scratch('read_members')}
where member_no in (select member_no from ${scope.scratch('others')})`
  const read = single
    ? rows
    : sql`select distinct member_no, fingerprint, max(case when valid then 1 else 0 end) over (partition by member_no) = 1 as valid from (${rows}) as d`
  const counts = single ? sql.raw('true') : sql`row_number() over (partition by c.member_no order by r.fingerprint) = 1`
  return fillRunTable(
    scope,
    'delta_member_rows',
    sql`select c.member_no, c.member_key, true as in_k, r.fingerprint,
  case when r.fingerprint is null then 0 when r.valid and c.member_no not in (${unreachable(scope)}) then 2 else 1 end as standing,
  ${counts} as counts
from (select * from ${scope.scratch('changed_members')} where member_no in (select member_no from ${scope.scratch('others')})) as c
left join (${read}) as r on r.member_no = c.member_no
union all select member_no, member_key, false, null, null, true from ${scope.scratch('outside')}`,
    dry,
  )
}

/**
 * Members with valid values all of which are placeholders, which they have not got confirmed, or too many. Mostly nobody:
 * then it reads `wanted` twice.
 */
const unreachable = (scope: Scope): Sql => {
  const [wanted, placeholders] = [scope.scratch('wanted'), scope.scratch('placeholders')]
  const same = sql`p.field = w.field and p.digest = w.digest`
  return sql`select member_no from ${scope.scratch('oversized')}
union all select w.member_no from ${wanted} as w
join (select distinct w.member_no from ${wanted} as w join ${placeholders} as p on ${same}) as s on s.member_no = w.member_no
left join ${placeholders} as p on ${same}
left join ${scope.scratch('changed_or_kept')} as l on l.member_no = w.member_no and l.field = w.field and l.digest = w.digest and l.state = ${state.confirmed}
group by w.member_no having count(*) = count(case when l.digest is null then p.digest end)`
}
