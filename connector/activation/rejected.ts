import { counted } from '../plural.ts'
import { rejectionReason } from '../rejection-reasons.ts'
import type { FieldMeasures } from './measures.ts'

/** From here up a share of rejected values is said. */
const leastShare = 0.1
/** Where a run looked at some members only, few rejected values are no share of anything. */
const leastRejected = 10
/** More reasons than these are counted, not named. */
const mostReasons = 3

/** The values of one field that are rejected, as a person is told of them. */
export interface RejectedField {
  readonly field: string
  readonly checked: number
  readonly rejected: number
  readonly share: number
  /** The most frequent one. */
  readonly reason: string
  /** `unknown_country: set default_country, …` */
  readonly reasons: string
  /** `phone_number: 100 % rejected (1510 of 1510 values), unknown_country: set default_country, …` */
  readonly message: string
}

export const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

/**
 * What of a field is rejected. `everybody`: everybody is looked at, so that a value that too many share tells something of
 * the field; else those who have it may be all who are looked at again.
 */
export const rejectedOf = (
  { field, checked, rejected, reasons, held }: FieldMeasures,
  everybody: boolean,
): RejectedField => {
  const shared = everybody ? (held.shared_by_many ?? 0) : 0
  const all = rejected + shared
  const share = checked === 0 ? 0 : all / checked
  const failures = Object.values(reasons).reduce((sum, n) => sum + n, 0)
  // By rows as the whole is: a value that a member has twice is one rejection.
  const shares = Object.entries(reasons).map(([name, n]) => [name, (n / failures) * (rejected / checked)] as const)
  const ranked = [...shares, ...(shared > 0 ? [['shared_by_many', shared / checked] as const] : [])].sort(
    ([, a], [, b]) => b - a,
  )
  const named = reasonsText(ranked)
  return {
    field,
    checked,
    rejected: all,
    share,
    reason: ranked[0]?.[0] ?? '',
    reasons: named,
    message: `${field}: ${percent(share)} rejected (${all} of ${counted(checked, 'value')}), ${named}`,
  }
}

const reasonsText = (ranked: readonly (readonly [name: string, share: number])[]): string => {
  const named = ranked.slice(0, mostReasons).map(([name, share]) => {
    const part = ranked.length > 1 ? ` (${percent(share)})` : ''
    return `${name}${part}: ${rejectionReason(name).wayOut}`
  })
  const more = ranked.length - named.length
  return [...named, ...(more > 0 ? [`and ${more} more ${more === 1 ? 'reason' : 'reasons'}`] : [])].join('; ')
}

/** Fields of which more than a tenth is rejected. */
export const muchRejected = (fields: readonly FieldMeasures[], everybody: boolean): readonly RejectedField[] =>
  fields
    .map((field) => rejectedOf(field, everybody))
    .filter(({ share, rejected }) => share > leastShare && (everybody || rejected >= leastRejected))
