import fc from 'fast-check'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import { crowding } from './crowd.ts'
import type { Accident } from './fate.ts'
import {
  accident,
  accidentKinds,
  commonSteps,
  creationFaults,
  fault,
  rareSteps,
  rivalKinds,
  signal,
} from './mishaps.ts'
import { type Identifier, type Mapping, type Member, type Own, type Platform, people } from './people.ts'
import type { Setting } from './setting.ts'

/** One thing that happened to the segment: somebody joins, changes, or leaves (`null`). */
export interface Change {
  readonly key: string
  readonly member: Member | null
}

export interface Step {
  readonly changes: readonly Change[]
  /** When the source is rebuilt: before the run, or between its two reads; and whether it then goes back. */
  readonly rebuilt: 'before' | 'between' | 'between_and_back'
  /** From now on; absent: as before. */
  readonly mapping?: Mapping | undefined
  /** Days that pass before the run. */
  readonly days?: number
  readonly full: boolean
  readonly faults: readonly FaultRule[]
  readonly accident: Accident | null
}

export interface History {
  readonly setting: Setting
  readonly steps: readonly Step[]
  /** There is a crowd, and who of it wants its address is counted at the end by a run with `--full`, or a day later. */
  readonly counted?: 'full' | 'day'
}

/**
 * Members M0 to M5 are persons 0 to 5, N0 to N5 other keys for the same persons. The own first number is always there:
 * a link that can be seen from outside. Some borrow the first number of somebody else.
 */
const change = (): fc.Arbitrary<Change> => {
  const member = fc.record({
    person: fc.constantFrom(...people),
    key: fc.oneof({ weight: 7, arbitrary: fc.constant('M') }, { weight: 1, arbitrary: fc.constant('N') }),
    own: fc.subarray<Own>(['e0', 'e1', 'p1']),
    lender: fc.option(fc.constantFrom(...people), { freq: 3, nil: null }),
    untidy: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    leaves: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 3, arbitrary: fc.constant(true) }),
  })
  return member.map(({ person, key, own, lender, untidy, leaves }) => {
    const identifiers = new Set<Identifier>([`P${person}.p0`, ...own.map((o): Identifier => `P${person}.${o}`)])
    if (lender !== null) identifiers.add(`P${lender}.p0`)
    return { key: `${key}${person}`, member: leaves ? null : { identifiers: [...identifiers], untidy } }
  })
}

/** Two keys hold each the other's person from now on. */
const swap = (): fc.Arbitrary<readonly Change[]> =>
  fc
    .tuple(fc.shuffledSubarray([...people], { minLength: 2, maxLength: 2 }), fc.subarray<Own>(['e0', 'e1', 'p1']))
    .map(([persons, own]) => {
      const identifiers = persons.map((person) => (['p0', ...own] as const).map((o): Identifier => `P${person}.${o}`))
      return persons.map((person, i) => ({ key: `M${person}`, member: { identifiers: identifiers[1 - i] ?? [] } }))
    })

const changes = (): fc.Arbitrary<readonly Change[]> =>
  fc
    .tuple(
      fc.array(change(), { maxLength: 6, size: 'max' }),
      fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: swap() }),
    )
    .map(([some, swapped]) => [...some, ...swapped])

/** Addresses move to another column, are mapped no longer, or again; the country of numbers without one changes. */
const mapping = (): fc.Arbitrary<Mapping> =>
  fc.record({
    emails: fc.constantFrom<Mapping['emails']>('mapped', 'mapped', 'mapped', 'moved', 'unmapped'),
    country: fc.constantFrom<Mapping['country']>('FR', 'DE'),
  })

/** A quarantine ends after 30 days, a membership of X is renewed after 333 to 363 and lapses after 393. */
const days = (): fc.Arbitrary<number> =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 2, arbitrary: fc.constantFrom(31, 340, 364) })

const step = (accidents: fc.Arbitrary<Accident>): fc.Arbitrary<Step> =>
  fc.record({
    changes: changes(),
    rebuilt: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Step['rebuilt']>('before') },
      { weight: 1, arbitrary: fc.constantFrom<Step['rebuilt']>('between', 'between_and_back') },
    ),
    mapping: fc.oneof(fc.constant(undefined), mapping()),
    days: days(),
    full: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    faults: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 6, arbitrary: fc.array(fault(), { minLength: 4, maxLength: 8, size: 'max' }) },
    ),
    accident: fc.option(accidents, { freq: 4, nil: null }),
  })

const setting = (platform: Platform): fc.Arbitrary<Setting> =>
  fc.record({
    platform: fc.constant(platform),
    writing: fc.oneof(
      { weight: 9, arbitrary: fc.constant<Setting['writing']>('sha256') },
      { weight: 1, arbitrary: fc.constant<Setting['writing']>('clear') },
    ),
    maxBytes: fc.constantFrom(1, 500, 1000),
    maxRows: fc.constantFrom(1, 2, 5),
    concurrency: fc.constantFrom(1, 2, 3),
    optimised: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  })

/** What a history is made to meet beside what comes by chance: chance alone meets some of it once in a hundred. */
export type Focus = { readonly step: string } | { readonly lost: FaultRule['fault'] } | 'processes' | 'crowd'
type Struck = Exclude<Focus, 'processes' | 'crowd'>

