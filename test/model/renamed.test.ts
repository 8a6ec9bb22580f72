import { describe, expect, test } from '@jest/globals'
import type { Accident } from './fate.ts'
import { inWorld, segmentOf, twice, x } from './fixed.ts'
import type { MemoryWorld } from './memory-world.ts'
import { endsWell } from './play.ts'
import type { Setting } from './setting.ts'

/** Others may live beside it: only leases tell. */
const shared: Setting = { ...x, alone: false }
const before = segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0'], M2: ['P2.p0'], M3: ['P3.e0'] })
/** Who shares with whom was removed, who left and who came. */
const after = segmentOf({ M0: ['P0.p0'], M2: ['P2.p0'], M4: ['P2.p0'], M5: ['P5.e0'] })
const old = 'people.x_ads'

const count = async (world: MemoryWorld, text: string): Promise<number> =>
  Number((await world.say(`select count(*)::varchar as n from ${text}`))[0]?.n)

const synced = async (world: MemoryWorld): Promise<void> => {
  await world.build(before)
  await world.run()
}

/** What is left under the old name, in all that says who is where. */
const left = async (world: MemoryWorld): Promise<readonly number[]> =>
  Promise.all(
    [
      ...['ledger_members', 'ledger_identifiers', 'due', 'quarantine'].map(
        (table) => `tidemark_state."${table}_people-x_ads"`,
      ),
      `tidemark.audience_members where activation = '${old}'`,
      `tidemark.current_rejections where activation = '${old}'`,
      `tidemark_state."control_people-x_ads" where audience_id is not null or identifier_rows > 0 or ledger_members > 0`,
    ].map((text) => count(world, text)),
  )

describe('a renamed activation goes on where it was', () => {
  test.concurrent('nothing is sent, and nothing is left behind', () =>
    inWorld(shared, async (world) => {
      await synced(world)
      world.rename('people.new')
      expect(await world.run()).toMatchObject({ requests: 0, result: { exit: 0, unchanged: true } })
      expect(await left(world)).toEqual([0, 0, 0, 0, 0, 0, 0])
      expect(await count(world, `tidemark.audience_members where activation = 'people.new'`)).toBe(4)
      world.rename(old)
      expect(await world.run()).toMatchObject({ requests: 0, result: { exit: 0, unchanged: true } })
      await endsWell(world, before)
    }))

  test.concurrent('what was refused waits on, for as long as before', () =>
    inWorld(shared, async (world) => {
      await world.build(before)
      const refused = { kind: 'answer', status: 400, code: 'INVALID_PARAMETER' } as const
      await world.run({ faults: [{ match: { op: 'add', nth: 2 }, times: 'always', fault: refused }] })
      const waits = await world.say(
        `select reason, until_at::varchar as until from tidemark_state."quarantine_people-x_ads"`,
      )
      expect(waits).not.toEqual([])
      const rejected = await count(world, `tidemark.current_rejections where activation = '${old}'`)
      world.rename('people.new')
      expect(await world.run()).toMatchObject({ requests: 0, result: { exit: 0 } })
      expect(
        await world.say(`select reason, until_at::varchar as until from tidemark_state."quarantine_people-new"`),
      ).toEqual(waits)
      expect(await count(world, `tidemark.current_rejections where activation = 'people.new'`)).toBe(rejected)
      expect(await left(world)).toEqual([0, 0, 0, 0, 0, 0, 0])
    }))

  const accidents = ['begin', 'mark', 'call', 'settle'].flatMap((step): readonly Accident[] => [
    { kind: 'crash_before', step, nth: 1 },
    { kind: 'crash_after', step, nth: 1 },
  ])
  test.concurrent.each(accidents)('from a run that died: $kind $step', (accident) =>
    inWorld(shared, async (world) => {
      await synced(world)
      await world.build(after)
      const end = await world.run({ accident, faults: [twice('remove', 1, { kind: 'drop_after' })] })
      expect(end.accident).toBe(`${accident.kind} ${accident.step}`)
      world.rename('people.new')
      await endsWell(world, after)
      expect(await left(world)).toEqual([0, 0, 0, 0, 0, 0, 0])
    }),
  )

  test.concurrent.each(['crash_before', 'crash_after'] as const)('when it dies over it: %s', (kind) =>
    inWorld(shared, async (world) => {
      await synced(world)
      await world.build(after)
      world.rename('people.new')
      const end = await world.run({ accident: { kind, step: 'take_over', nth: 1 } })
      expect(end).toMatchObject({ accident: `${kind} take_over`, requests: 0 })
      await world.wait(1)
      await endsWell(world, after)
      expect(await left(world)).toEqual([0, 0, 0, 0, 0, 0, 0])
    }),
  )

  test.concurrent('not while a run of the old name is at work', () =>
    inWorld(shared, async (world) => {
      await synced(world)
      await world.build(after)
      let meets: unknown
      const mark = async () => {
        const { suffix } = world
        world.rename('people.new')
        meets = (await world.run()).result
        world.renamed = null
        world.suffix = suffix
      }
      const { result } = await world.run({ before: { mark } })
      expect(meets).toMatchObject({ exit: 75, summary: { error: { code: 'lease_held' }, api_calls: 0 } })
      expect(result?.exit).toBe(0)
      world.rename('people.new')
      await endsWell(world, after)
    }))
})
