import { describe, expect, test } from '@jest/globals'
import type { CallResult } from '../../connector/http/call.ts'
import { add, adds, digestOf, receipts, refusals, remove, sendAll, store, textOf } from './delta.ts'
import { type Answer, done, givenUp, inRig, refused, stop, stopped } from './rig.ts'

const large = (more: Partial<CallResult<unknown>> = {}) =>
  refused({
    fault: { next: 'refused', tooLarge: true, code: 'http_413', message: 'too large', said: 'large' },
    ...more,
  })
const digestsIn = (body: string): readonly string[] => body.match(/[0-9a-f]{64}/g) ?? []
const of = (...members: readonly number[]): ReadonlySet<string> => new Set(members.map((n) => digestOf(textOf(add(n)))))
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
/** Takes at most so many, and of what it takes refuses some; `otherwise` comes first. */
const takes =
  (most: number, dislikes: ReadonlySet<string>, otherwise: (call: number) => CallResult<unknown> | null = () => null) =>
  (call: number, body: string): Answer =>
  () => {
    const digests = digestsIn(body)
    const other = otherwise(call)
    if (other !== null) return other
    if (digests.length > most) return large()
    return digests.some((digest) => dislikes.has(digest)) ? refused() : done()
  }

describe('a batch that is too large', () => {
  test('goes in smaller requests, and so do the ones behind it, without one that is too large', () =>
    inRig({ answer: takes(10, of()) }, async (rig) => {
      const cut = await store(rig, adds(80), 40)
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 2, whole: true, stop: null })
      const sizes = rig.sent.map((body) => digestsIn(body).length)
      expect(sizes).toEqual([40, 20, 10, 10, 20, 10, 10, 10, 10, 10, 10])
      expect(await receipts(rig)).toEqual(['1 add accepted 40/40 of 7', '2 add accepted 40/40 of 4'])
      expect(rig.told.filter(({ event }) => event === 'requests_too_large').map(({ fields }) => fields.rows)).toEqual([
        10,
      ])
    }))

  test('and has a bad value in it: that one is found, and the size stays what was learned', () =>
    inRig({ answer: takes(10, of(7, 47)) }, async (rig) => {
      const cut = await store(rig, adds(80), 40)
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 2, whole: false, stop: null })
      expect(await refusals(rig)).toEqual(['1 7 refused - BAD: bad', '2 7 refused - BAD: bad'])
      expect(rig.told.filter(({ event }) => event === 'requests_too_large').map(({ fields }) => fields.rows)).toEqual([
        10,
      ])
      const accepted = new Set(rig.sent.flatMap(digestsIn))
      expect(accepted.size).toBe(80)
    }))

  test('of which a part is refused altogether, after another was taken: all in it are to blame, none is taken for accepted', () =>
    inRig({ answer: takes(20, of(...range(21, 40))) }, async (rig) => {
      const cut = await store(rig, adds(40), 40)
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 1, whole: false, nothingToSettle: false, stop: null })
      expect(await refusals(rig)).toEqual(range(21, 40).map((n) => `1 ${n} refused - BAD: bad`))
      expect((await receipts(rig))[0]).toMatch(/^1 add partial/)
    }))

  test('of which all parts are refused altogether: it is the platform', () =>
    inRig({ answer: takes(20, of(...range(1, 40))) }, async (rig) => {
      const cut = await store(rig, adds(40), 40)
      const delivery = await sendAll(rig, cut)
      expect(delivery).toMatchObject({ accepted: 0, refused: 1 })
      expect(delivery.stop).toMatchObject({ exit: 76 })
      expect(await refusals(rig)).toEqual(['1 0 unsent - BAD: bad'])
    }))

  test('of which one part is refused altogether and the other has culprits: each of them is found', () =>
    inRig({ answer: takes(20, of(...range(1, 20), 33)) }, async (rig) => {
      const cut = await store(rig, adds(40), 40)
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 1, whole: false, stop: null })
      expect(await refusals(rig)).toHaveLength(21)
    }))

  test('whose parts are of few rows, and all refused: it is the platform all the same', () =>
    inRig({ answer: takes(5, of(...range(1, 40))) }, async (rig) => {
      const cut = await store(rig, adds(40), 40)
      expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 76 })
      expect(await refusals(rig)).toEqual(['1 0 unsent - BAD: bad'])
    }))

  test('of one member: it is not sent again as it is, and nobody is to blame', () =>
    inRig({ answer: takes(0, of()) }, async (rig) => {
      const cut = await store(rig, adds(1), 1)
      expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 76, code: 'http_413' })
      expect(await refusals(rig)).toEqual(['1 0 unsent - http_413: large'])
      expect(rig.sent).toHaveLength(1)
    }))

  test('because of one member: that one goes identifier by identifier, and the size of others stays', () =>
    inRig({ answer: takes(10, of()) }, async (rig) => {
      const giant = range(1, 12).map((n) => add(1, { value: `address ${n}` }))
      const cut = await store(rig, [...giant, add(2), add(3)], 3)
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 1, whole: true, stop: null })
      expect(rig.told.filter(({ event }) => event === 'requests_too_large')).toEqual([])
    }))

  test('after an answer that says nothing about values no part is taken up any more', () =>
    inRig(
      { answer: takes(10, of(3, 13, 23, 33), (call) => (call === 9 ? stop(stopped('permission')) : null)) },
      async (rig) => {
        const cut = await store(rig, adds(40), 40)
        // 40, 20, 10, 10, 20, 10, 10: four parts with a bad value each; then the first half of the first part.
        expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 77 })
        expect(rig.sent).toHaveLength(9)
      },
    ))

  test('that may have been applied before it was refused is uncertain, also where a refusal changes nothing', () =>
    inRig(
      { answer: takes(10, of(), (call) => (call === 1 ? large({ unanswered: true }) : stop(stopped('permission')))) },
      async (rig) => {
        const cut = await store(rig, adds(40), 40)
        expect(await sendAll(rig, cut)).toMatchObject({ nothingToSettle: false, uncertain: 1 })
        expect(await refusals(rig)).toEqual(['1 0 uncertain - PERMISSION'])
      },
    ))

  test('and not even one row is taken: 76 where nothing ever was, else again later', () =>
    inRig({ answer: takes(0, of()) }, async (rig) => {
      const cut = await store(rig, adds(40), 40)
      expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 76, code: 'http_413' })
      expect(await refusals(rig)).toEqual(['1 0 unsent - http_413: large'])
    }))

  test('after some were taken it is for a later run', () =>
    inRig({ answer: takes(0, of(), (call) => (call === 2 ? done() : null)) }, async (rig) => {
      const cut = await store(rig, adds(40), 40)
      expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 75, code: 'http_413' })
      expect(await refusals(rig)).toEqual(['1 0 uncertain - http_413: large'])
      // 40, 20, 20, 10, 5, 3, 2, 1, 1, and the 20 that passed once more.
      expect(rig.sent.map((body) => digestsIn(body).length)).toEqual([40, 20, 20, 10, 5, 3, 2, 1, 1, 20])
    }))

  test('and so it is where an earlier batch was taken', () =>
    inRig({ answer: takes(0, of(), (call) => (call === 1 ? done() : null)) }, async (rig) => {
      const cut = await store(rig, adds(20), 10)
      expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 75, code: 'http_413' })
    }))

  test('given up on the way: the rest is in the dark', () =>
    inRig({ answer: takes(10, of(), (call) => (call > 4 ? givenUp('maybe') : null)) }, async (rig) => {
      const cut = await store(rig, adds(40), 40)
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 0, uncertain: 1, stop: { exit: 75 } })
    }))
})

