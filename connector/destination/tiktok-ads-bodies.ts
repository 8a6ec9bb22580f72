import type { AccountFacts, AccountsPage } from './accounts.ts'
import { at, idAt, listAt, type Reading, textAt, unexpected } from './answers.ts'
import type { AudienceFound, AudienceNow, AudiencePage } from './destination.ts'

/** What TikTok says in the body of a success; what its codes mean stands in tiktok-ads-answers.ts. */

/** The audience just made; its id is text in v1.3, though a sample shows a number (2.0). */
export function created(json: unknown): Reading<AudienceFound> {
  const audienceId = idAt(json, 'data', 'audience_id')
  return audienceId === undefined ? unexpected : { value: { audienceId } }
}

/** One page of audiences: the streaming ones of exactly this name. The cursor is the number of the next page. */
export function pageOf(json: unknown, name: string, page: number): Reading<AudiencePage> {
  const list = at(json, 'data', 'list')
  const pages = at(json, 'data', 'page_info', 'total_page')
  if (!Array.isArray(list) || typeof pages !== 'number' || !Number.isSafeInteger(pages)) return unexpected
  // Another page than the one that was asked for would leave audiences out.
  if ((at(json, 'data', 'page_info', 'page') ?? page) !== page) return unexpected
  const named = list.filter((audience) => at(audience, 'name') === name && takesIds(audience))
  const matches = named.flatMap((audience) => {
    const audienceId = idAt(audience, 'audience_id')
    return audienceId === undefined ? [] : [{ audienceId, createdAt: createdAtOf(textAt(audience, 'create_time')) }]
  })
  // One of the name without an id is not nobody.
  if (matches.length < named.length) return unexpected
  return { value: { matches, ...(page < pages ? { nextCursor: String(page + 1) } : {}) } }
}

/** Only streaming audiences, listed as "Partner", take ids this way (2.3); another of the same name is not ours. */
const takesIds = (audience: unknown): boolean => /partner/i.test(textAt(audience, 'audience_type') ?? 'partner')

/**
 * Size and state of the audience that was asked for (2.4). TikTok shows 0 until it has counted, and below its minimum,
 * which cannot be told apart.
 */
export function audienceNow(json: unknown, audienceId: string): Reading<AudienceNow> {
  const details = listAt(json, 'data', 'list')
    .map((entry) => at(entry, 'audience_details'))
    .find((entry) => idAt(entry, 'audience_id') === audienceId)
  const size = at(details, 'cover_num') ?? 0
  if (details === undefined || !Number.isSafeInteger(size)) return unexpected
  const unready =
    size === 0
      ? 'TikTok shows no size: it counts for 24 to 48 hours after a change, and needs 1,000 matched people'
      : 'no ad can use it yet: TikTok needs 1,000 matched people, and 24 to 48 hours after a change'
  return {
    value: {
      size: size === 0 ? null : (size as number),
      notes: [
        ...(size === 0 || at(details, 'is_valid') === false ? [unready] : []),
        ...(at(details, 'is_expiring') === true ? ['it expires within 60 days unless an ad uses it'] : []),
      ],
    },
  }
}

/** The advertisers that the token was granted: all in one answer (2.0). */
export function advertisersOf(json: unknown): Reading<AccountsPage> {
  const details = detailsOf(json)
  return 'value' in details ? { value: { accounts: details.value } } : details
}

/** Advertisers with what the answer says of them; their name is `advertiser_name` in the one list and `name` in the other. */
export function detailsOf(json: unknown): Reading<readonly AccountFacts[]> {
  const list = at(json, 'data', 'list')
  if (!Array.isArray(list)) return unexpected
  const accounts = list.flatMap((advertiser): readonly AccountFacts[] => {
    const accountId = idAt(advertiser, 'advertiser_id')
    if (accountId === undefined) return []
    const name = textAt(advertiser, 'advertiser_name') ?? textAt(advertiser, 'name')
    const status = textAt(advertiser, 'status')
    return [{ accountId, ...(name === undefined ? {} : { name }), ...(status === undefined ? {} : { status }) }]
  })
  return { value: accounts }
}

/** `2026-08-22 10:00:00`, which is taken as UTC: the reference names no zone. */
function createdAtOf(text: string | undefined): Date | null {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})/.exec(text ?? '')
  const date = match === null ? undefined : new Date(`${match[1]}T${match[2]}Z`)
  return date === undefined || Number.isNaN(date.getTime()) ? null : date
}
