import { sql } from 'kysely'
import { arrivalDelta, arrivalMembers } from './arrivals.ts'
import { waitingAdds } from './quarantine.ts'
import { columnNames, createRunView, fillRunTable } from './run-tables.ts'
import { createScratch, integer, type Scope, type Sql, sqlType, state } from './scope.ts'
import { type LaneLayout, unitOf } from './units.ts'
import type { MappedColumn } from './wanted.ts'

/**
 * What separates segment and ledger, at identifier grain (design section 3, step 6). The words of the design are the
 * names of the scratch tables. `renewAfterDays`: identifiers confirmed longer ago than this are added again (null: never).
 */
export interface DeltaOptions {
  readonly full: boolean
  readonly renewAfterDays: number | null
}

const dayMs = 86_400_000

/**
 * Step 1: what the changed members wanted and want no longer. The first look at the ledger, by member: scratch
 * `changed_or_kept`, what changed members have there, and what anybody has there that is kept (outside K without member_no).
 */
export const findDropped = (scope: Scope): readonly Sql[] => {
  const found = scope.scratch('changed_or_kept')
  return [
    createScratch(
      scope,
      'changed_or_kept',
      sql`select c.member_no, l.* from ${scope.stateTable('ledger_identifiers')} as l
left join ${scope.scratch('changed_members')} as c on c.member_key = l.member_key
where c.member_no is not null or l.state = ${state.kept}`,
    ),
    createScratch(
      scope,
      'dropped',
      sql`select l.* from ${found} as l where l.state <> ${state.kept}
and not exists (select 1 from ${scope.scratch('wanted')} as w where w.member_no = l.member_no and w.field = l.field and w.digest = l.digest)`,
    ),
    createScratch(
      scope,
      'candidates',
      sql`select field, digest from ${scope.scratch('dropped')} union distinct select field, digest from ${found} where state = ${state.kept}`,
    ),
  ]
}

/**
 * The second look at the ledger, by digest: scratch `sharers`, whatever has a digest that a changed member wants or that
 * may have to be removed, with the number of who is changed. `emptyLedger`: there is nobody to find, and two million
 * wanted digests need not be put together.
 */
export const findSharers = (scope: Scope, emptyLedger: boolean): Sql =>
  createScratch(
    scope,
    'sharers',
    sql`select l.*, c.member_no from ${scope.stateTable('ledger_identifiers')} as l
${emptyLedger ? sql`` : sql`join (select field, digest from ${scope.scratch('wanted')} union distinct select field, digest from ${scope.scratch('candidates')}) as d on d.field = l.field and d.digest = l.digest`}
left join ${scope.scratch('changed_members')} as c on c.member_key = l.member_key`,
  )

/** Who holds what may have to be removed. */
export const findHolders = (scope: Scope): Sql =>
  createScratch(
    scope,
    'holders',
    sql`select s.* from ${scope.scratch('sharers')} as s
join ${scope.scratch('candidates')} as d on d.field = s.field and d.digest = s.digest`,
  )

/** Step 2: what nobody wants any more, less the removals that wait for a quarantine (unless they are to be tried again). */
export const findGone = (scope: Scope, retryRefused: boolean): readonly Sql[] => {
  const same = sql`x.field = d.field and x.digest = d.digest`
  const all = scope.stateTable('quarantine')
  const quarantine = retryRefused ? sql`(select * from ${all} where 1 = 0)` : all
  // Joined, for some warehouses take no EXISTS that looks out but in a WHERE.
  const refusedRemovals = sql`select distinct field, digest from ${quarantine} as x where x.op = 'remove' and x.until_at > ${scope.now}`
  return [
    createScratch(
      scope,
      'unwanted',
      sql`select d.field, d.digest, q.field is not null as waits from ${scope.scratch('candidates')} as d
left join (${refusedRemovals}) as q on q.field = d.field and q.digest = d.digest
where not exists (select 1 from ${scope.scratch('wanted')} as x where ${same})
  and not exists (select 1 from ${scope.scratch('holders')} as x where ${same} and x.member_no is null and x.state <> ${state.kept})`,
    ),
    createScratch(
      scope,
      'waiting_members',
      sql`select distinct h.member_key from ${scope.scratch('holders')} as h
join ${scope.scratch('unwanted')} as u on u.field = h.field and u.digest = h.digest where u.waits`,
    ),
    createScratch(
      scope,
      'gone',
      sql`select distinct u.field, u.digest from ${scope.scratch('unwanted')} as u
join ${scope.scratch('holders')} as h on h.field = u.field and h.digest = u.digest
where not u.waits and h.member_key not in (select member_key from ${scope.scratch('waiting_members')})`,
    ),
  ]
}

/**
 * Step 4, first half: the run table `delta_rows(op, member_no, unit, leads, member_key, field, digest, prior, confirmed_before,
 * waits, hold_reason, hold_until_at)`.
 * op: add, hold (an add in quarantine or of a placeholder), remove (every holder of what is removed), keep (dropped, but no
 * call). unit: what stays together in one batch, NULL for what never travels; leads: the one row of several holders that
 * does travel. prior: state in the ledger, 0 where it is not there.
 */
