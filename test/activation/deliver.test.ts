import { describe, expect, test } from '@jest/globals'
import { add, adds, answersBy, digestOf, receipts, refusals, remove, sendAll, store, textOf } from './delta.ts'
import { type Answer, done, givenUp, inRig, notStarted, outcomeOf, type Rig, stop, stopped } from './rig.ts'

const mark = (rig: Rig) => rig.control('mark')

describe('a delivery', () => {
  test('sends all removes, then all adds, and writes a receipt for each batch', () =>
    inRig({}, async (rig) => {
      const cut = await store(rig, [add(1), remove(2), add(3, { field: 'phone' }), remove(4)])
      expect(await sendAll(rig, cut)).toEqual({
        accepted: 4,
        rejected: 0,
        refused: 0,
        uncertain: 0,
        whole: true,
        nothingToSettle: false,
        highestStarted: 4,
        stop: null,
      })
      const expected = [remove(2), remove(4), add(1), add(3, { field: 'phone' })]
      expect(rig.sent).toHaveLength(4)
      for (const [i, row] of expected.entries()) expect(rig.sent[i]).toContain(digestOf(textOf(row)))
      expect(await receipts(rig)).toEqual([
        '1 remove accepted 1/1 of 1',
        '2 remove accepted 1/1 of 1',
        '3 add accepted 1/1 of 1',
        '4 add accepted 1/1 of 1',
      ])
      expect(await mark(rig)).toEqual(['4'])
      expect(await refusals(rig)).toEqual([])
    }))

  test('of nothing makes no request and no mark', () =>
    inRig({}, async (rig) => {
      const cut = await store(rig, [])
      expect(await sendAll(rig, cut)).toMatchObject({
        accepted: 0,
        whole: true,
        nothingToSettle: true,
        highestStarted: 0,
        stop: null,
      })
      expect([rig.sent, await rig.control('open_fence')]).toEqual([[], [null]])
    }))

  test('has the mark stored before a request flies that is under it', () =>
    inRig(
      {
        answer: () => async () => {
          marks.push(...(await world().control('mark')))
          return done()
        },
      },
      async (rig) => {
        current = rig
        const cut = await store(rig, adds(3))
        await sendAll(rig, cut)
        expect(marks.map(Number).every((stored, i) => stored >= i + 1)).toBe(true)
        expect(marks).toHaveLength(3)
      },
    ))
  const marks: (string | null | undefined)[] = []
  let current: Rig | undefined
  const world = (): Rig => current as Rig

  test('keeps as many requests in flight as there are places, and no more', () => {
    const flying = { now: 0, most: 0 }
    const answer = (): Answer => async () => {
      flying.now += 1
      flying.most = Math.max(flying.most, flying.now)
      await new Promise((resolve) => setTimeout(resolve, 20))
      flying.now -= 1
      return done()
    }
    return inRig({ concurrency: 3, answer }, async (rig) => {
      const cut = await store(rig, adds(8))
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 8, whole: true })
      expect(flying.most).toBe(3)
    })
  })

  test('tells how far it is', () =>
    inRig({}, async (rig) => {
      const told: string[] = []
      const progress = { ...rig.request.progress, requests: (n: number, of: number) => void told.push(`${n}/${of}`) }
      const cut = await store(rig, adds(2))
      await sendAll({ ...rig, request: { ...rig.request, progress } }, cut)
      expect(told).toEqual(['1/2', '2/2'])
    }))

  test('fails where the warehouse gives fewer rows than were cut, and what was sent before is written down', () =>
    inRig({}, async (rig) => {
      const cut = await store(rig, [remove(1), add(2), add(3)])
      await rig.raw(`delete from tidemark_state."delta_rows-people-x-1" where member_no = 3`)
      expect(await outcomeOf(sendAll(rig, cut))).toMatchObject({
        exit: 70,
        code: 'rows_missing',
        message: expect.stringMatching(/^Batch 3 of people\.x_ads has 1 row, but the warehouse gave 0/),
      })
      expect((await receipts(rig))[0]).toBe('1 remove accepted 1/1 of 1')
      expect(rig.sent.some((body) => body.includes(digestOf('email3')))).toBe(false)
    }))

  test('ends where the lease is lost: nothing is written any more', () =>
    inRig(
      {
        answer: () => async () => {
          await world().raw(`update tidemark_state."control_people-x" set fence = fence + 1`)
          return done()
        },
      },
      async (rig) => {
        current = rig
        const cut = await store(rig, adds(3))
        expect(await outcomeOf(sendAll(rig, cut))).toMatchObject({ exit: 75, code: 'lease_lost' })
        expect(await receipts(rig)).toEqual([])
      },
    ))
})

