import { sql } from 'kysely'
import { demoteArrivals } from './arrivals.ts'
import { claimSettle, type Hold } from './control.ts'
import { findDueBefore, findDueChanges, mergeDue, renewArrived } from './due.ts'
import { standingChange } from './guards.ts'
import {
  findLedgerChanges,
  findMemberChanges,
  insertArrived,
  insertArrivedMembers,
  mergeIdentifiers,
  mergeMembers,
} from './ledger.ts'
import { arrived, countArrived, countArrivedIdentifiers, resolve, resolved, type Settlement } from './outcomes.ts'
import { endQuarantine, insertQuarantine } from './quarantine.ts'
import { clearRejections, insertRejections } from './rejections.ts'
import { insertRun, type RunCount, runCountNames } from './runs.ts'
import { everyRow, type Scope, type Sql, sqlType, state, text, unionAll } from './scope.ts'
import { columnList } from './state.ts'
import { batchRows, inSpan } from './units.ts'

const staging = {
  outcomes: {
    batch_no: 'integer',
    part: 'integer',
    first_unit: 'integer',
    last_unit: 'integer',
    outcome: 'text',
    reason: 'text',
  },
  culprits: { unit: 'integer', field: 'text', digest: 'digest', outcome: 'text', reason: 'text' },
  trouble: {
    member_no: 'integer',
    member_key: 'text',
    open_removal: 'boolean',
    open_add: 'boolean',
    begun: 'boolean',
    accepted: 'boolean',
    waiting: 'boolean',
  },
  standing: { member_no: 'integer', member_key: 'text', had_entered: 'boolean', held_before: 'boolean' },
  ledger_changes: {
    member_no: 'integer',
    member_key: 'text',
    field: 'text',
    digest: 'digest',
    next_state: 'integer',
    entered: 'boolean',
  },
  held_after: { member_no: 'integer', field: 'text', digest: 'digest', state: 'integer', since_at: 'timestamp' },
  standing_after: { member_no: 'integer', confirmed: 'boolean', holds: 'boolean' },
  counts: { name: 'text', value: 'integer' },
  member_changes: { member_key: 'text', fingerprint: 'fingerprint', standing: 'integer', gone: 'boolean' },
  due_before: { member_key: 'text', due_at: 'timestamp' },
  due_changes: { member_key: 'text', due_at: 'timestamp' },
} as const

/** Empty scratch tables that settle fills: made before its transaction, for some warehouses commit at every DDL. */
export const prepareSettle = (scope: Scope): readonly Sql[] =>
  Object.entries(staging).map(([name, columns]) =>
    scope.dialect.createScratch(scope.scratch(name as keyof typeof staging), columnList(scope, columns)),
  )

/** Settle (design section 3, step 11): the statements of its one transaction. The first must touch exactly one row. */
export const settle = (
  scope: Scope,
  hold: Hold,
  s: Settlement,
): readonly (Sql | { statement: Sql; exactly: number } | { late: () => Sql })[] => [
  { statement: claimSettle(scope, hold, { ...s, runId: s.run.runId }), exactly: 1 },
  freezeOutcomes(scope, s),
  ...(s.smooth ? [] : [findCulprits(scope), findTrouble(scope), ...demoteArrivals(scope)]),
  standingBefore(scope),
  ...endQuarantine(scope),
  ...(s.smooth ? [] : [insertQuarantine(scope, s)]),
  findLedgerChanges(scope),
  mergeIdentifiers(scope),
  findHeldAfter(scope),
  standingAfter(scope),
  insertArrived(scope),
  ...insertEvents(scope),
  ...countMembers(scope),
  findMemberChanges(scope),
  mergeMembers(scope),
  insertArrivedMembers(scope),
  findDueBefore(scope),
  findDueChanges(scope, s),
  mergeDue(scope),
  ...renewArrived(scope, s),
  clearRejections(scope, s.run.runId),
  insertRejections(scope, s),
  countRows(scope),
  countRun(scope, s.run.runId),
  { late: () => insertRun(scope, { ...s.run, tookMs: s.tookMs() }, runCounts(scope)) },
]

