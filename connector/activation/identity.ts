import { countLedger } from '../../sql/control.ts'
import type { Scope } from '../../sql/scope.ts'
import type { Segment } from '../config/activation.ts'
import type { Row } from '../warehouse/warehouse.ts'
import type { KnownAudience } from './audience.ts'
import type { RunRequest } from './context.ts'
import type { LedgerStanding } from './guards.ts'
import { exits, RunStopped } from './stop.ts'

/** What `control` says before a run or a plan: whose ledger it is, which audience, what the ledger holds. */

/** A ledger belongs to one account and member key, and holds what settle left in it. */
export const checkIdentity = async (
  { activation, warehouse }: Pick<RunRequest, 'activation' | 'warehouse'>,
  scope: Scope,
  control: Row,
): Promise<void> => {
  const wrong = (
    what: string,
    code: string,
    keeps = ', and it keeps its name: write another `audience.name` then',
  ): RunStopped =>
    new RunStopped(
      exits.configuration,
      code,
      `${what}; change it back, or start anew with: tidemark reset ${activation.name} --yes --abandon (the people of the old audience stay in it${keeps})`,
    )
  // Before there is anything to own, account and member key may still be corrected.
  const owned = (control.audience_id ?? control.audience_intent ?? null) !== null || Number(control.identifier_rows) > 0
  const account = control.account_id ?? null
  if (owned && account !== null && account !== activation.destination.accountId) {
    throw wrong(
      `${activation.name} keeps an audience in account ${account}, and the configuration now says ${activation.destination.accountId}`,
      'account_changed',
      '',
    )
  }
  const key = memberKeyName(activation.segment.memberKey)
  if (owned && control.member_key !== key) {
    throw wrong(
      `The ledger of ${activation.name} is kept by member key ${control.member_key ?? '?'}, and the configuration now says ${key}`,
      'member_key_changed',
    )
  }
  const [rows] = await warehouse.rows('ledger', countLedger(scope))
  for (const table of ['member_rows', 'identifier_rows'] as const) {
    if (rows?.[table] !== control[table]) {
      throw wrong(
        `The ledger of ${activation.name} holds ${rows?.[table] ?? '?'} ${table.replace('_', ' ')} where ${control[table] ?? '?'} were settled: it was emptied or changed from outside. Restore it`,
        'ledger_changed',
      )
    }
  }
}

/** As the ledger's owner is stored: a key that is hashed is another key. */
export const memberKeyName = ({ column, hash }: Segment['memberKey']): string => (hash ? `sha256(${column})` : column)

export const knownAudience = (control: Row): KnownAudience => ({
  id: control.audience_id ?? null,
  name: control.audience_name ?? null,
  description: control.audience_description ?? null,
  intent: control.audience_intent ?? null,
  intentAt: control.audience_intent_at == null ? null : new Date(control.audience_intent_at),
  intentAgeMs: Number(control.intent_age_ms ?? 0),
})

/** By the counts of the last settle, which `checkIdentity` has compared with the tables. */
export const ledgerIsEmpty = (control: Row): boolean =>
  Number(control.member_rows) === 0 && Number(control.identifier_rows) === 0

export const ledgerStanding = (control: Row, full: boolean): LedgerStanding => ({
  ledgerMembers: Number(control.ledger_members ?? 0),
  reachableMembers: Number(control.reachable_members ?? 0),
  firstSync: control.first_synced_at == null,
  full,
})
