import { expect, test } from '@jest/globals'
import { differences } from '../model/check.ts'
import { segmentOf, x } from '../model/fixed.ts'
import type { Setting } from '../model/setting.ts'
import type { World } from '../model/world.ts'
import { openWorld } from '../model/worlds.ts'

const setting: Setting = { ...x, optimised: false }
const earlier = segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.e0'], M2: ['P2.e0', 'P2.p0'] })
const later = segmentOf({ M1: ['P1.e0'], M3: ['P3.e0', 'P3.p0'], M4: ['P4.e0'] })
/** Identifiers of M0 to M4, each once. */
const added = 8

/** After a first sync, and a run that died with a delta of which one of two removes was answered. */
const died = async (): Promise<World> => {
  const world = await openWorld(setting)
  await world.build(earlier)
  expect((await world.run()).result?.exit).toBe(0)
  await world.build(later)
  expect((await world.run({ accident: { kind: 'crash_before', step: 'call', nth: 2 } })).result).toBe(null)
  await world.wait(1)
  return world
}

/** Every step of a run that recovers, removes and adds. */
const names = [
  'segment',
  'state',
  'run_key',
  'lease',
  'ledger',
  'settle',
  'clean_up',
  'begin',
  'control',
  'compare',
  'due',
  'delta',
  'read_members',
  'wanted',
  'rejections',
  'guards',
  'batches',
  'mark',
  'pack',
  'call',
  'summary',
  'release',
] as const

test.each(names)(
  'asked to end before %s: what was answered is settled, the rest goes in the next run, nothing twice',
  async (step) => {
    const world = await died()
    try {
      const asked = await world.run({ accident: { kind: 'drain_before', step, nth: 1 } })
      expect(asked.accident).toBe(`drain_before ${step}`)
      const [done] = await world.say(
        `select count(*)::varchar as n from tidemark.receipts where status = 'accepted' and batch_no > 0`,
      )
      const answered = world.simulator.requests.filter((r) => (r.op === 'add' || r.op === 'remove') && r.status === 200)
      // The one that died had an answer and no time to write it down.
      expect([Number(done?.n), Number(done?.n) + 1]).toContain(answered.length)
      const whole = (await differences(world, later)).length === 0
      expect({ step, exit: asked.result?.exit, status: asked.result?.summary.status }).toEqual(
        whole && asked.result?.exit === 0
          ? { step, exit: 0, status: 'succeeded' }
          : { step, exit: 143, status: 'aborted' },
      )
      const [control] = await world.say(
        `select owner, run_open::varchar as open from tidemark_state."control_${world.suffix}"`,
      )
      expect(control).toEqual({ owner: null, open: 'false' })
      expect((await world.run()).result?.exit).toBe(0)
      expect(await differences(world, later)).toEqual([])
      expect(world.simulator.summary().ops.add?.identifiers).toBe(added)
    } finally {
      await world.close()
    }
  },
  60_000,
)