/** Frozen once: from the receipts of the run, its mark, and the batches refused whole. */
const freezeOutcomes = (scope: Scope, s: Settlement): Sql =>
  sql`insert into ${scope.scratch('outcomes')} (batch_no, part, first_unit, last_unit, outcome, reason)
select s.batch_no, s.part, s.first_unit, s.last_unit, b.outcome, b.reason from ${scope.runTable('spans')} as s join (
select b.batch_no, max(w.reason) as reason, coalesce(max(w.outcome), case max(r.status) when 'accepted' then 'accepted' when 'partial' then 'accepted'
  when 'refused' then ${s.atomic ? sql`'unsent'` : sql`'uncertain'`} when 'uncertain' then 'uncertain'
  else case when b.batch_no <= (select mark from ${scope.stateTable('control')}) then 'uncertain' else 'unsent' end end) as outcome
from ${scope.runTable('batches')} as b
left join ${scope.publicTable('receipts')} as r on r.run_id = ${s.run.runId} and r.batch_no = b.batch_no
left join ${scope.runTable('refused')} as w on w.batch_no = b.batch_no and w.row_no = 0
group by b.batch_no) as b on b.batch_no = s.batch_no`

/** Rows refused one by one, as units: numbered again, in the few batches that have any. */
const findCulprits = (scope: Scope): Sql => {
  const refused = scope.runTable('refused')
  return sql`insert into ${scope.scratch('culprits')} (unit, field, digest, outcome, reason)
select r.unit, f.field, f.digest, f.outcome, f.reason from ${refused} as f
join (${batchRows(scope, sql`select batch_no from ${refused} where row_no > 0`)}) as r on r.batch_no = f.batch_no and r.row_no = f.row_no`
}

/** Members of whom something was not simply accepted; nobody, when all went well: then all of this reads two columns. */
const findTrouble = (scope: Scope): Sql => {
  const open = sql`outcome in ('uncertain', 'unsent')`
  const delta = scope.runTable('delta')
  const members = sql`select member_no from ${delta} where op = 'hold' or waits
union distinct select d.member_no from ${delta} as d
  join (select * from ${scope.scratch('outcomes')} where outcome <> 'accepted') as o on ${inSpan(sql.id('d', 'unit'), 'o')}
union distinct select d.member_no from ${delta} as d join ${scope.scratch('culprits')} as f on f.unit = d.unit`
  return sql`insert into ${scope.scratch('trouble')} (member_no, member_key, open_removal, open_add, begun, accepted, waiting)
select member_no, member_key, max(case when op = 'remove' and ${open} then 1 else 0 end) = 1, max(case when op = 'add' and ${open} then 1 else 0 end) = 1,
  max(case when op = 'add' and outcome in ('accepted', 'uncertain') then 1 else 0 end) = 1,
  max(case when op = 'add' and outcome = 'accepted' then 1 else 0 end) = 1,
  max(case when waits or (op = 'remove' and outcome = 'refused') then 1 else 0 end) = 1
from ${resolve(scope, sql`(select * from ${delta} where member_no in (${members}))`)} as r
group by member_no, member_key`
}

/** Members with a past or with trouble, as they stood before: had entered, held something that is not kept. */
const standingBefore = (scope: Scope): Sql =>
  sql`insert into ${scope.scratch('standing')} (member_no, member_key, had_entered, held_before)
select member_no, member_key, max(case when entered and state <> ${state.kept} then 1 else 0 end) = 1,
  max(case when state <> ${state.kept} then 1 else 0 end) = 1
from ${scope.runTable('held')} group by member_no, member_key
union all select t.member_no, t.member_key, false, false from ${scope.scratch('trouble')} as t
where not exists (select 1 from ${scope.runTable('held')} as h where h.member_no = t.member_no)`

/** What they have afterwards: what did not change, and what changed. */
const findHeldAfter = (scope: Scope): Sql => {
  const changes = scope.scratch('ledger_changes')
  return sql`insert into ${scope.scratch('held_after')} (member_no, field, digest, state, since_at)
select h.member_no, h.field, h.digest, h.state, h.since_at from ${scope.runTable('held')} as h
where not exists (select 1 from ${changes} as c where c.member_no = h.member_no and c.field = h.field and c.digest = h.digest)
union all select member_no, field, digest, next_state, ${scope.now} from ${changes} where next_state <> 0`
}

const standingAfter = (scope: Scope): Sql =>
  sql`insert into ${scope.scratch('standing_after')} (member_no, confirmed, holds)
select s.member_no, max(case when l.state = ${state.confirmed} then 1 else 0 end) = 1, max(case when l.state <> ${state.kept} then 1 else 0 end) = 1
from ${scope.scratch('standing')} as s left join ${scope.scratch('held_after')} as l on l.member_no = s.member_no group by s.member_no`