/** Each has an equal share of the histories; three in 29 are of processes, and three of a crowd. */
export const focuses: readonly Focus[] = [
  ...[...commonSteps, ...rareSteps, ...rareSteps].map((at) => ({ step: at })),
  ...[...creationFaults, ...creationFaults].map((lost) => ({ lost })),
  ...Array.from({ length: 3 }, () => 'processes' as const),
  ...Array.from({ length: 3 }, () => 'crowd' as const),
]

const undisturbed = { rebuilt: 'before', faults: [], accident: null } as const

/** There is somebody to be sent, and so an audience to be made. */
const withSomebody = (step: Step): Step => ({
  ...step,
  ...undisturbed,
  changes: [...step.changes, { key: 'M0', member: { identifiers: ['P0.p0'], untidy: false } }],
})

/** Steps in which an accident of this kind, or a lost creation, comes where it can strike. */
const focused = (focus: Struck, kind: Accident['kind'], [first, second, ...more]: readonly [Step, Step, ...Step[]]) => {
  if ('lost' in focus) {
    const lost: FaultRule = { match: { op: 'create_audience' }, fault: focus.lost }
    return [{ ...withSomebody(first), faults: [lost] }, second, ...more]
  }
  const struck = { accident: { kind, step: focus.step, nth: 1 } }
  switch (focus.step) {
    // Only as long as there is no audience.
    case 'audience_intent':
    case 'audience':
      return [{ ...withSomebody(first), ...struck }, second, ...more]
    // Where nothing changed, a run closes without a settle.
    case 'close': {
      const unchanged = { ...second, ...undisturbed, changes: [], mapping: undefined, days: 0, full: false }
      return [{ ...first, ...undisturbed }, { ...unchanged, ...struck }, ...more]
    }
    // Of a run that died before it sent anything there is a row to be written, and no more.
    case 'recover':
      return [
        { ...first, accident: { kind: 'crash_after' as const, step: 'begin', nth: 1 } },
        { ...second, ...struck },
        ...more,
      ]
    default:
      return [first, { ...second, ...struck }, ...more]
  }
}

/** Runs of one process after the other, over one warehouse in memory. */
const inMemory = (platform: Platform, focus: Struck): fc.Arbitrary<History> =>
  fc.boolean().chain((alone) => {
    const kinds = alone ? accidentKinds : [...accidentKinds, ...rivalKinds, ...rivalKinds]
    const one = step(accident(kinds))
    return fc.record({
      setting: setting(platform).map((of) => ({ ...of, alone })),
      steps: fc.tuple(fc.constantFrom(...kinds), one, one, one).map(([kind, ...three]) => focused(focus, kind, three)),
    })
  })

/**
 * Many want one address, then others do, then fewer. Mostly that is seen by no run that could count them, and hardly
 * anything is refused: at the end everybody would have waited for 31 days.
 */
const inCrowd = (platform: Platform): fc.Arbitrary<History> => {
  const rarely = fc.nat(7).map((n) => n === 0)
  const one = fc.record({
    of: step(accident(accidentKinds)),
    days: fc.constantFrom(0, 0, 0.5, 1, 31),
    full: fc.boolean(),
    calm: fc.boolean(),
    unmapped: rarely,
    refuses: rarely,
  })
  const among = (sizes: readonly number[]): fc.Arbitrary<Step> =>
    fc.tuple(one, crowding(sizes)).map(([{ of, days, full, calm, unmapped, refuses }, some]) => ({
      ...of,
      changes: [...of.changes, ...some],
      mapping: of.mapping?.emails === 'unmapped' && !unmapped ? undefined : of.mapping,
      days,
      full,
      faults: calm ? [] : of.faults.filter(({ fault }) => refuses || fault.kind !== 'refuse').slice(0, 3),
      accident: calm ? null : of.accident,
    }))
  return fc
    .tuple(
      setting(platform),
      fc.constantFrom('full', 'day'),
      rarely,
      among([21, 25]),
      among([15, 21, 21, 25, 25]),
      among([1, 6, 15, 19, 20, 20, 21]),
    )
    .map(([of, counted, seen, many, others, fewer]) => ({
      setting: { ...of, maxRows: of.maxRows * 5, maxBytes: 4000, alone: true },
      counted,
      steps: [many, others, seen ? fewer : { ...fewer, days: 0, full: false }],
    }))
}

/**
 * Real processes, over a file. A platform that goes on failing would only be waited for; nobody gets between two reads of a
 * process, and its own clock cannot be moved.
 */
const inProcesses = (platform: Platform): fc.Arbitrary<History> =>
  fc.record({
    setting: setting(platform).map((one) => ({ ...one, alone: true, processes: true })),
    steps: fc.array(
      step(signal()).map(({ faults, accident, ...one }) => ({
        ...one,
        rebuilt: 'before' as const,
        days: 0,
        faults: faults.map((rule) => (rule.times === 'always' ? rule : { ...rule, times: 1 })).slice(0, 2),
        // A process is there to be killed.
        accident: accident ?? { kind: 'kill_at' as const, step: 'request', nth: 2 },
      })),
      { minLength: 2, maxLength: 2 },
    ),
  })

export const history = (platform: Platform, focus: Focus): fc.Arbitrary<History> => {
  if (focus === 'processes') return inProcesses(platform)
  return focus === 'crowd' ? inCrowd(platform) : inMemory(platform, focus)
}