describe('a batch that is not accepted', () => {
  test('without an answer is uncertain; the others are sent', () =>
    inRig({ answer: answersBy(() => givenUp('maybe')) }, async (rig) => {
      const cut = await store(rig, adds(2))
      const delivery = await sendAll(rig, cut)
      expect(delivery).toMatchObject({ accepted: 1, refused: 0, uncertain: 1, whole: false, nothingToSettle: false })
      expect(delivery.stop).toMatchObject({
        exit: 75,
        message: expect.stringContaining('sending batch 1 (add) of people.x_ads'),
      })
      expect(await receipts(rig)).toEqual(['1 add uncertain 1/1 of 3', '2 add accepted 1/1 of 1'])
      expect(await refusals(rig)).toEqual([])
    }))

  test('and certainly was not applied is unsent; when nothing else was, nothing is to be learnt', () =>
    inRig({ answer: answersBy(() => givenUp('no')) }, async (rig) => {
      const cut = await store(rig, adds(1))
      const delivery = await sendAll(rig, cut)
      expect(delivery).toMatchObject({
        accepted: 0,
        refused: 1,
        uncertain: 0,
        whole: false,
        nothingToSettle: true,
        stop: { exit: 75 },
      })
      expect(await receipts(rig)).toEqual(['1 add refused 1/1 of 3'])
      expect(await refusals(rig)).toEqual(['1 0 unsent - no_answer'])
    }))

  test('more often in a row than there are places: it is hopeless', () =>
    inRig({ answer: () => () => givenUp('no') }, async (rig) => {
      const cut = await store(rig, adds(4))
      expect(await sendAll(rig, cut)).toMatchObject({ refused: 2, highestStarted: 2 })
    }))

  test('but for one in between: that is not in a row', () =>
    inRig(
      {
        answer: answersBy(
          () => givenUp('no'),
          () => done(),
          () => givenUp('no'),
        ),
      },
      async (rig) => {
        const cut = await store(rig, adds(5))
        expect(await sendAll(rig, cut)).toMatchObject({ accepted: 3, refused: 2, nothingToSettle: false })
      },
    ))

  test('for want of permission ends everything at once', () =>
    inRig(
      {
        answer: answersBy(
          () => done(),
          () => stop(stopped('permission')),
        ),
      },
      async (rig) => {
        const cut = await store(rig, [remove(1), remove(2), add(3)])
        const delivery = await sendAll(rig, cut)
        expect(delivery).toMatchObject({ accepted: 1, refused: 1, highestStarted: 2, stop: { exit: 77 } })
        expect(await refusals(rig)).toEqual(['2 0 unsent - PERMISSION'])
      },
    ))

  test('and was never sent leaves no receipt', () =>
    inRig({ answer: answersBy(() => notStarted('lease')) }, async (rig) => {
      const cut = await store(rig, adds(3))
      expect(await sendAll(rig, cut)).toMatchObject({
        accepted: 0,
        refused: 0,
        uncertain: 0,
        nothingToSettle: true,
        stop: { exit: 75, code: 'lease_short', message: expect.stringContaining('sending') },
      })
      expect([await receipts(rig), rig.sent.length]).toEqual([[], 1])
    }))

  test('because a reader fails is uncertain', () =>
    inRig({ answer: answersBy(() => Promise.reject(new Error('cannot read'))) }, async (rig) => {
      const cut = await store(rig, adds(2))
      expect(await sendAll(rig, cut)).toMatchObject({
        accepted: 0,
        nothingToSettle: false,
        stop: { exit: 70, code: 'bug' },
      })
    }))
})

