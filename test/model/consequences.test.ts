import { describe, expect, test } from '@jest/globals'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import { duckdb } from '../../sql/dialect/duckdb.ts'
import { createScope } from '../../sql/scope.ts'
import { prepareSettle } from '../../sql/settle.ts'
import { words } from '../warehouse/under-test.ts'
import { differences } from './check.ts'
import { inWorld, notLetIn, playAll, segmentOf, step, tiktok, twice, x } from './fixed.ts'
import type { MemoryWorld } from './memory-world.ts'
import { digestOf, type Identifier, type Segment } from './people.ts'
import { endsWell } from './play.ts'

/** What single joins and predicates of the delta are for: histories and runs in which one of them decides. */
const refuse = (identifiers: readonly Identifier[], op: 'add' | 'remove' = 'add'): FaultRule => ({
  match: { op },
  times: 'always',
  fault: { kind: 'refuse', digests: identifiers.map(digestOf) },
})
const build = (world: MemoryWorld, members: Readonly<Record<string, readonly Identifier[]>>): Promise<void> =>
  world.build(segmentOf(members))
const good = { result: { exit: 0 } }
const countsOf = (world: MemoryWorld) =>
  world.say(`select members_added::int as entered, members_removed::int as gone, identifiers_added::int as added,
  identifiers_removed::int as removed, identifiers_resent::int as resent from tidemark.runs order by started_at desc limit 1`)

describe('add again', () => {
  test('reaches who shares an identifier by wish only', () =>
    playAll({
      setting: x,
      steps: [step({ M0: ['P0.e0', 'P0.p0'], N0: ['P0.e1'] }), step({ M0: ['P0.p0'], N0: ['P0.e1', 'P0.p0'] })],
    }))

  test('reaches who keeps what somebody else loses, outside K', () =>
    playAll({
      setting: x,
      steps: [
        step({ M0: ['P0.e0', 'P0.p0'], N0: ['P0.e0'] }),
        // Dropped by M0 and still wanted by N0.
        step({ M0: ['P0.p0'] }),
        step({ N0: null }),
      ],
    }))

  test('reaches who shares an identifier with somebody outside K who is touched', () =>
    playAll({
      setting: x,
      steps: [
        step({ M0: ['P0.e0', 'P0.p0'], N0: ['P0.e0'], M1: ['P0.p0', 'P0.e1'] }),
        step({ M0: ['P0.p0'] }),
        step({ N0: null }),
      ],
    }))

  test('leaves alone who has nothing to do with it', () =>
    inWorld(x, async (world) => {
      await build(world, { M0: ['P0.e0', 'P0.p0'], M1: ['P1.e0', 'P1.p0'] })
      await world.run()
      await build(world, { M0: ['P0.p0'], M1: ['P1.e0', 'P1.p0'] })
      // One removal, one add again.
      expect(await world.run()).toMatchObject({ ...good, requests: 2 })
    }))
})

