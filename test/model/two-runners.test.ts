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
const shared: Setting = {
  ...x,
  concurrency: 2,
  alone: false,
  // Longer than a lease lasts there and a late request takes.
  quietMs: 1600,
}
/** Lands when the lease of the run that sent it has run out. */
const late = (op: 'add' | 'remove'): FaultRule => ({ match: { op }, fault: { kind: 'late', ms: 1000 } })

const before = segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0'], M2: ['P2.p0'] })
/** M0 loses an address and is added again, M1 leaves, M3 comes: removes, then adds. */
const after = segmentOf({ M0: ['P0.p0'], M2: ['P2.p0'], M3: ['P3.e0', 'P3.p0'] })

/** From the first statement of a run to its last. */
const stepsOfChange = [
  'segment',
  'lease',
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
    const faults = accident.kind.startsWith('lapse') ? [late('remove'), late('add')] : []
    const end = await world.run({ accident, faults })
    expect(end.accident).toBe(`${accident.kind} ${accident.step}`)
    expect([0, 75]).toContain(end.result?.exit)
    await endsWell(world, segment)
  })

describe('a second runner while the first is alive ends with 75 and calls nobody', () => {
  test.concurrent.each(cases(stepsOfMeeting, 'rival'))('$kind $step', (accident) => disturb(accident, false), 120_000)
})

describe('a runner whose lease has run out, and whose request lands late, does no harm to the one that took over', () => {
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