describe('a run that is asked to end', () => {
  test('before anything was sent sends nothing', () =>
    inRig({}, async (rig) => {
      const cut = await store(rig, adds(2))
      rig.drain.begin()
      expect(await sendAll(rig, cut)).toMatchObject({
        nothingToSettle: true,
        highestStarted: 0,
        stop: { exit: 143, code: 'aborted', status: 'aborted' },
      })
      expect(rig.sent).toEqual([])
    }))

  test('lets what flies finish and starts nothing more', () =>
    inRig(
      {
        answer: () => async () => {
          current?.drain.begin()
          await new Promise((resolve) => setTimeout(resolve, 30))
          return done()
        },
      },
      async (rig) => {
        current = rig
        const cut = await store(rig, adds(3))
        expect(await sendAll(rig, cut)).toMatchObject({
          accepted: 1,
          highestStarted: 1,
          nothingToSettle: false,
          stop: { exit: 143 },
        })
        expect(await receipts(rig)).toEqual(['1 add accepted 1/1 of 1'])
      },
    ))
  let current: Rig | undefined

  test('does not wait for what hangs: it may have been applied', () =>
    inRig(
      {
        drainSeconds: 1.6,
        answer: () => () => {
          setTimeout(() => current?.drain.begin(), 10)
          return new Promise(() => undefined)
        },
      },
      async (rig) => {
        current = rig
        const cut = await store(rig, adds(3))
        expect(await sendAll(rig, cut)).toMatchObject({
          accepted: 0,
          highestStarted: 1,
          whole: false,
          nothingToSettle: false,
          stop: { exit: 143 },
        })
        expect(await receipts(rig)).toEqual([])
      },
    ))
})

describe('a remove without an answer', () => {
  const quietMs = 400
  const times: number[] = []
  const unanswered =
    (n: number): Answer =>
    (options) => {
      times.push(performance.now())
      if (n === 1) options.onUnanswered?.(performance.now())
      return done()
    }

  test('holds the adds back for the quiet time, though a later attempt was accepted; its receipt does not wait', () =>
    inRig({ quietMs, answer: unanswered }, async (rig) => {
      times.length = 0
      const cut = await store(rig, [remove(1), add(2)])
      const delivery = sendAll(rig, cut)
      while (!rig.told.some(({ event }) => event === 'quiet_time'))
        await new Promise((resolve) => setTimeout(resolve, 5))
      expect(await receipts(rig)).toEqual(['1 remove accepted 1/1 of 1'])
      expect(await delivery).toMatchObject({ accepted: 2, whole: true })
      const [first = 0, second = 0] = times
      expect(second - first).toBeGreaterThanOrEqual(quietMs)
      expect(rig.told[0]?.fields).toMatchObject({
        activation: 'people.x_ads',
        message: expect.stringContaining('Waiting 1 s'),
      })
    }))

  test('holds nothing back where nothing is to be added', () =>
    inRig({ quietMs: 60_000, answer: unanswered }, async (rig) => {
      const cut = await store(rig, [remove(1), remove(2)])
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 2 })
      expect(rig.told).toEqual([])
    }))

  test('ends the wait when the run is asked to end', () =>
    inRig({ quietMs: 60_000, answer: unanswered }, async (rig) => {
      const cut = await store(rig, [remove(1), add(2)])
      const delivery = sendAll(rig, cut)
      while (!rig.told.some(({ event }) => event === 'quiet_time'))
        await new Promise((resolve) => setTimeout(resolve, 5))
      rig.drain.begin()
      expect(await delivery).toMatchObject({ accepted: 1, highestStarted: 1, stop: { exit: 143 } })
    }))
})
