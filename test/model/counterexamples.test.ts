import { describe, expect, test } from '@jest/globals'
import { createDrain } from '../../connector/activation/drain.ts'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import { differences } from './check.ts'
import type { Accident } from './fate.ts'
import { notLetIn, playAll, segmentOf, step, tiktok, twice, x } from './fixed.ts'
import type { History } from './history.ts'
import { MemoryWorld } from './memory-world.ts'
import { crowd, digestOf, type Identifier, nobody } from './people.ts'
import { endsWell } from './play.ts'

/** Those of the crowd at these places want its address; the others have only their number. */
const wanting = (from: number, to: number): Record<string, readonly Identifier[]> =>
  Object.fromEntries(
    crowd.map((person, i): [string, readonly Identifier[]] => [
      `C${person}`,
      [`P${person}.p0`, ...(i >= from && i < to ? [nobody] : [])],
    ]),
  )
const inRoom = { maxRows: 25, maxBytes: 4000 }

/** Each diverges without what it is named after: `npm run model:without` takes them out one by one. */
describe('rules', () => {
  test.concurrent.each([x, tiktok])(
    'add again: who loses one of two addresses stays with the other ($platform)',
    (setting) => playAll({ setting, steps: [step({ M0: ['P0.e0', 'P0.p0'] }), step({ M0: ['P0.p0'] })] }),
  )

  test.concurrent('add again by ledger: a key that once had the number is the same person', () =>
    playAll({
      setting: x,
      steps: [
        step({ M0: ['P0.e0', 'P0.p0'], N0: ['P0.e1', 'P0.p0'] }),
        step({ N0: ['P0.e1'] }),
        step({ M0: ['P0.p0'] }),
      ],
    }))

  test.concurrent('kept: a number whose new holder was never sent is still removed in the end', () =>
    playAll({
      setting: x,
      steps: [
        step({ M0: ['P0.p0'], M1: ['P1.p0'], M3: ['P3.p0'] }),
        // The removal of P3.p0 is under the first mark, M1 with P0.p0 would have been under the next.
        step(
          { M0: null, M1: ['P1.p0', 'P0.p0'], M3: null },
          { accident: { kind: 'crash_before', step: 'mark', nth: 3 } },
        ),
        step({ M1: ['P1.p0'] }),
      ],
    }))

  test.concurrent.each([x, tiktok])('removes before adds: adding again comes last ($platform)', (setting) =>
    playAll({ setting, steps: [step({ M0: ['P0.e0', 'P0.p0'] }), step({ M0: ['P0.p0'] })] }),
  )

  test.concurrent('one read: the fingerprint that is settled belongs to the identifiers that were sent', () =>
    playAll({
      setting: x,
      steps: [
        step({ M0: ['P0.e0', 'P0.p0'] }, { accident: { kind: 'crash_before', step: 'begin', nth: 1 } }),
        step({ M0: ['P0.p0'] }, { rebuilt: 'between_and_back' }),
      ],
    }))

  test.concurrent('begun members are unconfirmed: what was not sent of them is a link all the same', () =>
    playAll({
      setting: tiktok,
      steps: [
        step({ N0: ['P0.p0'] }),
        step({ M0: ['P0.e0', 'P0.p0'] }, { faults: [twice('add', 2, notLetIn)] }),
        step({ M0: null }),
      ],
    }))

  test.concurrent('what the ledger has is unconfirmed: adding it again failed', () =>
    playAll({
      setting: x,
      steps: [step({ M0: ['P0.e0', 'P0.p0'] }), step({ M0: ['P0.p0'] }, { faults: [twice('add', 1, notLetIn)] })],
    }))

  test.concurrent('siblings of an open removal stay: they say who it will hit', () =>
    playAll({
      setting: tiktok,
      steps: [
        step({ M0: ['P0.e0', 'P0.p0'] }),
        step({ M0: null }, { faults: [twice('remove', 2, notLetIn)] }),
        step({ N0: ['P0.e0'] }, { faults: [twice('remove', 1, notLetIn)] }),
        step({}),
      ],
    }))

  test.concurrent('members outside K are looked at again: adding them again failed', () =>
    playAll({
      setting: x,
      steps: [
        step({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0', 'P0.p0'] }),
        step({ M0: ['P0.p0'] }, { faults: [twice('add', 2, notLetIn)] }),
      ],
    }))

  test.concurrent('quiet time before adds: a remove that lands late, though its repeat was accepted', () =>
    playAll({
      setting: { ...x, quietMs: 2500 },
      steps: [
        step({ M0: ['P0.e0', 'P0.p0'] }),
        step({ M0: ['P0.p0'] }, { faults: [{ match: { op: 'remove' }, fault: { kind: 'late', ms: 1200 } }] }),
      ],
    }))

  const late = (accident: Accident): History => ({
    setting: { ...x, quietMs: 6000 },
    steps: [
      step({ M0: ['P0.e0', 'P0.p0'] }),
      step({ M0: ['P0.p0'] }, { faults: [twice('remove', 1, { kind: 'late', ms: 4000 })], accident }),
    ],
  })
  test.concurrent('quiet time after a run: it died, and its remove lands late', () =>
    playAll(late({ kind: 'crash_after', step: 'call', nth: 1 })))
  test.concurrent('quiet time after an open attempt: it could write neither its receipts nor its end, and its remove lands late', () =>
    playAll(late({ kind: 'error_before', step: 'mark', nth: 3, times: 2 })))

  test.concurrent('refused removals wait: their quarantine ends, and their siblings wait with them', async () => {
    const world = await MemoryWorld.open(x)
    try {
      await world.build(segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.p0'] }))
      await world.run()
      await world.build(segmentOf({ M1: ['P1.p0'], M2: ['P2.p0'] }))
      const faults: FaultRule[] = [{ fault: { kind: 'refuse', digests: [digestOf('P0.e0')] } }]
      expect((await world.run({ faults })).result?.exit).toBe(0)
      const waiting = ['M0 email P0.e0', 'M0 phone_number P0.p0']
      await world.build(segmentOf({ M1: ['P1.p0'], M3: ['P3.p0'] }))
      // The removal of M2 and the add of M3, and nothing else.
      expect(await world.run({ faults })).toMatchObject({ requests: 2, result: { exit: 0 } })
      expect(await world.run({ faults })).toMatchObject({ requests: 0, result: { exit: 0 } })
      expect(await world.ledger('kept')).toEqual(waiting)
      await world.wait(31 * 24)
      expect(await world.run()).toMatchObject({ requests: 1, result: { exit: 0 } })
      expect(await differences(world, segmentOf({ M1: ['P1.p0'], M3: ['P3.p0'] }))).toEqual([])
    } finally {
      await world.close()
    }
  })

  test.concurrent.each([x, tiktok])(
    'what many share is known: who comes to want it is not counted alone ($platform)',
    (setting) =>
      playAll({
        setting: { ...setting, ...inRoom },
        counted: 'day',
        steps: [step(wanting(0, 24)), step(wanting(0, 25)), step({ CA: ['PA.p0', 'P0.e0', nobody] })],
      }),
  )

  test.concurrent.each([x, tiktok])('a full run counts anew: 25 wanted it, and 10 are left ($platform)', (setting) =>
    playAll({
      setting: { ...setting, ...inRoom },
      counted: 'full',
      steps: [step(wanting(0, 25)), step(wanting(0, 10))],
    }),
  )

  test.concurrent('all who want it are due at one moment: some left and others came, twelve hours later', () =>
    playAll({
      setting: { ...x, ...inRoom },
      counted: 'day',
      steps: [step(wanting(0, 21)), step(wanting(4, 25), { days: 0.5 }), step({}, { days: 0.5 })],
    }))
})

/** Found by the model, or by reading beside it. */
describe('found', () => {
  test.concurrent.each([
    ['settle', 1],
    ['settle', 7],
    ['mark', 3],
    ['pack', 2],
  ])(
    'an open attempt: the warehouse fails in delivery or settle (%s, %i), and what was sent is not forgotten',
    (name, nth) =>
      playAll({
        setting: x,
        steps: [
          step({ M0: ['P0.p0'], M1: ['P1.p0'] }, { accident: { kind: 'error_before', step: name, nth } }),
          step({ M0: null, M1: null }),
        ],
      }),
  )

  test.concurrent.each([
    [x, { kind: 'garbage', applied: true }],
    [tiktok, { kind: 'garbage', applied: true }],
    [x, { kind: 'truncated' }],
  ] as const)('a success that nobody understands: it may have happened (%#)', (setting, fault) =>
    playAll({
      setting,
      steps: [
        step({ M0: ['P0.p0'], M1: ['P1.p0'] }, { faults: [{ match: { op: 'add' }, times: 'always', fault }] }),
        step({ M0: null, M1: null }),
      ],
    }),
  )

  test.concurrent('a partial success is asked for again: what of it happened is not known', () =>
    playAll({
      setting: { ...tiktok, maxBytes: 1000, maxRows: 5 },
      steps: [
        step({ M0: ['P0.p0'], M1: ['P1.p0'] }, { faults: [twice('add', 1, { kind: 'partial' })] }),
        step({ M0: null, M1: null }),
      ],
    }))

  test.concurrent('a row that the source loses between its two reads was settled before: its member is no arrival', async () => {
    const world = await MemoryWorld.open(x)
    try {
      await world.say(
        `insert into people values ('M0', 'junk', null), ('M1', '${digestOf('P1.e0')}', '${digestOf('P1.p0')}')`,
      )
      await world.run()
      await world.say(`insert into people values ('M0', '${digestOf('P0.e0')}', null)`)
      const loses = () => world.say(`delete from people where email = 'junk'`).then(() => undefined)
      await world.run({ before: { read_members: loses } })
      await world.run()
      const counts = `select segment_members::varchar as segment, reachable_members::varchar as reachable,
        (select count(*)::varchar from tidemark_state."ledger_members_${world.suffix}") as rows from tidemark_state."control_${world.suffix}"`
      expect(await world.say(counts)).toEqual([{ segment: '2', reachable: '2', rows: '2' }])
    } finally {
      await world.close()
    }
  })

  test.concurrent('a date of somebody of whom nothing is left is consumed all the same', () =>
    playAll({
      setting: tiktok,
      steps: [
        step(
          { M4: ['P4.p0'] },
          {
            faults: [
              { match: { op: 'add' }, times: 'always', fault: { kind: 'refuse', digests: [digestOf('P4.p0')] } },
            ],
          },
        ),
        step({ M4: null }),
      ],
    }))

  test.concurrent('a drain that ends before an answer: the request may have been applied', async () => {
    const world = await MemoryWorld.open(x)
    try {
      await world.build(segmentOf({ M0: ['P0.p0'] }))
      const drain = createDrain(2)
      const hangs: FaultRule = { match: { op: 'add' }, fault: { kind: 'drop_after', hang: true } }
      const sent = setInterval(() => {
        if (world.simulator.requests.some(({ op }) => op === 'add')) drain.begin()
      }, 5)
      const { result } = await world.run({ faults: [hangs], drain })
      clearInterval(sent)
      expect(result).toMatchObject({ exit: 143, summary: { status: 'aborted' } })
      await world.build(new Map())
      await endsWell(world, new Map())
    } finally {
      await world.close()
    }
  })
})
