import { ensureAudience, type KnownAudience } from '../../connector/activation/audience.ts'
import type { AudiencePage } from '../../connector/destination/destination.ts'
import type { CallResult } from '../../connector/http/call.ts'
import { done, outcomeOf, type Rig, type RigOptions, refused } from './rig.ts'

/** What tests of audiences say of them, and how they ask. */

export const none: KnownAudience = {
  id: null,
  name: null,
  description: null,
  intent: null,
  intentAt: null,
  intentAgeMs: 0,
}
export const minute = 60_000
export const at = new Date('2026-01-01T12:00:00Z')
export const asked = (ageMs: number): KnownAudience => ({ ...none, intent: 'People', intentAt: at, intentAgeMs: ageMs })
export const page = (
  matches: readonly (readonly [string, Date | null])[],
  nextCursor?: string,
): CallResult<unknown> => {
  const found: AudiencePage = {
    matches: matches.map(([audienceId, createdAt]) => ({ audienceId, createdAt })),
    ...(nextCursor === undefined ? {} : { nextCursor }),
  }
  return done(found)
}
export const earlier = (minutes: number): Date => new Date(at.getTime() - minutes * minute)

export const receipts = async (rig: Rig): Promise<readonly string[]> => {
  const rows = await rig.raw(
    `select op || ' ' || status || ' ' || coalesce(audience_id, '-') || ' ' || batch_no || ' ' || members || ' ' || audience_name as r from tidemark.receipts order by 1`,
  )
  return rows.map(({ r }) => r ?? '')
}
export const answers =
  (...results: readonly CallResult<unknown>[]): NonNullable<RigOptions['answer']> =>
  (n) =>
  () =>
    results[n - 1] ?? refused()
export const ensure = (rig: Rig, known: KnownAudience = none): Promise<unknown> => outcomeOf(ensureAudience(rig, known))
export const stored = (rig: Rig) => rig.control('audience_id', 'audience_name', 'audience_intent')
