import type { AccountFacts, AccountsPage } from './accounts.ts'
import { at, idAt, listAt, type Reading, retry, textAt, unexpected } from './answers.ts'
import type { AudienceFound, AudienceNow, AudiencePage } from './destination.ts'

/** What X says in the body of a success; what its codes mean stands in x-ads-answers.ts. */

/**
 * All users arrived: both counts equal the number sent. Fewer is a failure to be retried (1.4), after which some may
 * be there; counts that are missing or larger are not an answer to what was asked.
 */
export function counted(json: unknown, sent: number): Reading<void> {
  const success = at(json, 'data', 'success_count')
  const total = at(json, 'data', 'total_count')
  if (typeof success !== 'number' || typeof total !== 'number' || success > sent || total > sent) return unexpected
  if (success === sent && total === sent) return { value: undefined }
  const advice = `it counted ${success} of ${total} users where ${sent} were sent, so all of them are sent again`
  return { instead: retry('maybe', advice), code: 'count_mismatch' }
}

/** The id of the audience an answer describes. */
export function audienceOf(json: unknown): Reading<AudienceFound> {
  const audienceId = idAt(json, 'data', 'id')
  return audienceId === undefined ? unexpected : { value: { audienceId } }
}

/** An answer that describes the audience that was to be changed. */
export function updated(json: unknown, audienceId: string): Reading<void> {
  return idAt(json, 'data', 'id') === audienceId ? { value: undefined } : unexpected
}

/** Why an audience cannot be targeted (1.3), with the figures of 1.7. */
const untargetable: Readonly<Record<string, string>> = {
  PROCESSING: 'X is working on changes, which takes 6 to 8 hours',
  TOO_SMALL:
    'X has matched fewer than 100 users who were active in the last 90 days, so no ad can use it yet; right after an upload that is normal',
}

/** Size and state of the audience that was asked for. */
export function audienceNow(json: unknown, audienceId: string): Reading<AudienceNow> {
  const size = at(json, 'data', 'audience_size') ?? null
  if (idAt(json, 'data', 'id') !== audienceId || !(size === null || Number.isSafeInteger(size))) return unexpected
  const reasons = listAt(json, 'data', 'reasons_not_targetable').filter((reason) => typeof reason === 'string')
  const notes = reasons.map((reason) =>
    Object.hasOwn(untargetable, reason)
      ? (untargetable[reason] ?? '')
      : `no ad can use it yet (${idAt([reason], 0) ?? 'X says no reason'})`,
  )
  return { value: { size: size as number | null, notes } }
}

/** What may stand in the address of the next request. */
const isCursor = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= 1000 && value.isWellFormed()

/** The entries of one page of a list; the cursor is null on the last one (1.0). */
function listOf(json: unknown): { readonly data: readonly unknown[]; readonly next: { nextCursor?: string } } | null {
  const data = at(json, 'data')
  const cursor = at(json, 'next_cursor') ?? undefined
  if (!Array.isArray(data) || !(cursor === undefined || isCursor(cursor))) return null
  return { data, next: cursor ? { nextCursor: cursor } : {} }
}

/** One page of audiences: those of exactly this name that are not deleted. */
export function pageOf(json: unknown, name: string): Reading<AudiencePage> {
  const page = listOf(json)
  if (page === null) return unexpected
  const matches = page.data.flatMap((audience) => {
    const audienceId = idAt(audience, 'id')
    if (audienceId === undefined || at(audience, 'name') !== name || at(audience, 'deleted') === true) return []
    const createdAt = new Date(textAt(audience, 'created_at') ?? '')
    return [{ audienceId, createdAt: Number.isNaN(createdAt.getTime()) ? null : createdAt }]
  })
  return { value: { matches, ...page.next } }
}

/** One page of the accounts that the token's user sees (1.2). */
export function accountsOf(json: unknown): Reading<AccountsPage> {
  const page = listOf(json)
  if (page === null) return unexpected
  const accounts = page.data.flatMap((account): readonly AccountFacts[] => {
    const accountId = idAt(account, 'id')
    if (accountId === undefined || at(account, 'deleted') === true) return []
    const [name, status] = [textAt(account, 'name'), textAt(account, 'approval_status')]
    return [{ accountId, ...(name === undefined ? {} : { name }), ...(status === undefined ? {} : { status }) }]
  })
  return { value: { accounts, ...page.next } }
}

/** Roles that may change audiences: the others read, or make posts (1.2 names the roles, not what each may do). */
const editors = ['ACCOUNT_ADMIN', 'AD_MANAGER', 'PARTNER_AUDIENCE_MANAGER']

/** What the user behind the token may do in an account (1.2). */
export function accessOf(json: unknown, accountId: string): Reading<readonly AccountFacts[]> {
  const found = at(json, 'data', 'permissions')
  if (!Array.isArray(found)) return unexpected
  const permissions = found.filter((role): role is string => typeof role === 'string')
  return { value: [{ accountId, permissions, mayEdit: permissions.some((role) => editors.includes(role)) }] }
}
