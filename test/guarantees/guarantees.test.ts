import { describe, expect, test } from '@jest/globals'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import { differences } from '../model/check.ts'
import { inWorld, segmentOf, x } from '../model/fixed.ts'
import type { MemoryWorld } from '../model/memory-world.ts'
import { digestOf } from '../model/people.ts'
import { endsWell } from '../model/play.ts'

/**
 * One test for each guarantee, named as `docs/guarantees.md` names it: the shortest story that would end otherwise without
 * it. The long ones are the model test, the command line's tests and `npm run mutate`.
 */
const persons = (world: MemoryWorld): readonly string[] => {
  const [audience] = world.simulator.audiences()
  return audience ? [...world.simulator.members(audience.id).persons].sort() : []
}
const always = (fault: FaultRule['fault']): FaultRule => ({ match: { op: 'add' }, times: 'always', fault })

describe('guarantee', () => {
  test('convergence: who loses an address stays in with the other, who left is gone, who came is there', () =>
    inWorld(x, async (world) => {
      await world.build(segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0'] }))
      await world.run()
      const segment = segmentOf({ M0: ['P0.p0'], M2: ['P2.p0'] })
      await world.build(segment)
      expect((await world.run()).result?.exit).toBe(0)
      expect(persons(world)).toEqual(['P0', 'P2'])
      expect(await differences(world, segment)).toEqual([])
    }))

  test('uncertain is not lost: who was sent by a run that died and has left since is removed', () =>
    inWorld(x, async (world) => {
      await world.build(segmentOf({ M0: ['P0.p0'], M1: ['P1.p0'] }))
      await world.run({ accident: { kind: 'crash_after', step: 'call', nth: 2 } })
      expect(persons(world)).toEqual(['P0'])
      await world.build(segmentOf({ M1: ['P1.p0'] }))
      await endsWell(world, segmentOf({ M1: ['P1.p0'] }))
      expect(persons(world)).toEqual(['P1'])
    }))

  test('the ledger moves only by receipts: what was not accepted is not confirmed, and is sent again', () =>
    inWorld(x, async (world) => {
      const segment = segmentOf({ M0: ['P0.p0'], M1: ['P1.p0'] })
      await world.build(segment)
      const notLetIn: FaultRule = {
        match: { op: 'add', nth: 2 },
        times: 2,
        fault: { kind: 'answer', status: 429, retryAfter: 0, resetAfter: 0 },
      }
      const { result } = await world.run({ faults: [notLetIn] })
      expect(result).toMatchObject({ exit: 75, summary: { status: 'partial', identifiers_added: 1 } })
      expect(await world.ledger('confirmed')).toHaveLength(1)
      expect(persons(world)).toHaveLength(1)
      // Only what is missing goes.
      expect(await world.run()).toMatchObject({ requests: 1, result: { exit: 0 } })
      expect(await differences(world, segment)).toEqual([])
    }))

  test('two copies are harmless: the second ends at once and calls nobody', () =>
    inWorld({ ...x, alone: false }, async (world) => {
      const segment = segmentOf({ M0: ['P0.p0'], M1: ['P1.p0'] })
      await world.build(segment)
      // The world demands it of the second run while the first stands still between two requests.
      const first = await world.run({ accident: { kind: 'rival_after', step: 'call', nth: 2 } })
      expect(first).toMatchObject({ accident: 'rival_after call', result: { exit: 0 } })
      await endsWell(world, segment)
    }))

  test('the same run_key twice has one effect: the stored summary, and no call', () =>
    inWorld(x, async (world) => {
      await world.build(segmentOf({ M0: ['P0.p0'] }))
      const first = await world.run({ runKey: 'day/1' })
      await world.build(segmentOf({ M0: ['P0.p0'], M1: ['P1.p0'] }))
      const again = await world.run({ runKey: 'day/1' })
      expect({ requests: again.requests, summary: again.result?.summary }).toEqual({
        requests: 0,
        summary: first.result?.summary,
      })
      expect(await world.run({ runKey: 'day/2' })).toMatchObject({ requests: 1, result: { exit: 0 } })
    }))

  test('a run with nothing to do makes no call', () =>
    inWorld(x, async (world) => {
      await world.build(segmentOf({ M0: ['P0.p0'] }))
      await world.run()
      expect(await world.run()).toMatchObject({ requests: 0, result: { exit: 0, unchanged: true } })
    }))

  test('clear text stays in the warehouse: neither requests nor state nor errors quote a value', () =>
    inWorld({ ...x, writing: 'clear' }, async (world) => {
      await world.build(segmentOf({ M0: ['P0.e0', 'P0.p0'] }))
      await world.run()
      const [audience] = world.simulator.audiences()
      expect([...world.simulator.identifiers(audience?.id ?? '')].sort()).toEqual([
        `email ${digestOf('P0.e0')}`,
        `phone_number ${digestOf('P0.p0')}`,
      ])
      // DuckDB quotes the value that it could not cast.
      await world.say(
        'create table everybody as select member, email, phone from people',
        'drop table people',
        'create view people as select member, email, phone, cast(email as integer)::varchar as address from everybody',
      )
      world.mapping = { emails: 'moved', country: 'FR' }
      const { result } = await world.run()
      expect(result).toMatchObject({ exit: 78, summary: { status: 'failed', error: { code: 'sql_value' } } })
      const runs = await world.say('select * from tidemark.runs')
      const tables = await world.say(
        `select table_schema || '."' || table_name || '"' as name from information_schema.tables where table_schema like 'tidemark%'`,
      )
      const dumps = []
      for (const { name } of tables) dumps.push(await world.say(`select t::varchar as row from ${name} as t`))
      expect(tables.length).toBeGreaterThan(10)
      expect(JSON.stringify([result?.summary, runs.map((row) => row.error_message), dumps])).not.toMatch(
        /example\.com|\+?336123400/i,
      )
    }))

  test('success is never assumed: a count that does not match, and an answer that nobody understands, are failures', () =>
    inWorld(x, async (world) => {
      const segment = segmentOf({ M0: ['P0.p0'] })
      await world.build(segment)
      const partial = await world.run({ faults: [always({ kind: 'partial' })] })
      expect(partial.result).toMatchObject({ exit: 75, summary: { identifiers_added: 0 } })
      const garbage = await world.run({ faults: [always({ kind: 'garbage' })] })
      expect(garbage.result).toMatchObject({ exit: 76, summary: { status: 'failed', identifiers_added: 0 } })
      expect(await world.ledger('confirmed')).toEqual([])
      await endsWell(world, segment)
    }))

  test('a removal is never lost: not by a guard, an override, a crash, a mapping or --full', () =>
    inWorld(x, async (world) => {
      await world.build(segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0'], M2: ['P2.p0'], M3: ['P3.p0'] }))
      await world.run()
      // Who left is removed by --full too.
      await world.build(segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0'], M2: ['P2.p0'] }))
      await world.run({ full: true })
      expect(persons(world)).toEqual(['P0', 'P1', 'P2'])
      // A run that dies before it sends anything, and one that stops at a guard, leave the removal to the next.
      await world.build(segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0'] }))
      await world.run({ accident: { kind: 'crash_before', step: 'mark', nth: 1 } })
      await world.build(segmentOf({}))
      world.guards = { allowEmpty: false }
      expect((await world.run()).result?.exit).toBe(65)
      expect(persons(world)).toEqual(['P0', 'P1', 'P2'])
      await world.build(segmentOf({ M0: ['P0.e0', 'P0.p0'] }))
      await world.run()
      expect(persons(world)).toEqual(['P0'])
      // A field that is mapped no longer is a removal of its identifiers; what is added again stays.
      world.mapping = { emails: 'unmapped', country: 'FR' }
      await world.run()
      expect(await world.ledger('confirmed')).toEqual(['M0 phone_number P0.p0'])
      // An override lets all of it through.
      await world.build(segmentOf({}))
      expect((await world.run({ overrideGuards: true })).result?.exit).toBe(0)
      expect(persons(world)).toEqual([])
    }))
})
