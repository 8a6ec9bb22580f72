import { describe, expect, test } from '@jest/globals'
import { add, adds, answersBy, digestOf, dislikes, receipts, refusals, sendAll, store, textOf } from './delta.ts'
import { done, givenUp, inRig, refused } from './rig.ts'

describe('a batch that is refused because of values', () => {
  test('of one identifier: it is the culprit', () =>
    inRig({ answer: dislikes(add(1)) }, async (rig) => {
      const cut = await store(rig, adds(2))
      expect(await sendAll(rig, cut)).toEqual({
        accepted: 1,
        rejected: 1,
        refused: 0,
        uncertain: 0,
        whole: false,
        nothingToSettle: false,
        highestStarted: 2,
        stop: null,
      })
      expect(await receipts(rig)).toEqual(['1 add refused 1/1 of 1', '2 add accepted 1/1 of 1'])
      expect(await refusals(rig)).toEqual(['1 1 refused - BAD: bad'])
    }))

  test('when it was all there was, nothing was applied, but there is somebody to reject', () =>
    inRig({ answer: dislikes(add(1)) }, async (rig) => {
      const cut = await store(rig, adds(1))
      expect(await sendAll(rig, cut)).toMatchObject({
        accepted: 0,
        rejected: 1,
        nothingToSettle: false,
        whole: false,
        stop: null,
      })
    }))

  test('of several members: the others are accepted, in one receipt with all requests', () =>
    inRig({ answer: dislikes(add(3)) }, async (rig) => {
      const cut = await store(rig, adds(4), 4)
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 1, nothingToSettle: false, stop: null })
      expect(await refusals(rig)).toEqual(['1 3 refused - BAD: bad'])
      expect(await receipts(rig)).toEqual([`1 add partial 4/4 of ${rig.sent.length}`])
      for (const n of [1, 2, 4])
        expect(
          rig.sent.some((body) => body.includes(digestOf(`email${n}`)) && !body.includes(digestOf('email3'))),
        ).toBe(true)
      expect(rig.told.map(({ event, fields }) => [event, fields.rows])).toContainEqual(['bisect', 4])
    }))

  test('in a member of several identifiers the one to blame is found, and the rest sent', () =>
    inRig({ answer: dislikes(add(1, { field: 'phone' })) }, async (rig) => {
      const cut = await store(rig, [add(1), add(1, { field: 'phone' })])
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 1, nothingToSettle: false })
      expect(await refusals(rig)).toEqual(['1 1 refused phone_number BAD: bad'])
      expect(await receipts(rig)).toEqual(['1 add partial 1/2 of 3'])
    }))

  test('where each by itself is taken nobody is to blame', () =>
    inRig(
      {
        answer: (_, body) => () =>
          body.includes(digestOf('email1')) && body.includes(digestOf('phone1')) ? refused() : done(),
      },
      async (rig) => {
        const cut = await store(rig, [add(1), add(1, { field: 'phone' })])
        expect(await sendAll(rig, cut)).toMatchObject({ accepted: 1, whole: true })
        expect(await receipts(rig)).toEqual(['1 add accepted 1/2 of 3'])
      },
    ))

  test('an answer that fails on the way leaves the rest in the dark', () =>
    inRig(
      {
        answer: answersBy(
          () => refused(),
          () => givenUp('maybe'),
        ),
      },
      async (rig) => {
        const cut = await store(rig, adds(4), 4)
        expect(await sendAll(rig, cut)).toMatchObject({
          accepted: 0,
          uncertain: 1,
          nothingToSettle: false,
          stop: { exit: 75 },
        })
        expect(await refusals(rig)).toEqual(['1 0 uncertain - no_answer'])
      },
    ))

  test('and turned away on the way, before anything was accepted, is unsent where that changes nothing', () =>
    inRig(
      {
        answer: answersBy(
          () => refused(),
          () => givenUp('no'),
        ),
      },
      async (rig) => {
        const cut = await store(rig, adds(4), 4)
        expect(await sendAll(rig, cut)).toMatchObject({ refused: 1, uncertain: 0, nothingToSettle: true })
        expect(await refusals(rig)).toEqual(['1 0 unsent - no_answer'])
      },
    ))

  test('and turned away on the way, where a refused request may have done some of it, is uncertain', () =>
    inRig(
      {
        platform: 'tiktok_ads',
        answer: answersBy(
          () => refused(),
          () => givenUp('no'),
        ),
      },
      async (rig) => {
        const cut = await store(rig, adds(4), 4)
        expect(await sendAll(rig, cut)).toMatchObject({ refused: 1, nothingToSettle: false })
        expect(await refusals(rig)).toEqual(['1 0 uncertain - no_answer'])
      },
    ))

  test('and turned away after some were accepted is uncertain', () =>
    inRig(
      {
        answer: answersBy(
          () => refused(),
          () => done(),
          () => givenUp('no'),
        ),
      },
      async (rig) => {
        const cut = await store(rig, adds(4), 4)
        expect(await sendAll(rig, cut)).toMatchObject({ uncertain: 1, nothingToSettle: false })
        expect(await refusals(rig)).toEqual(['1 0 uncertain - no_answer'])
        expect((await receipts(rig))[0]).toMatch(/^1 add uncertain/)
      },
    ))

  test('while the identifiers of a member are tried: those found stay found', () =>
    inRig(
      {
        answer: answersBy(
          () => refused(),
          () => refused(),
          () => givenUp('no'),
        ),
      },
      async (rig) => {
        const cut = await store(rig, [add(1), add(1, { field: 'phone' })])
        const delivery = await sendAll(rig, cut)
        expect(delivery).toMatchObject({ accepted: 0, whole: false })
        expect(await refusals(rig)).toEqual(['1 0 unsent - no_answer', '1 1 refused email BAD: bad'])
      },
    ))

  test('when the platform takes nothing at all, it is the platform', () =>
    inRig({ answer: () => () => refused() }, async (rig) => {
      const cut = await store(rig, adds(40), 20)
      const delivery = await sendAll(rig, cut)
      expect(delivery).toMatchObject({ accepted: 0, refused: 1, highestStarted: 1, nothingToSettle: true })
      expect(delivery.stop).toMatchObject({ exit: 76, code: 'BAD' })
      expect(await refusals(rig)).toEqual(['1 0 unsent - BAD: bad'])
    }))

  test('more culprits than are looked for: it is tried again later', () => {
    const culprits = new Set(
      adds(2000)
        .filter(({ member }) => member % 2 === 1)
        .map((row) => digestOf(textOf(row))),
    )
    const answer = (_: number, body: string) => () =>
      body.match(/[0-9a-f]{64}/g)?.some((digest) => culprits.has(digest)) ? refused() : done()
    return inRig({ answer }, async (rig) => {
      const cut = await store(rig, adds(2000), 2000)
      const delivery = await sendAll(rig, cut)
      expect(delivery.stop).toMatchObject({
        exit: 75,
        code: 'too_many_refused',
        message: expect.stringContaining('batch 1 of people.x_ads'),
      })
      expect(delivery).toMatchObject({ accepted: 0, nothingToSettle: false })
      const found = await refusals(rig)
      expect(found[0]).toMatch(/^1 0 uncertain/)
      // All that were found, not the first only: else fifty runs were needed where one does.
      expect(found.length).toBeGreaterThan(50)
    })
  })
})
