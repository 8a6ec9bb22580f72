import { sql } from 'kysely'
import type { Hold } from './control.ts'
import { everyRow, integer, type Scope, type Sql, text } from './scope.ts'
import { stateColumns } from './state.ts'

/**
 * A name takes over what another one holds: audience, ledger and quiet time, in one transaction. What is said of runs that
 * were stays under the name they had. `former`: the scope of the other name.
 */

/** What the control row says of audience and ledger. */
const taken = [
  'audience_intent',
  'audience_intent_at',
  'audience_id',
  'audience_name',
  'audience_description',
  'account_id',
  'member_key',
  'member_rows',
  'identifier_rows',
  'segment_members',
  'reachable_members',
  'ledger_members',
  'first_synced_at',
] as const

/** The first statement, exactly one row: only a name without an audience takes one over. */
export const takeControl = (scope: Scope, { runId, fence }: Hold, former: Scope): Sql => {
  const theirs = (column: string): Sql => sql`(select ${sql.id(column)} from ${former.stateTable('control')})`
  return sql`update ${scope.stateTable('control')} set ${sql.join(
    taken.map((column) => sql`${sql.id(column)} = ${theirs(column)}`),
  )}, quiet_until = greatest(coalesce(quiet_until, ${scope.now}), coalesce(${theirs('quiet_until')}, ${scope.now}))
where owner = ${runId} and fence = ${integer(fence)} and audience_id is null and audience_intent is null and identifier_rows = 0 and not run_open`
}

/** Whoever is in the audience enters under the new name, as of now; what stands rejected stands there, too. */
export const takeLedger = (scope: Scope, former: Scope, takeOverId: string): readonly Sql[] => [
  ...Object.entries(stateColumns).flatMap(([name, columns]) => {
    const table = name as keyof typeof stateColumns
    const names = sql.join(Object.keys(columns).map((column) => sql.id(column)))
    return [
      sql`delete from ${scope.stateTable(table)} where ${everyRow}`,
      sql`insert into ${scope.stateTable(table)} (${names}) select ${names} from ${former.stateTable(table)}`,
    ]
  }),
  sql`insert into ${scope.publicTable('membership_events')} (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select ${text(scope.activation)}, audience_id, audience_name, member_key, 'entered', ${text(takeOverId)}, ${scope.now}
from ${scope.publicTable('audience_members')} where activation = ${former.activation}`,
  sql`insert into ${scope.publicTable('rejections')} (activation, run_id, member_key, field, reason, origin, batch_no, identifiers,
  rejected_at, quarantined_until_at)
select ${text(scope.activation)}, ${text(takeOverId)}, member_key, field, reason, origin, batch_no, identifiers, ${scope.now}, quarantined_until_at
from ${scope.publicTable('current_rejections')} where activation = ${former.activation}`,
]
