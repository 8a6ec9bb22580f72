import { describe, expect, test } from '@jest/globals'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import { inWorld, tiktok, x } from './fixed.ts'
import type { MemoryWorld } from './memory-world.ts'
import { digestOf, type Segment } from './people.ts'
import { endsWell } from './play.ts'

/** One number that more than 20 members want is nobody's. Here it is the only thing that members have. */
const shared = 'P0.p0'
const good = { result: { exit: 0 } }
const silent = { ...good, requests: 0 }
const refusing: FaultRule = {
  match: { op: 'add' },
  times: 'always',
  fault: { kind: 'refuse', digests: [digestOf(shared)] },
}
/** K00, K01, … from `from` on. */
const sharing = (n: number, from = 0): Segment =>
  new Map(
    Array.from({ length: n }, (_, i) => [`K${String(from + i).padStart(2, '0')}`, { identifiers: [shared] as const }]),
  )
const confirmed = async (world: MemoryWorld): Promise<number> => (await world.ledger('confirmed')).length
/** How many wait, until how many different moments, and how long it takes until the first of them, in hours. */
const waiting = async (world: MemoryWorld) => {
  const now = new Date(Date.now() + world.clockOffsetMs).toISOString()
  const [row] = await world.say(`select count(*)::varchar as members, count(distinct due_at)::varchar as moments,
  round(extract(epoch from min(due_at) - timestamp '${now}') / 3600)::bigint::varchar as hours from tidemark_state."due_${world.suffix}"`)
  return row
}
const rejected = (world: MemoryWorld) =>
  world.say(
    `select reason, origin, count(*)::varchar as members from tidemark.current_rejections group by reason, origin order by reason`,
  )
const sharedByMany = (members: number) => [{ reason: 'shared_by_many', origin: 'validation', members: String(members) }]

/** 25 want the number in a first run; 10 are left, and no run has seen it. */
const leftOfMany = async (world: MemoryWorld): Promise<void> => {
  await world.build(sharing(25))
  expect(await world.run()).toMatchObject(silent)
  await world.build(sharing(10))
}

describe('what 25 wanted and 10 are left with', () => {
  test.each([x, tiktok])('is sent by the next --full, and waits for nobody any more ($platform)', (setting) =>
    inWorld(setting, async (world) => {
      await leftOfMany(world)
      expect(await world.run({ full: true })).toMatchObject(good)
      expect(await confirmed(world)).toBe(10)
      await world.build(sharing(12))
      expect(await world.run()).toMatchObject(good)
      await endsWell(world, sharing(12))
      expect(await rejected(world)).toEqual([])
    }),
  )

  test.each([x, tiktok])('is sent by an ordinary run within a day, and not before ($platform)', (setting) =>
    inWorld(setting, async (world) => {
      await leftOfMany(world)
      expect(await world.run()).toMatchObject(silent)
      await world.wait(12)
      expect(await world.run()).toMatchObject(silent)
      expect(await rejected(world)).toEqual(sharedByMany(10))
      await world.wait(12)
      expect(await world.run()).toMatchObject(good)
      expect(await confirmed(world)).toBe(10)
      await endsWell(world, sharing(10))
      expect(await rejected(world)).toEqual([])
    }),
  )

  test('is sent by the next daily run also when that one is early', () =>
    inWorld(x, async (world) => {
      await leftOfMany(world)
      await world.wait(23.5)
      expect(await world.run()).toMatchObject(good)
      expect(await confirmed(world)).toBe(10)
    }))

  test('is counted by the first run after one that died, however late that is', () =>
    inWorld(x, async (world) => {
      await world.build(sharing(25))
      const died = { kind: 'crash_before', step: 'settle', nth: 1 } as const
      expect(await world.run({ accident: died })).toMatchObject({ result: null })
      await world.wait(48)
      await world.build(sharing(10))
      expect(await world.run()).toMatchObject(good)
      expect(await confirmed(world)).toBe(10)
    }))
})

