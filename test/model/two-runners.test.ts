import { describe, expect, test } from '@jest/globals'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import type { Accident } from './fate.ts'
import { inWorld, segmentOf, x } from './fixed.ts'
import { endsWell } from './play.ts'
import type { Setting } from './setting.ts'

/**
 * DuckDB's own lock on its file hides the lease, so here two runners share one instance, as they would share a warehouse
 * that is a server.
 */
const shared: Setting = { ...x, concurrency: 2, alone: false }

const before = segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0'], M2: ['P2.p0'] })
/** M0 loses an address and is added again, M1 leaves, M3 and M4 come: removes, then adds, and a ledger of another size. */
const after = segmentOf({ M0: ['P0.p0'], M2: ['P2.p0'], M3: ['P3.e0', 'P3.p0'], M4: ['P4.e0'] })

/** From the first statement of a run to its last. */
const stepsOfChange = [
  'segment',
  'lease',
  'ledger',
  'begin',
  'control',
  'compare',
  'due',
  'read_members',
  'wanted',
  'delta',
  'guards',
  'batches',
  'mark',
  'pack',
  'call',
  'settle',
  'summary',
  'release',
]
const stepsOfMeeting = ['lease', 'begin', 'compare', 'delta', 'mark', 'call', 'settle', 'release']
const stepsOfFirstSync = ['state', 'lease', 'begin', 'audience_intent', 'audience', 'mark', 'call', 'settle', 'release']
const sides = ['before', 'after'] as const

const cases = (steps: readonly string[], kind: 'rival' | 'lapse'): readonly Accident[] =>
  steps.flatMap((step) => sides.map((side) => ({ kind: `${kind}_${side}` as const, step, nth: 1 })))

/** The run stands still where it is told to; what comes of it all is right, and it has not settled over the other's head. */
const disturb = (accident: Accident, first: boolean): Promise<void> =>
  inWorld(shared, async (world) => {
    if (!first) {
      await world.build(before)
      await world.run()
    }
    const segment = first ? before : after
    await world.build(segment)
    const end = await world.run({ accident })
    expect(end.accident).toBe(`${accident.kind} ${accident.step}`)
    expect([0, 75]).toContain(end.result?.exit)
    await endsWell(world, segment)
  })

describe('a second runner while the first is alive ends with 75 and calls nobody', () => {
  test.concurrent.each(cases(stepsOfMeeting, 'rival'))('$kind $step', (accident) => disturb(accident, false), 120_000)
})

describe('a runner whose lease has run out does no harm to the one that took over', () => {
  test.concurrent.each(cases(stepsOfChange, 'lapse'))(
    'in a change: $kind $step',
    (accident) => disturb(accident, false),
    120_000,
  )
  test.concurrent.each(cases(stepsOfFirstSync, 'lapse'))(
    'in a first sync: $kind $step',
    (accident) => disturb(accident, true),
    120_000,
  )
})

describe('a request lands when another runner has taken over', () => {
  /** When the lease has run out and a run that did not wait would be over; and within the quiet time. */
  const patient: Setting = { ...shared, quietMs: 6000 }
  const late = (op: 'add' | 'remove'): FaultRule => ({ match: { op }, fault: { kind: 'late', ms: 5000 } })
  const afterCall = (nth: number): Accident => ({ kind: 'lapse_after', step: 'call', nth })

  test.concurrent.each([1, 2].map(afterCall))(
    'a removal does not take who was added again: $kind $step $nth',
    (accident) =>
      inWorld(patient, async (world) => {
        await world.build(before)
        await world.run()
        await world.build(after)
        expect((await world.run({ accident, faults: [late('remove')] })).result?.exit).toBe(75)
        await endsWell(world, after)
      }),
  )

  test.concurrent('an add does not bring back who was removed', () =>
    inWorld(patient, async (world) => {
      await world.build(before)
      // Who has been read leaves before anything is sent.
      const leaves = () => world.build(after)
      // The first call makes the audience.
      const end = await world.run({ accident: afterCall(2), faults: [late('add')], before: { mark: leaves } })
      expect(end.result?.exit).toBe(75)
      await endsWell(world, after)
    }))
})