/** Of those with a past or with trouble: a member enters with the first confirmed identifier and, having entered, leaves with the last that is not kept. */
const moves = (scope: Scope): Sql =>
  sql`select s.member_key, case when s.had_entered then 'left' else 'entered' end as event
from ${scope.scratch('standing')} as s join ${scope.scratch('standing_after')} as a on a.member_no = s.member_no
where (s.had_entered and not a.holds) or (not s.had_entered and a.confirmed)`

/** The many who arrived each in one go, without a union (0.9 s instead of 1.4 s a million). */
const insertEvents = (scope: Scope): readonly Sql[] => {
  // Not bound: DuckDB writes a bound value of every row out, but not that of a sub-select (0.6 s instead of 0.9 s a million).
  const control = (column: string): Sql => sql`(select ${sql.id(column)} from ${scope.stateTable('control')})`
  const insert = (event: Sql, members: Sql): Sql =>
    sql`insert into ${scope.publicTable('membership_events')} (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select ${control('activation')}, ${control('audience_id')}, ${control('audience_name')}, m.member_key, ${event}, ${control('run_id')}, ${scope.now}
from ${members} as m`
  const [arrivals, others] = arrived(scope)
  return [
    insert(sql`'entered'`, arrivals),
    insert(sql`m.event`, sql`(${moves(scope)} union all select a.member_key, 'entered' from ${others} as a)`),
  ]
}

/** segment, reachable and ledger members are carried forward from K, never counted over everybody. */
const countMembers = (scope: Scope): readonly Sql[] => {
  const counts = scope.scratch('counts')
  const change = (name: string): Sql => sql`(select value from ${counts} where name = ${name})`
  const holders = sql`${countArrived(scope)} + (select count(*) from ${scope.scratch('standing_after')} where holds)
  - (select count(*) from ${scope.scratch('standing')} where held_before)`
  return [
    sql`insert into ${counts} (name, value) select n.name, case n.name when 'in_segment' then s.segment_members else s.reachable_members end
from (${standingChange(scope)}) as s cross join (select 'in_segment' as name union all select 'reachable') as n
union all select 'holders', ${holders}`,
    sql`update ${scope.stateTable('control')} set segment_members = segment_members + ${change('in_segment')},
  reachable_members = reachable_members + ${change('reachable')}, ledger_members = ledger_members + ${change('holders')},
  first_synced_at = coalesce(first_synced_at, ${scope.now}) where ${everyRow}`,
  ]
}

/** For the check at the next start. After all changes. */
const countRows = (scope: Scope): Sql =>
  sql`update ${scope.stateTable('control')} set member_rows = (select count(*) from ${scope.stateTable('ledger_members')}),
  identifier_rows = (select count(*) from ${scope.stateTable('ledger_identifiers')}) where ${everyRow}`

/** Counts for the row of the run, a row each: a statement with a sub-select for each takes DuckDB 0.06 s to plan. */
const countRun = (scope: Scope, runId: string): Sql => {
  const control = scope.stateTable('control')
  const accepted = (which: Sql): Sql =>
    sql`(select count(*) from ${resolved(scope)} as r where outcome = 'accepted' and ${which})`
  const moved = (event: string): Sql => sql`(select count(*) from (${moves(scope)}) as m where m.event = ${event})`
  const values: Readonly<Record<RunCount, Sql>> = {
    segment_members: sql`(select segment_members from ${control})`,
    reachable_members: sql`(select reachable_members from ${control})`,
    members_added: sql`${countArrived(scope)} + ${moved('entered')}`,
    members_removed: moved('left'),
    identifiers_added: sql`${accepted(sql`op = 'add' and not confirmed_before`)} + ${countArrivedIdentifiers(scope)}`,
    identifiers_removed: accepted(sql`op = 'remove' and leads`),
    identifiers_resent: accepted(sql`op = 'add' and confirmed_before`),
    identifiers_rejected: sql`(select coalesce(sum(identifiers), 0) from ${scope.publicTable('rejections')} where run_id = ${runId})`,
  }
  return sql`insert into ${scope.scratch('counts')} (name, value) ${unionAll(
    Object.entries(values).map(([name, value]) => sql`select ${text(name)}, cast(${value} as ${sqlType.integer})`),
  )}`
}

const runCounts = (scope: Scope): Sql =>
  sql`select ${sql.join(
    runCountNames.map((name) => sql`max(case when name = ${name} then value end) as ${sql.id(name)}`),
  )} from ${scope.scratch('counts')}`
