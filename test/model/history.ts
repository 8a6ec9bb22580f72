import fc from 'fast-check'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import type { Accident } from './fate.ts'
import { digestOf, everything, type Identifier, type Member, type Own, type Platform, people } from './people.ts'
import { lateMs, type Setting } from './setting.ts'

/** One thing that happened to the segment: somebody joins, changes, or leaves (`null`). */
export interface Change {
  readonly key: string
  readonly member: Member | null
}

export interface Step {
  readonly changes: readonly Change[]
  /** When the source is rebuilt: before the run, or between its two reads; and whether it then goes back. */
  readonly rebuilt: 'before' | 'between' | 'between_and_back'
  readonly full: boolean
  readonly faults: readonly FaultRule[]
  readonly accident: Accident | null
}

export interface History {
  readonly setting: Setting
  readonly steps: readonly Step[]
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

export const faults: readonly FaultRule['fault'][] = [
  { kind: 'drop_before' },
  { kind: 'drop_after' },
  { kind: 'late', ms: lateMs },
  { kind: 'answer', status: 429, retryAfter: 0, resetAfter: 0 },
  { kind: 'answer', status: 503 },
  { kind: 'answer', status: 500, applied: true },
  { kind: 'partial' },
  { kind: 'garbage' },
  { kind: 'garbage', applied: true },
  { kind: 'truncated' },
  { kind: 'truncated', cut: true },
]

/** The platform does not want some identifiers, in adds, in removes, or in both; or none of anybody that is removed. */
const refusal = (): fc.Arbitrary<FaultRule> => {
  const everyRemoval = fc.constant<FaultRule>({
    match: { op: 'remove' },
    times: 'always',
    fault: { kind: 'refuse', digests: everything.map(digestOf) },
  })
  const identifier = fc
    .tuple(fc.constantFrom(...people), fc.constantFrom<'p0' | Own>('p0', 'e0', 'e1'))
    .map(([person, own]): Identifier => `P${person}.${own}`)
  const some = fc.record({
    match: fc.record({
      op: fc.constantFrom<'add' | 'remove' | ('add' | 'remove')[]>('add', 'remove', ['add', 'remove']),
    }),
    times: fc.constant<'always'>('always'),
    fault: fc
      .uniqueArray(identifier, { minLength: 1, maxLength: 3 })
      .map((identifiers) => ({ kind: 'refuse' as const, digests: identifiers.map(digestOf) })),
  })
  return fc.oneof(some, everyRemoval)
}

/** One time: the repeat is accepted. Twice: the request is given up. */
const disturbance = (): fc.Arbitrary<FaultRule> =>
  fc.record({
    match: fc.record({ op: fc.constantFrom<'add' | 'remove'>('add', 'remove'), nth: fc.constantFrom(1, 1, 2, 3) }),
    times: fc.constantFrom(1, 2, 2, 4),
    fault: fc.constantFrom(...faults),
  })

const fault = (): fc.Arbitrary<FaultRule> =>
  fc.oneof({ weight: 5, arbitrary: disturbance() }, { weight: 2, arbitrary: refusal() })

export const accidentKinds: readonly Accident['kind'][] = [
  'crash_before',
  'crash_after',
  'error_before',
  'error_after',
  'drain_before',
  'drain_after',
]
/** Where crashes and errors tell most: around what is stored for the next run, and around each request. */
export const accidentSteps = [
  'mark',
  'call',
  'settle',
  'pack',
  'batches',
  'begin',
  'lease',
  'recover',
  'audience_intent',
  'audience',
  'close',
  'release',
  'clean_up',
]
const accident = (): fc.Arbitrary<Accident> =>
  fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constantFrom(...accidentKinds), nth: fc.integer({ min: 1, max: 95 }) }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom(...accidentKinds),
        step: fc.oneof(
          { weight: 2, arbitrary: fc.constantFrom(...accidentSteps) },
          // Not in every run there is such a step.
          { weight: 1, arbitrary: fc.constantFrom('audience_intent', 'audience', 'close', 'call') },
        ),
        nth: fc.constantFrom(1, 1, 1, 1, 2, 3),
      }),
    },
  )

const step = (): fc.Arbitrary<Step> =>
  fc.record({
    changes: fc.array(change(), { maxLength: 6, size: 'max' }),
    rebuilt: fc.oneof(
      { weight: 8, arbitrary: fc.constant<Step['rebuilt']>('before') },
      { weight: 1, arbitrary: fc.constantFrom<Step['rebuilt']>('between', 'between_and_back') },
    ),
    full: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    faults: fc.oneof(
      { weight: 2, arbitrary: fc.constant([]) },
      { weight: 6, arbitrary: fc.array(fault(), { minLength: 1, maxLength: 4 }) },
    ),
    accident: fc.option(accident(), { freq: 4, nil: null }),
  })

/** A run that died between its beginning and its first mark: only then the next has a row to write in `recover`. */
const diedEarly = (accident: Accident | null): boolean =>
  accident?.kind.startsWith('crash') === true &&
  ['begin', 'batches', 'audience_intent', 'audience'].includes(accident.step ?? '')

const followed = (steps: readonly Step[]): readonly Step[] =>
  steps.map((one, i) => {
    const next = one.accident !== null && diedEarly(steps[i - 1]?.accident ?? null)
    return next ? { ...one, accident: { kind: one.accident.kind, step: 'recover', nth: 1 } } : one
  })

export const history = (platform: Platform): fc.Arbitrary<History> =>
  fc.record({
    setting: fc.record({
      platform: fc.constant(platform),
      writing: fc.oneof(
        { weight: 9, arbitrary: fc.constant<Setting['writing']>('sha256') },
        { weight: 1, arbitrary: fc.constant<Setting['writing']>('clear') },
      ),
      maxBytes: fc.constantFrom(1, 500, 1000),
      maxRows: fc.constantFrom(1, 2, 5),
      concurrency: fc.constantFrom(1, 2, 3),
      optimised: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    }),
    steps: fc.array(step(), { minLength: 2, maxLength: 4, size: 'max' }).map(followed),
  })