describe('a type that the platform may not know', () => {
  const tiktok = { platform: 'tiktok_ads' } as const
  /** Here the type of e-mail digests is one that may be unknown. */
  const destination = async () => {
    const { tiktokAds } = await import('../../connector/destination/tiktok-ads.ts')
    return {
      ...tiktokAds,
      fields: { ...tiktokAds.fields, email: { ...tiktokAds.fields.email, sha512Type: 'EMAIL_SHA256' } },
    }
  }
  const people = (n: number, field: 'email' | 'phone') => adds(n).map((row) => ({ ...row, field }))
  const words =
    (said: string, unknownType = false) =>
    () =>
      refused({
        fault: { next: 'refused', code: '40002', message: 'no', said, ...(unknownType ? { unknownType } : {}) },
      })
  const unknown = words('An id type is not supported', true)

  test('where the platform says so, all are rejected and the rest of them is not sent', async () => {
    const options = { ...tiktok, destination: await destination(), answer: () => unknown }
    await inRig(options, async (rig) => {
      const cut = await store(rig, people(60, 'email'), 20)
      expect(await sendAll(rig, cut)).toMatchObject({ accepted: 0, rejected: 3, whole: false, stop: null })
      expect(await refusals(rig)).toEqual([1, 2, 3].map((n) => `${n} 0 refused - unsupported_by_platform`))
      expect(await receipts(rig)).toHaveLength(1)
    })
  })

  test('but not where it took some of it in this run', async () => {
    const answer = (call: number): Answer => (call === 1 ? () => done() : unknown)
    await inRig({ ...tiktok, destination: await destination(), answer }, async (rig) => {
      const cut = await store(rig, people(40, 'email'), 20)
      expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 76 })
      expect(await refusals(rig)).toEqual([expect.stringMatching(/^2 0 uncertain/)])
    })
  })

  test('where it takes another type, too', async () => {
    const answer =
      (_: number, body: string): Answer =>
      () =>
        body.includes('"PHONE_SHA256"')
          ? done()
          : refused({ fault: { next: 'refused', code: '40002', message: 'no', said: 'no' } })
    await inRig({ ...tiktok, destination: await destination(), answer }, async (rig) => {
      // Types are sent in the order of the layout: the phone numbers come after, in a first run nothing is known.
      const cut = await store(rig, [...people(20, 'phone'), ...people(20, 'email')], 20)
      const phonesFirst = [...cut.batches].sort((a, b) => String(b.type).localeCompare(String(a.type)))
      expect(await sendAll(rig, cut, phonesFirst)).toMatchObject({ accepted: 1, rejected: 1, stop: null })
      expect(await refusals(rig)).toEqual([expect.stringMatching(/^\d 0 refused - unsupported_by_platform$/)])
    })
  })

  test('where it is all there is and the platform does not say so, it is the platform: 76, nobody is blamed', async () => {
    await inRig({ ...tiktok, destination: await destination(), answer: () => words('no') }, async (rig) => {
      const cut = await store(rig, people(40, 'email'), 20)
      expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 76 })
      expect(await refusals(rig)).toEqual(['1 0 uncertain - 40002: no'])
    })
  })

  test('a few bad values are bad values, unless the platform says that it is the type', async () => {
    for (const [answer, reason] of [
      [words('not valid'), '40002: not valid'],
      [unknown, 'unsupported_by_platform'],
    ] as const) {
      await inRig({ ...tiktok, destination: await destination(), answer: () => answer }, async (rig) => {
        const cut = await store(rig, people(1, 'email'), 20)
        expect(await sendAll(rig, cut)).toMatchObject({ stop: null })
        expect((await refusals(rig))[0]).toContain(`refused - ${reason}`)
      })
    }
  })

  test('removes that are refused say nothing of it', async () => {
    const options = { ...tiktok, destination: await destination(), answer: () => unknown }
    await inRig(options, async (rig) => {
      const cut = await store(
        rig,
        range(1, 20).map((n) => remove(n)),
        20,
      )
      expect((await sendAll(rig, cut)).stop).toMatchObject({ exit: 76 })
    })
  })
})