describe('while many wait', () => {
  test('whoever comes to want it waits until the same moment, and is counted with them', () =>
    inWorld(x, async (world) => {
      await leftOfMany(world)
      await world.wait(12)
      await world.build(sharing(11))
      expect(await world.run()).toMatchObject(silent)
      expect(await waiting(world)).toEqual({ members: '25', moments: '1', hours: '11' })
      await world.wait(12)
      await world.run()
      expect(await confirmed(world)).toBe(11)
    }))

  test('nobody is counted alone: a member who changes, one who comes', () =>
    inWorld(x, async (world) => {
      await world.build(sharing(25))
      await world.run()
      await world.say(`update people set phone = upper(phone) where member = 'K03'`)
      expect(await world.run()).toMatchObject(silent)
      await world.build(sharing(26))
      expect(await world.run()).toMatchObject(silent)
      expect(await waiting(world)).toEqual({ members: '26', moments: '1', hours: '23' })
      await world.wait(24)
      // Who is new on that day is counted too.
      await world.build(sharing(27))
      expect(await world.run()).toMatchObject(silent)
      expect(await waiting(world)).toEqual({ members: '27', moments: '1', hours: '23' })
      expect(await rejected(world)).toEqual(sharedByMany(27))
    }))

  test('a wait that ends in the middle of a run is over for the next one only, which sees all of them', () =>
    inWorld(x, async (world) => {
      await world.build(sharing(25))
      await world.run()
      await world.build(sharing(26))
      const tables = ['quarantine', 'due'].map((name) => `tidemark_state."${name}_${world.suffix}"`)
      const ends = async (): Promise<void> => {
        const [quarantine, due] = tables
        await world.say(
          `update ${quarantine} set until_at = now()::timestamp`,
          `update ${due} set due_at = (select until_at from ${quarantine})`,
        )
      }
      expect(await world.run({ before: { read_members: ends } })).toMatchObject(silent)
      expect(await world.run()).toMatchObject(silent)
      expect(await waiting(world)).toEqual({ members: '26', moments: '1', hours: '23' })
    }))

  test('--full sends nothing either, and all wait until one moment', () =>
    inWorld(x, async (world) => {
      await world.build(sharing(25))
      await world.run()
      await world.wait(12)
      await world.build(sharing(30))
      expect(await world.run({ full: true })).toMatchObject(silent)
      await world.build(sharing(31))
      expect(await world.run()).toMatchObject(silent)
      expect(await waiting(world)).toEqual({ members: '31', moments: '1', hours: '11' })
      await world.wait(12)
      expect(await world.run()).toMatchObject(silent)
      expect(await confirmed(world)).toBe(0)
    }))

  test('who has it confirmed keeps it, through --full too, and it is sent for the others when one of them leaves', () =>
    inWorld(tiktok, async (world) => {
      await world.build(sharing(20))
      await world.run()
      await world.build(sharing(21))
      expect(await world.run()).toMatchObject(silent)
      expect(await world.run({ full: true })).toMatchObject(silent)
      expect(await confirmed(world)).toBe(20)
      expect(await rejected(world)).toEqual(sharedByMany(1))
      await world.build(sharing(20, 1))
      await world.run()
      await world.wait(24)
      await world.run()
      expect(await confirmed(world)).toBe(20)
      await endsWell(world, sharing(20, 1))
    }))
})

describe('what the platform refused', () => {
  test('is not sent by --full nor a day later: it waits for the end of its quarantine', () =>
    inWorld(x, async (world) => {
      await world.build(sharing(10))
      await world.run({ faults: [refusing] })
      expect(await world.run({ full: true })).toMatchObject(silent)
      await world.wait(24)
      expect(await world.run()).toMatchObject(silent)
      await world.wait(30 * 24)
      await world.run()
      expect(await confirmed(world)).toBe(10)
    }))

  test('also where many came to want it meanwhile, and some of them are left', () =>
    inWorld(x, async (world) => {
      await world.build(sharing(10))
      await world.run({ faults: [refusing] })
      await world.build(sharing(25))
      expect(await world.run()).toMatchObject(silent)
      await world.build(sharing(12))
      expect(await world.run({ full: true })).toMatchObject(silent)
      await world.wait(24)
      expect(await world.run()).toMatchObject(silent)
      await world.wait(30 * 24)
      await world.run()
      expect(await confirmed(world)).toBe(12)
    }))

  test('when it was sent again by --full waits like any other', () =>
    inWorld(x, async (world) => {
      await leftOfMany(world)
      await world.run({ full: true, faults: [refusing] })
      expect(await rejected(world)).toMatchObject([{ origin: 'platform', members: '10' }])
      expect(await world.run({ full: true })).toMatchObject(silent)
      await world.wait(24)
      expect(await world.run()).toMatchObject(silent)
      await world.wait(30 * 24)
      await world.run()
      expect(await confirmed(world)).toBe(10)
    }))
})
