import { sql } from 'kysely'
import type { Hold } from './control.ts'
import { everyRow, integer, type Scope, type Sql, sqlType, text } from './scope.ts'

/** What a reset would forget: one row, as text. */
export const measureReset = (scope: Scope): Sql =>
  sql`select cast((select count(*) from ${scope.stateTable('ledger_identifiers')}) as ${sqlType.text}) as identifiers,
  cast((select count(*) from ${scope.publicTable('audience_members')} where activation = ${scope.activation}) as ${sqlType.text}) as members`

/**
 * Forgets audience and ledger; the first statement of the transaction, exactly one row. Fence and end of quiet time stay:
 * what an earlier run sent may still be applied.
 */
export const forgetControl = (scope: Scope, { runId, fence }: Hold): Sql =>
  sql`update ${scope.stateTable('control')} set run_id = null, run_key = null, run_open = false, open_fence = null, mark = 0,
  sending = false, audience_intent = null, audience_intent_at = null, audience_id = null, audience_name = null,
  audience_description = null, account_id = null, member_rows = 0,
  identifier_rows = 0, segment_members = 0, reachable_members = 0, ledger_members = 0, first_synced_at = null,
  override_run_key = null
where owner = ${runId} and fence = ${integer(fence)}`

/** The rest of the transaction: the events end for everybody who is in, and nothing of the ledger is left. */
export const forgetLedger = (scope: Scope, resetId: string): readonly Sql[] => [
  sql`insert into ${scope.publicTable('membership_events')} (activation, audience_id, audience_name, member_key, event, run_id, event_at)
select activation, audience_id, audience_name, member_key, 'left', ${text(resetId)}, ${scope.now}
from ${scope.publicTable('audience_members')} where activation = ${scope.activation}`,
  sql`insert into ${scope.publicTable('rejections_cleared')} (activation, run_id, member_key, cleared_at)
select distinct activation, ${text(resetId)}, member_key, ${scope.now} from ${scope.publicTable('current_rejections')}
where activation = ${scope.activation}`,
  sql`insert into ${scope.publicTable('activation_log')} (activation, segment, destination, platform, account_id, audience_name,
  audience_description, fields, schedule, dbt_unique_id, config_hash, logged_at)
select activation, segment, destination, platform, account_id, audience_name, audience_description, fields, schedule,
  dbt_unique_id, config_hash, ${scope.now}
from ${scope.publicTable('activations')} where activation = ${scope.activation}`,
  ...(['ledger_members', 'ledger_identifiers', 'due', 'quarantine'] as const).map(
    (table) => sql`delete from ${scope.stateTable(table)} where ${everyRow}`,
  ),
]