export const fillDelta = (scope: Scope, layout: LaneLayout, options: DeltaOptions, dry: boolean): Sql =>
  fillRunTable(
    scope,
    'delta_rows',
    sql`select op, member_no, ${unitOf(layout)} as unit, coalesce(send_no = member_no and op in ('add', 'remove'), false) as leads,
  member_key, field, digest, prior, confirmed_before, waits, hold_reason, hold_until_at from (${deltaRows(scope, options, dry)}) as d`,
    dry,
  )

/** `delta` and `delta_members`: the same rows for those stored one by one and for arrivals. */
export const createDeltaViews = (
  scope: Scope,
  layout: LaneLayout,
  columns: readonly MappedColumn[],
  dry: boolean,
): readonly Sql[] => {
  const both = (table: 'delta_rows' | 'delta_member_rows', arrivals: Sql): Sql =>
    sql`select ${columnNames(table)} from ${scope.runTable(table)} union all ${arrivals}`
  return [
    createRunView(scope, 'delta', both('delta_rows', arrivalDelta(scope, layout, columns)), dry),
    createRunView(scope, 'delta_members', both('delta_member_rows', arrivalMembers(scope)), dry),
  ]
}

/** No hold_reason, and no end of it. Typed: some warehouses take a bare NULL for a number. */
const noHold = sql`cast(null as ${sqlType.text}), cast(null as ${sqlType.timestamp})`

/** send_no: the member whose unit it travels in. */
const deltaRows = (scope: Scope, options: DeltaOptions, dry: boolean): Sql =>
  sql`with adds as (${adds(scope, options, dry)}), removes as (${removes(scope)})
select case when a.hold_reason is null then 'add' else 'hold' end as op, a.member_no, a.member_no as send_no, a.member_key, a.field,
  a.digest, a.prior, a.confirmed_before, false as waits, a.hold_reason, a.hold_until_at from adds as a
union all select 'remove', r.member_no, first_value(r.member_no) over (partition by r.field, r.digest order by r.member_key),
  r.member_key, r.field, r.digest, r.state, r.since_at is not null, r.waits, ${noHold} from removes as r
union all select 'keep', d.member_no, cast(null as ${sqlType.integer}), d.member_key, d.field, d.digest, d.state, d.since_at is not null,
  d.member_key in (select member_key from ${scope.scratch('waiting_members')}), ${noHold} from ${scope.scratch('dropped')} as d
where not exists (select 1 from ${scope.scratch('gone')} as g where g.field = d.field and g.digest = d.digest)
union all ${stillWaiting(scope)}`

/** What was kept before for a member who waits stays kept, and the member is looked at again when the wait is over. */
const stillWaiting = (scope: Scope): Sql =>
  sql`select 'keep', coalesce(h.member_no, o.member_no), cast(null as ${sqlType.integer}), h.member_key, h.field, h.digest, h.state, h.since_at is not null, true, ${noHold}
from ${scope.scratch('holders')} as h
join ${scope.scratch('unwanted')} as u on u.field = h.field and u.digest = h.digest
left join ${scope.scratch('outside')} as o on o.member_key = h.member_key
where u.waits and h.state = ${state.kept}`

const removes = (scope: Scope): Sql =>
  sql`select coalesce(h.member_no, o.member_no) as member_no, h.member_key, h.field, h.digest, h.state, h.since_at,
  h.member_key in (select member_key from ${scope.scratch('waiting_members')}) as waits
from ${scope.scratch('holders')} as h
join ${scope.scratch('gone')} as g on g.field = h.field and g.digest = h.digest
left join ${scope.scratch('outside')} as o on o.member_key = h.member_key`

/**
 * What is wanted and not confirmed, or has to be renewed or added again, or everything with `--full`; and what of it waits.
 * Who has a placeholder confirmed keeps it.
 */
const adds = (scope: Scope, { full, renewAfterDays }: DeltaOptions, dry: boolean): Sql => {
  const again = sql`w.member_key in (select member_key from ${scope.scratch('again_members')})`
  const renewal =
    renewAfterDays === null
      ? sql``
      : sql` or l.since_at <= ${scope.dialect.addMs(scope.now, integer(-renewAfterDays * dayMs))}`
  const changed = sql`select w.member_no, w.member_key, w.field, w.digest, coalesce(l.state, 0) as prior, l.since_at is not null as confirmed_before,
  l.state is null or l.state <> ${state.confirmed} or ${again}${renewal} as needed
from ${scope.scratch('wanted')} as w join ${scope.scratch('others')} as k on k.member_no = w.member_no
left join ${scope.scratch('changed_or_kept')} as l on l.member_no = w.member_no and l.field = w.field and l.digest = w.digest`
  const others = sql`select o.member_no, l.member_key, l.field, l.digest, l.state as prior, l.since_at is not null as confirmed_before, true as needed
from ${scope.runTable('held')} as l
join ${scope.scratch('outside')} as o on o.member_no = l.member_no
where l.state <> ${state.kept} and l.member_key in (select member_key from ${scope.scratch('again_members')})`
  return sql`select a.*, case when p.digest is not null then 'shared_by_many' else q.refusal end as hold_reason, q.until_at as hold_until_at
from (${changed} union all ${others}) as a
left join ${scope.scratch('placeholders')} as p on p.field = a.field and p.digest = a.digest
left join ${waitingAdds(scope, dry)} as q on q.field = a.field and q.digest = a.digest
where a.needed${full ? sql` or p.digest is null` : sql``}`
}
