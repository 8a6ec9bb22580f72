import type { Activation } from '../config/activation.ts'
import type { Destination } from '../destination/destination.ts'
import { counted } from '../plural.ts'
import type { DeltaMeasures, SegmentMeasures } from './measures.ts'
import { muchRejected, percent, type RejectedField, rejectedOf } from './rejected.ts'
import { exits, RunStopped } from './stop.ts'

/** What the ledger held before. */
export interface LedgerStanding {
  readonly ledgerMembers: number
  readonly reachableMembers: number
  readonly firstSync: boolean
  readonly full: boolean
}

/** One guard and how near it is. */
export interface Guard {
  /** Its key in `guards`. */
  readonly setting: string
  /** Where it looks at each field by itself. */
  readonly field: string | null
  readonly value: number
  readonly limit: number
  readonly trips: boolean
  /** `60 % (at most 50 %)` */
  readonly near: string
  /** What to say where it trips: the figures and the setting. */
  readonly says: string
}

/** Guards in the order of likely causes: who is rejected is removed too, and not the other way round. */
export interface Judgement {
  /** What explains guards that trip without being one of them. */
  readonly causes: readonly string[]
  readonly guards: readonly Guard[]
}

/** Shares mean little among few: from here up they count. */
const leastForShare = 100

interface Share {
  readonly setting: string
  readonly field?: string
  readonly count: number
  readonly of: number
  readonly limit: number
  readonly says: string
  /** The end of the sentence. */
  readonly because?: string
}

const shareGuard = ({ setting, field = undefined, count, of, limit, says, because = '' }: Share): Guard => {
  const value = of === 0 ? 0 : count / of
  const counts = of >= leastForShare
  return {
    setting,
    field: field ?? null,
    value,
    limit,
    trips: counts && value > limit,
    near: counts
      ? `${percent(value)} (at most ${percent(limit)})`
      : `not counted, ${of} being fewer than ${leastForShare}`,
    says: `${percent(value)} ${says} (${count} of ${of}; guards.${setting} is ${limit})${because}`,
  }
}

/** Guards that need no delta. They hold also where nothing changed. */
export const segmentGuards = ({ guards, segment }: Activation, { rows, nullKeys }: SegmentMeasures): Judgement => {
  const keyed = rows - nullKeys
  const empty: Guard = {
    setting: 'allow_empty',
    field: null,
    value: keyed,
    limit: 1,
    trips: keyed === 0 && !guards.allowEmpty,
    near: counted(keyed, 'row'),
    says: `segment ${segment.name} is empty (${counted(rows, 'row')}, none with a member key; set guards.allow_empty: true where that is meant)`,
  }
  const keyless = shareGuard({
    setting: 'max_null_key_share',
    count: nullKeys,
    of: rows,
    limit: guards.maxNullKeyShare,
    says: `of the rows of segment ${segment.name} have no member key`,
  })
  return { causes: [], guards: [empty, keyless] }
}

/** Guards on the delta (design section 5). */
export const deltaGuards = (
  activation: Activation,
  platform: PlatformRule,
  measured: DeltaMeasures,
  standing: LedgerStanding,
): Judgement => {
  const everybody = standing.firstSync || standing.full
  const rejected = rejectedGuards(activation, measured, everybody)
  const tripped = rejected.flatMap(({ field, trips }) => (trips ? [field] : []))
  const much = muchRejected(measured.fields, everybody)
  return {
    causes: [
      ...swapped(activation, platform, much),
      ...much.filter(({ field }) => !tripped.includes(field)).map(({ message }) => message),
    ],
    guards: [...rejected, ...memberGuards(activation, platform, measured, standing)],
  }
}

/** Each field by itself, for one dead field must not hide behind the others; then all together, where there are several. */
const rejectedGuards = ({ guards }: Activation, measured: DeltaMeasures, everybody: boolean): readonly Guard[] => {
  const setting = 'max_rejected_share'
  const limit = guards.maxRejectedShare
  const fields = measured.fields.filter(({ checked }) => checked > 0).map((field) => rejectedOf(field, everybody))
  const sum = (of: (field: RejectedField) => number): number => fields.reduce((total, field) => total + of(field), 0)
  const oversized = measured.rejections.too_many_identifiers ?? 0
  const all = shareGuard({
    setting,
    count: sum(({ rejected }) => rejected) + oversized,
    of: sum(({ checked }) => checked),
    limit,
    says: 'of all values checked were rejected',
    because: oversized === 0 ? '' : `, ${oversized} of them too_many_identifiers`,
  })
  const each = fields.map(({ field, rejected: count, checked: of, reasons }) =>
    shareGuard({
      setting,
      field,
      count,
      of,
      limit,
      says: `of the values of ${field} were rejected`,
      because: reasons === '' ? '' : `, ${reasons}`,
    }),
  )
  return fields.length === 1 && oversized === 0 ? each : [...each, all]
}