describe('what is dropped', () => {
  test('stays with whoever outside K still wants it', () =>
    inWorld(x, async (world) => {
      await build(world, { M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0', 'P0.e0'] })
      await world.run()
      await build(world, { M0: ['P0.p0'], M1: ['P1.p0', 'P0.e0'] })
      expect(await world.run()).toMatchObject({ ...good, requests: 0 })
      expect(await world.ledger('kept')).toEqual(['M0 email P0.e0'])
    }))

  test('stays with who comes to want it in the same run', () =>
    inWorld(x, async (world) => {
      await build(world, { M0: ['P0.e0'] })
      await world.run()
      await build(world, { N0: ['P0.e0'] })
      // Added for N0, and not removed for M0.
      expect(await world.run()).toMatchObject({ ...good, requests: 1 })
      expect(await world.ledger('confirmed')).toEqual(['N0 email P0.e0'])
    }))

  test('is removed once, however many had it', () =>
    inWorld(x, async (world) => {
      await build(world, { M0: ['P0.e0'], N0: ['P0.e0'], M1: ['P1.e0'] })
      await world.run()
      await build(world, { M1: ['P1.e0'] })
      expect(await world.run()).toMatchObject({ ...good, requests: 1 })
      expect(await countsOf(world)).toEqual([{ entered: 0, gone: 2, added: 0, removed: 1, resent: 0 }])
    }))

  test('counts as identifiers only, while its member has another', () =>
    inWorld(x, async (world) => {
      await build(world, { M0: ['P0.e0', 'P0.p0'] })
      await world.run()
      expect(await countsOf(world)).toEqual([{ entered: 1, gone: 0, added: 2, removed: 0, resent: 0 }])
      await build(world, { M0: ['P0.e1', 'P0.p0'] })
      await world.run()
      expect(await countsOf(world)).toEqual([{ entered: 0, gone: 0, added: 1, removed: 1, resent: 1 }])
      await build(world, {})
      await world.run()
      expect(await countsOf(world)).toEqual([{ entered: 0, gone: 1, added: 0, removed: 2, resent: 0 }])
    }))
})

describe('a refused identifier', () => {
  test('is alone to blame, waits, and is sent when its quarantine ends', () =>
    inWorld(x, async (world) => {
      const segment = { M0: ['P0.e0', 'P0.p0'], M1: ['P1.e0', 'P1.p0'] } as const
      await build(world, segment)
      expect(await world.run({ faults: [refuse(['P0.p0'])] })).toMatchObject(good)
      expect(await world.ledger('confirmed')).toEqual(['M0 email P0.e0', 'M1 email P1.e0', 'M1 phone_number P1.p0'])
      expect(await world.run()).toMatchObject({ ...good, requests: 0 })
      await world.wait(31 * 24)
      expect(await world.run()).toMatchObject({ ...good, requests: 1 })
      expect(await differences(world, segmentOf(segment))).toEqual([])
    }))

  test('waits for whoever else comes to want it too', () =>
    inWorld(x, async (world) => {
      await build(world, { M0: ['P0.p0'] })
      await world.run({ faults: [refuse(['P0.p0'])] })
      await world.wait(24)
      await build(world, { M0: ['P0.p0'], N0: ['P0.p0'] })
      expect(await world.run()).toMatchObject({ ...good, requests: 0 })
      // Both have their dates, and no other.
      expect(await world.say(`select member_key as k from tidemark_state."due_${world.suffix}" order by 1`)).toEqual([
        { k: 'M0' },
        { k: 'N0' },
      ])
      await world.wait(30 * 24)
      await endsWell(world, segmentOf({ M0: ['P0.p0'], N0: ['P0.p0'] }))
    }))

  test('does not hold back its removal', () =>
    inWorld(x, async (world) => {
      await build(world, { M0: ['P0.p0'], M1: ['P1.p0'] })
      await world.run()
      await world.run({ full: true, faults: [refuse(['P0.p0'])] })
      expect(await world.ledger('unconfirmed')).toEqual(['M0 phone_number P0.p0'])
      await build(world, { M1: ['P1.p0'] })
      await endsWell(world, segmentOf({ M1: ['P1.p0'] }))
    }))
})

describe('members', () => {
  test('of several rows count once, and have one fingerprint for each', () =>
    inWorld(x, async (world) => {
      const segment = segmentOf({ M0: ['P0.e0', 'P0.e1', 'P0.p0'], M1: ['P1.p0'] })
      await world.build(segment)
      expect(await world.run()).toMatchObject({
        ...good,
        result: { summary: { segment_members: 2, reachable_members: 2 } },
      })
      await endsWell(world, segment)
    }))

  test('without a valid identifier are in the segment and not reachable', () =>
    inWorld(x, async (world) => {
      await world.say(
        `insert into people values ('M0', 'junk', null), ('M1', '${digestOf('P1.e0')}', 'junk'), ('M2', null, null)`,
      )
      expect(await world.run()).toMatchObject({
        ...good,
        result: {
          summary: { segment_members: 3, reachable_members: 1, identifiers_rejected: 2, identifiers_added: 1 },
        },
      })
      // Neither of the two has anything new.
      expect(await world.run()).toMatchObject({ ...good, requests: 0, result: { unchanged: true } })
    }))

  /** K00, K01, … all want one number. */
  const sharing = (n: number): Segment =>
    new Map(
      Array.from({ length: n }, (_, i) => [`K${String(i).padStart(2, '0')}`, { identifiers: ['P0.p0'] as const }]),
    )
  test.each([
    [20, 20, 0],
    [21, 0, 21],
  ])('%i of one number: %i are reachable, %i are not, for it is nobody', (n, reachable, rejected) =>
    inWorld(x, async (world) => {
      await world.build(sharing(n))
      expect(await world.run()).toMatchObject({
        ...good,
        result: { summary: { reachable_members: reachable, identifiers_rejected: rejected } },
      })
    }),
  )

  test('who have a number keep it when it turns out to be nobody; who comes has it not', () =>
    inWorld(x, async (world) => {
      await world.build(sharing(20))
      await world.run()
      await world.build(sharing(21))
      expect(await world.run()).toMatchObject({ ...good, requests: 0 })
      expect(await world.ledger('confirmed')).toHaveLength(20)
    }))

  test('of more than 100 identifiers are no members', () =>
    inWorld(x, async (world) => {
      await world.say(
        `insert into people select 'M0', ${words.sha256("'a' || i")}, null from ${words.numbers(101)} as t(i)`,
        `insert into people select 'M1', ${words.sha256("'b' || i")}, null from ${words.numbers(100)} as t(i)`,
      )
      expect(await world.run()).toMatchObject({
        ...good,
        result: {
          summary: { segment_members: 2, reachable_members: 1, identifiers_added: 100, identifiers_rejected: 101 },
        },
      })
    }))
})

describe('a membership that the platform forgets', () => {
  test('is renewed before, once, and what was confirmed since is not', () =>
    inWorld(x, async (world) => {
      await build(world, { M0: ['P0.e0', 'P0.p0'] })
      await world.run()
      // X forgets after 13 months (395 days); renewal begins 60 days before and is spread over 30.
      await world.wait(330 * 24)
      expect(await world.run()).toMatchObject({ ...good, requests: 0 })
      await world.wait(40 * 24)
      expect(await world.run()).toMatchObject({ ...good, requests: 1 })
      expect(await countsOf(world)).toEqual([{ entered: 0, gone: 0, added: 0, removed: 0, resent: 2 }])
      expect(await world.run()).toMatchObject({ ...good, requests: 0 })
    }))
})

test('a batch of the same number in an earlier run says nothing of this one', () =>
  playAll({
    setting: x,
    steps: [step({ M0: ['P0.p0'] }), step({ M1: ['P1.p0'] }, { faults: [twice('add', 1, notLetIn)] })],
  }))

test('settle is one thing to the warehouse: a run cannot die within it', () =>
  inWorld(x, async (world) => {
    const scope = createScope({ dialect: duckdb, schema: 's', activation: 'a', suffix: 'a', fence: '0' })
    // Its tables are made before; the transaction is the last that is said in this step.
    const nth = prepareSettle(scope).length + 2
    await build(world, { M0: ['P0.p0'] })
    const { accident, result } = await world.run({ accident: { kind: 'crash_before', step: 'settle', nth } })
    expect([accident, result?.exit]).toEqual([null, 0])
  }))

test.each([
  [tiktok, []],
  // X forgets, so each has one date, that of the renewal.
  [x, ['M0', 'M1']],
] as const)('who arrives where somebody waited has nothing else to wait for (%#)', (setting, dates) =>
  inWorld(setting, async (world) => {
    await build(world, { M0: ['P0.p0'], M1: ['P1.p0'] })
    await world.run({ faults: [refuse(['P0.p0'])] })
    await world.wait(24)
    await build(world, { M0: ['P0.e0'], M1: ['P1.p0'] })
    expect(await world.run()).toMatchObject(good)
    const due = await world.say(`select member_key as k from tidemark_state."due_${world.suffix}" order by 1`)
    expect(due.map(({ k }) => k)).toEqual(dates)
  }),
)
