import type { Activation } from '../config/activation.ts'
import type { Destination } from '../destination/destination.ts'
import { exits, RunStopped } from './stop.ts'

/** What the one narrow scan of the segment counted. */
export interface SegmentMeasures {
  readonly rows: number
  readonly nullKeys: number
  /** Members of K. */
  readonly changed: number
}

/** What the delta would do; see `sql/guards.ts`. */
export interface DeltaMeasures {
  readonly emptied: number
  readonly touched: number
  readonly segmentMembersChange: number
  readonly reachableMembersChange: number
  readonly checkedValues: number
  /** Identifiers by reason. */
  readonly rejections: Readonly<Record<string, number>>
  /** By operation: add, remove, keep, hold. */
  readonly rows: Readonly<
    Record<string, { readonly identifiers: number; readonly confirmedBefore: number; readonly waiting: number }>
  >
}

/** What the ledger held before. */
export interface LedgerStanding {
  readonly ledgerMembers: number
  readonly reachableMembers: number
  readonly firstSync: boolean
  readonly full: boolean
}

/** Shares mean little among few: from here up they count. */
const leastForShare = 100

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

/** Guards that need no delta; each a sentence. They hold also where nothing changed. */
export const segmentGuards = ({ guards, segment }: Activation, measured: SegmentMeasures): readonly string[] => {
  const tripped: string[] = []
  const keyed = measured.rows - measured.nullKeys
  if (keyed === 0 && !guards.allowEmpty) {
    tripped.push(
      `segment ${segment.name} is empty (${measured.rows} rows, none with a member key; set guards.allow_empty: true where that is meant)`,
    )
  }
  const share = measured.nullKeys / measured.rows
  if (measured.rows >= leastForShare && share > guards.maxNullKeyShare) {
    tripped.push(
      `${percent(share)} of the rows of segment ${segment.name} have no member key (${measured.nullKeys} of ${measured.rows}; guards.max_null_key_share is ${guards.maxNullKeyShare})`,
    )
  }
  return tripped
}

/** Guards on the delta (design section 5). Each that trips is a sentence with the figures and the setting. */
export const deltaGuards = (
  { guards }: Activation,
  platform: PlatformRule,
  measured: DeltaMeasures,
  standing: LedgerStanding,
): readonly string[] => {
  const tripped: string[] = []
  const { ledgerMembers } = standing
  const check = (count: number, of: number, most: number, says: string, setting: string): void => {
    if (of >= leastForShare && count / of > most)
      tripped.push(`${percent(count / of)} ${says} (${count} of ${of}; ${setting} is ${most})`)
  }
  check(
    measured.emptied,
    ledgerMembers,
    guards.maxRemovedShare,
    'of the members in the audience would be removed',
    'guards.max_removed_share',
  )
  if (!standing.full) {
    check(
      measured.touched,
      ledgerMembers,
      guards.maxTouchedShare,
      'of the members in the audience would be removed or added again',
      'guards.max_touched_share',
    )
  }
  const rejected = Object.entries(measured.rejections).reduce(
    (sum, [reason, n]) => (reason === 'null_member_key' ? sum : sum + n),
    0,
  )
  check(
    rejected,
    measured.checkedValues,
    guards.maxRejectedShare,
    'of the values checked were rejected',
    'guards.max_rejected_share',
  )
  const reachable = standing.reachableMembers + measured.reachableMembersChange
  if (standing.firstSync && reachable < guards.minMembers) {
    const rule =
      reachable < platform.audience.minMatched ? `, and no ad could use the audience: ${ruleOf(platform)}` : ''
    tripped.push(
      `only ${reachable} members have a valid identifier, fewer than guards.min_members asks of a first sync (${guards.minMembers})${rule}`,
    )
  }
  return tripped
}

type PlatformRule = Pick<Destination, 'title' | 'audience'>

const ruleOf = ({ title, audience: { minMatched } }: PlatformRule): string =>
  `${title} needs ${minMatched.toLocaleString('en')} matched people`

/** A sentence where a run goes on although it takes people from an audience that gets too small for ads; else null. */
export const shrinking = (
  { name }: Activation,
  platform: PlatformRule,
  { reachableMembersChange }: DeltaMeasures,
  { firstSync, reachableMembers }: LedgerStanding,
): string | null => {
  const reachable = reachableMembers + reachableMembersChange
  if (firstSync || reachableMembersChange >= 0 || reachable >= platform.audience.minMatched) return null
  return `${name} shrinks from ${reachableMembers} to ${reachable} members with a valid identifier. Removals go on, but ads stop using its audience: ${ruleOf(platform)}.`
}

/** Throws RunStopped (65) naming every guard that tripped, unless they are overridden. */
export const enforceGuards = (activation: Activation, tripped: readonly string[], overridden: boolean): void => {
  if (tripped.length === 0 || overridden) return
  throw new RunStopped(
    exits.guarded,
    'guard',
    `Nothing was sent for ${activation.name}: ${tripped.join('; ')}. Look at the segment, or let this one run pass with --override-guards ${activation.name}.`,
  )
}