/** Whom the audience would lose, and whether it would be large enough. */
const memberGuards = (
  { guards }: Activation,
  platform: PlatformRule,
  { emptied, touched, reachableMembersChange }: DeltaMeasures,
  standing: LedgerStanding,
): readonly Guard[] => {
  const of = standing.ledgerMembers
  const removed = shareGuard({
    setting: 'max_removed_share',
    count: emptied,
    of,
    limit: guards.maxRemovedShare,
    says: 'of the members in the audience would be removed',
  })
  const moved = shareGuard({
    setting: 'max_touched_share',
    count: touched,
    of,
    limit: guards.maxTouchedShare,
    says: 'of the members in the audience would be removed or added again',
  })
  const reachable = standing.reachableMembers + reachableMembersChange
  const small = reachable < platform.audience.minMatched
  const least: Guard = {
    setting: 'min_members',
    field: null,
    value: reachable,
    limit: guards.minMembers,
    trips: reachable < guards.minMembers,
    near: `${reachable} (at least ${guards.minMembers})`,
    says: `only ${counted(reachable, 'member has', 'members have')} a valid identifier, fewer than guards.min_members asks of a first sync (${guards.minMembers})${small ? `, and no ad could use the audience: ${ruleOf(platform)}` : ''}`,
  }
  return [removed, ...(standing.full ? [] : [moved]), ...(standing.firstSync ? [least] : [])]
}

/** Where e-mail and phone are rejected alike, most often one is in the column of the other. */
const swapped = (
  { fields }: Activation,
  { fields: rules }: PlatformRule,
  much: readonly RejectedField[],
): readonly string[] => {
  const refused = (rule: string, reasons: readonly string[]): RejectedField | undefined =>
    much.find(({ field, reason, share }) => rules[field]?.rule === rule && share > 0.5 && reasons.includes(reason))
  const [email, phone] = [refused('email', ['invalid_email']), refused('phone', ['not_a_number', 'invalid_phone'])]
  if (!email || !phone) return []
  const of = ({ field }: RejectedField): string =>
    `${field} (${fields.flatMap((mapped) => (mapped.field === field ? [mapped.column] : [])).join(', ')})`
  return [`the columns of ${of(email)} and ${of(phone)} look swapped`]
}

type PlatformRule = Pick<Destination, 'title' | 'audience' | 'fields'>

const ruleOf = ({ title, audience: { minMatched } }: Pick<Destination, 'title' | 'audience'>): string =>
  `${title} needs ${minMatched.toLocaleString('en')} matched people`

/** A sentence where a run goes on although it takes people from an audience that gets too small for ads; else null. */
export const shrinking = (
  { name }: Activation,
  platform: Pick<Destination, 'title' | 'audience'>,
  { reachableMembersChange }: DeltaMeasures,
  { firstSync, reachableMembers }: LedgerStanding,
): string | null => {
  const reachable = reachableMembers + reachableMembersChange
  if (firstSync || reachableMembersChange >= 0 || reachable >= platform.audience.minMatched) return null
  return `${name} shrinks from ${reachableMembers} to ${counted(reachable, 'member')} with a valid identifier. Removals go on, but ads stop using its audience: ${ruleOf(platform)}.`
}

/** A sentence for each guard that trips, behind those for what explains them; none where none trips. */
export const sentences = ({ causes, guards }: Judgement): readonly string[] => {
  const tripped = guards.filter(({ trips }) => trips).map(({ says }) => says)
  return tripped.length === 0 ? [] : [...causes, ...tripped]
}

/** `max_removed_share 0 % (at most 30 %)`, one for each guard with a limit. */
export const nearness = ({ setting, field, near }: Guard): string =>
  `${setting}${field === null ? '' : ` of ${field}`} ${near}`

/** Throws RunStopped (65) naming every guard that tripped, unless they are overridden. `command`: lets this one run pass. */
export const enforceGuards = (
  { name }: Activation,
  judgement: Judgement,
  overridden: boolean,
  command = `tidemark run ${name} --override-guards`,
): void => {
  const said = sentences(judgement)
  if (said.length === 0 || overridden) return
  const others = judgement.guards.filter(({ trips }) => !trips).map(nearness)
  const held = others.length === 0 ? '' : ` Other guards: ${others.join(', ')}.`
  throw new RunStopped(
    exits.guarded,
    'guard',
    `Nothing was sent for ${name}: ${said.join('; ')}.${held} Correct the cause, or let this one run pass: ${command}`,
  )
}
