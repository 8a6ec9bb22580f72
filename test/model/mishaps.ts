import fc from 'fast-check'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import type { Accident } from './fate.ts'
import { digestOf, everything, type Identifier, type Own, people } from './people.ts'
import { lateMs } from './setting.ts'

/** What can go wrong in a run: faults of the platform, and accidents of the run itself. */

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
    .tuple(fc.constantFrom(...people), fc.constantFrom<Own>('p0', 'e0', 'e1'))
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
    match: fc.record({ op: fc.constantFrom<'add' | 'remove'>('add', 'remove'), nth: fc.constantFrom(1, 1, 1, 2, 3) }),
    times: fc.constantFrom(1, 2, 2, 4),
    fault: fc.constantFrom(...faults),
  })

/** The answer to the creation of the audience is lost, or the audience never came to be. */
export const creationFaults: readonly FaultRule['fault'][] = [
  { kind: 'drop_after' },
  { kind: 'drop_before' },
  { kind: 'late', ms: lateMs },
]
export const fault = (): fc.Arbitrary<FaultRule> =>
  fc.oneof({ weight: 2, arbitrary: disturbance() }, { weight: 1, arbitrary: refusal() })

/** What strikes a run before or after one of its statements or calls. */
export const accidentKinds: readonly Accident['kind'][] = [
  'crash_before',
  'crash_after',
  'error_before',
  'error_after',
  'drain_before',
  'drain_after',
]
/** Where opening the warehouse proves nothing, others may start meanwhile. */
export const rivalKinds: readonly Accident['kind'][] = ['rival_before', 'rival_after', 'lapse_before', 'lapse_after']

/** Where accidents tell most: around what is stored for the next run, and around each request. */
export const commonSteps = ['mark', 'call', 'settle', 'pack', 'batches', 'begin', 'lease', 'release', 'clean_up']
/** As telling, but a run seldom comes by there. */
export const rareSteps = ['recover', 'audience_intent', 'audience', 'close']

export const accident = (kinds: readonly Accident['kind'][]): fc.Arbitrary<Accident> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom(...kinds), nth: fc.integer({ min: 1, max: 95 }) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom(...kinds),
        step: fc.constantFrom(...commonSteps),
        nth: fc.constantFrom(1, 1, 1, 1, 2, 3),
      }),
    },
  )

/** To a process: a signal at its nth request, or some time after its start. */
export const signal = (): fc.Arbitrary<Accident> =>
  fc.record({
    kind: fc.constantFrom<Accident['kind']>('kill_at', 'kill_at', 'kill_at', 'term_at'),
    step: fc.constantFrom('request', 'request', 'time'),
    nth: fc.integer({ min: 1, max: 8 }),
  })
