import { sql } from 'kysely'
import { fillRunTable } from './run-tables.ts'
import type { Scope, Sql } from './scope.ts'

/**
 * What the members of a delta had before it, arrivals aside, who had nothing: stored with the delta. Until its settle
 * nothing else changes the ledger, so guards and settle look here instead of at the whole ledger (0.1 s for each look at
 * 2 M identifiers).
 */

/**
 * Run table `held(member_no, member_key, field, digest, state, since_at, entered)`: their rows of `ledger_identifiers`.
 * `outside`: is anybody of the delta outside K? Then the ledger is looked at for them.
 */
export const fillHeld = (scope: Scope, outside: boolean, dry: boolean): Sql => {
  const theirs = sql`
union all select o.member_no, l.member_key, l.field, l.digest, l.state, l.since_at, l.entered
from ${scope.stateTable('ledger_identifiers')} as l join ${scope.scratch('outside')} as o on o.member_key = l.member_key`
  return fillRunTable(
    scope,
    'held',
    sql`select member_no, member_key, field, digest, state, since_at, entered from ${scope.scratch('changed_or_kept')} where member_no is not null${outside ? theirs : sql``}`,
    dry,
  )
}

/** Run table `members_before(member_key, fingerprint, standing)`: their rows of `ledger_members`. Arrivals have none. */
export const fillMembersBefore = (scope: Scope, dry: boolean): Sql =>
  fillRunTable(
    scope,
    'members_before',
    sql`select member_key, fingerprint, standing from ${scope.stateTable('ledger_members')}
where member_key in (select member_key from ${scope.scratch('changed_members')} union all select member_key from ${scope.scratch('outside')})`,
    dry,
  )
