import { describe, expect, test } from '@jest/globals'
import { audienceInStep, checkName, type KnownAudience } from '../../connector/activation/audience.ts'
import type { RunRequest } from '../../connector/activation/context.ts'
import type { CallResult } from '../../connector/http/call.ts'
import { answers, asked, at, earlier, ensure, minute, none, page, receipts, stored } from './audiences.ts'
import { done, givenUp, inRig, type Rig, stop, stopped } from './rig.ts'

describe('an audience that is not there yet', () => {
  test('is created: intent, request, outcome', () =>
    inRig(
      {
        description: 'Who buys',
        answer: () => () => done({ audienceId: 'aud-1' }),
      },
      async (rig) => {
        expect(await ensure(rig)).toBe('aud-1')
        expect(
          await rig.control('audience_id', 'audience_name', 'audience_description', 'audience_intent', 'sending'),
        ).toEqual(['aud-1', 'People', 'Who buys', null, 'true'])
        expect(await receipts(rig)).toEqual(['create_audience accepted aud-1 0 0 People'])
        expect(rig.sent).toHaveLength(1)
        expect(rig.sent[0]).toMatch(/People/)
        expect(rig.told).toContainEqual({
          level: 'info',
          event: 'create_audience',
          fields: { activation: 'people.x_ads', audience_id: 'aud-1' },
        })
      },
    ))

  test('the intent stands before the request, which is not repeated blindly', () =>
    inRig({}, async (rig) => {
      const seen: unknown[] = []
      const watched = {
        ...rig,
        calls: {
          ...rig.calls,
          send: async (_: unknown, options: unknown) => {
            seen.push(await rig.control('audience_intent', 'sending'), options)
            return done({ audienceId: 'aud-1' })
          },
        },
      } as Rig
      await ensure(watched)
      expect(seen).toEqual([['People', 'true'], { once: true }])
    }))

  test('is no intent any more when the platform says no', () =>
    inRig({ answer: answers(stop(stopped('permission'))) }, async (rig) => {
      expect(await ensure(rig)).toMatchObject({
        exit: 77,
        code: 'PERMISSION',
        message: expect.stringContaining('"People"'),
      })
      expect(await stored(rig)).toEqual([null, null, null])
      expect(await receipts(rig)).toEqual(['create_audience refused - 0 0 People'])
    }))

  test('stays an intent when the answer is lost', () =>
    inRig({ answer: answers(givenUp('maybe')) }, async (rig) => {
      expect(await ensure(rig)).toMatchObject({ exit: 75 })
      expect(await stored(rig)).toEqual([null, null, 'People'])
      expect(await receipts(rig)).toEqual(['create_audience uncertain - 0 0 People'])
    }))
})

describe('a name that is taken', () => {
  const taken = stop(stopped('name_taken'))
  test('is an error, and nobody looks whose it is', () =>
    inRig({ answer: answers(taken, page([['theirs', at]])) }, async (rig) => {
      expect(await ensure(rig)).toMatchObject({ exit: 78, code: 'NAME_TAKEN' })
      expect(rig.sent).toHaveLength(1)
    }))

  test('is taken over where that was asked for, however old', () =>
    inRig({ adopt: true, answer: answers(taken, page([['theirs', new Date(0)]])) }, async (rig) => {
      expect(await ensure(rig)).toBe('theirs')
      expect(await stored(rig)).toEqual(['theirs', 'People', null])
      expect(await receipts(rig)).toEqual([
        'adopt_audience accepted theirs 0 0 People',
        'create_audience refused - 0 0 People',
      ])
      expect(rig.told.map(({ level, event }) => `${level} ${event}`)).toEqual([
        'warn audience_adopted',
        'info adopt_audience',
      ])
    }))

  test('by one that is no longer there is an error all the same', () =>
    inRig({ adopt: true, answer: answers(taken, page([])) }, async (rig) => {
      expect(await ensure(rig)).toMatchObject({ exit: 78, code: 'NAME_TAKEN' })
    }))

  test('any other refusal is not about names', () =>
    inRig({ adopt: true, answer: answers(stop(stopped('permission')), page([['theirs', at]])) }, async (rig) => {
      expect(await ensure(rig)).toMatchObject({ code: 'PERMISSION' })
      expect(rig.sent).toHaveLength(1)
    }))
})

describe('an audience that was asked for, without an answer', () => {
  const found = (...pages: readonly CallResult<unknown>[]) => ({
    control: `audience_intent = 'People'`,
    answer: answers(...pages),
  })
  test('is found by its name, made since', () =>
    inRig(
      found(
        page([
          ['old', earlier(11)],
          ['new', at],
        ]),
      ),
      async (rig) => {
        expect(await ensure(rig, asked(minute))).toBe('new')
        expect(await stored(rig)).toEqual(['new', 'People', null])
        expect(await receipts(rig)).toEqual(['create_audience accepted new 0 0 People'])
        expect(await rig.control('sending')).toEqual(['true'])
      },
    ))

  test.each([
    ['ten minutes before, for clocks differ', earlier(10)],
    ['at a time that the platform does not say', null],
  ])('also one made %s', (_, created) =>
    inRig(found(page([['it', created]])), async (rig) => {
      expect(await ensure(rig, asked(minute))).toBe('it')
    }),
  )

  test('is looked for on every page', () =>
    inRig(found(page([], 'p2'), page([['old', earlier(60)]], 'p3'), page([['it', at]])), async (rig) => {
      expect(await ensure(rig, asked(minute))).toBe('it')
      expect(rig.sent.map((url) => /cursor=(\w+)/.exec(url)?.[1])).toEqual([undefined, 'p2', 'p3'])
    }))

  test('is no guess where several were made since: all are named, and the intent stays', () =>
    inRig(found(page([['one', at]], 'p2'), page([['two', null]])), async (rig) => {
      expect(await ensure(rig, asked(minute))).toMatchObject({
        exit: 78,
        code: 'several_audiences',
        message:
          'X Ads has 2 audiences named "People" that were made since people.x_ads asked for one and got no answer: one, two. Tidemark does not guess which one is its own: delete all but one there, and run again.',
      })
      expect(await stored(rig)).toEqual([null, null, 'People'])
    }))

  test('on a list that never ends is no answer', () =>
    inRig({ control: `audience_intent = 'People'`, answer: (n) => () => page([], `p${n}`) }, async (rig) => {
      expect(await ensure(rig, asked(minute))).toMatchObject({ exit: 76, code: 'endless_list' })
      expect(rig.sent).toHaveLength(200)
    }))

  test('has the name that it was asked for by, whatever the configuration says now', () =>
    inRig(found(page([['it', at]])), async (rig) => {
      expect(await ensure(rig, { ...asked(minute), intent: 'Earlier' })).toBe('it')
      expect((await stored(rig))[1]).toBe('Earlier')
    }))

  test('is not asked for again within an hour, for lists lag', () =>
    inRig(found(page([])), async (rig) => {
      expect(await ensure(rig, asked(59 * minute))).toMatchObject({
        exit: 75,
        code: 'audience_intent_open',
        message: expect.stringContaining('59 min ago'),
      })
      expect([await stored(rig), rig.sent.length]).toEqual([[null, null, 'People'], 1])
    }))

  test('is asked for again after an hour', () =>
    inRig(found(page([]), done({ audienceId: 'second' })), async (rig) => {
      expect(await ensure(rig, asked(60 * minute))).toBe('second')
    }))

  test('a search that fails decides nothing', () =>
    inRig(found(givenUp('no')), async (rig) => {
      expect(await ensure(rig, asked(90 * minute))).toMatchObject({
        exit: 75,
        message: expect.stringContaining('looking for the audience "People"'),
      })
      expect(await stored(rig)).toEqual([null, null, 'People'])
    }))
})

describe('an audience that is there', () => {
  const there: KnownAudience = { ...none, id: 'aud', name: 'People', description: null }
  const known = { control: `audience_id = 'aud', audience_name = 'People'` }

  test('as it is configured needs no call', () =>
    inRig(known, async (rig) => {
      expect(await ensure(rig, there)).toBe('aud')
      expect(rig.sent).toEqual([])
    }))

  test.each([
    ['name', { name: 'Earlier' }],
    ['description', { description: 'Earlier' }],
  ])('with another %s is brought up to date', (_, over) =>
    inRig({ ...known, answer: answers(done()) }, async (rig) => {
      expect(await ensure(rig, { ...there, ...over })).toBe('aud')
      expect(rig.sent).toHaveLength(1)
      expect(await receipts(rig)).toEqual(['update_audience accepted aud 0 0 People'])
      expect(await rig.control('audience_name', 'audience_description', 'sending')).toEqual(['People', null, 'true'])
    }),
  )

  test('that cannot be brought up to date stays as it was', () =>
    inRig({ ...known, answer: answers(stop(stopped('audience_gone'))) }, async (rig) => {
      expect(await ensure(rig, { ...there, name: 'Earlier' })).toMatchObject({ exit: 78, code: 'AUDIENCE_GONE' })
      expect(await receipts(rig)).toEqual(['update_audience refused aud 0 0 People'])
      expect(await rig.control('audience_name')).toEqual(['People'])
    }))

  test('under another name, where there is no renaming, is an error', () =>
    inRig({ ...known, platform: 'tiktok_ads' }, async (rig) => {
      expect(await ensure(rig, { ...there, name: 'Earlier' })).toMatchObject({
        exit: 78,
        code: 'audience_name_changed',
        message: expect.stringMatching(/"Earlier" there and "People" in/),
      })
      expect(rig.sent).toEqual([])
    }))
})

test('a name may change where the platform can rename, and need not where it is the same', () => {
  const of = (canRename: boolean) =>
    ({
      activation: { name: 'a.x', audience: { name: 'People' } },
      destination: { title: 'T', audience: { canRename } },
    }) as unknown as RunRequest
  expect(() => checkName(of(true), 'Earlier')).not.toThrow()
  expect(() => checkName(of(false), 'People')).not.toThrow()
  expect(() => checkName(of(false), 'Earlier')).toThrow('cannot rename')
})

test.each<[string, Partial<KnownAudience>, boolean, boolean]>([
  ['as configured', {}, true, true],
  ['not there', { id: null }, true, false],
  ['asked for', { intent: 'People' }, true, false],
  ['under another name', { name: 'Earlier' }, true, false],
  ['described otherwise', { description: 'Earlier' }, true, false],
  ['described otherwise, where nobody can describe', { description: 'Earlier' }, false, true],
])('in step: %s', (_, over, canDescribe, inStep) => {
  const request = {
    activation: { audience: { name: 'People', description: 'D' } },
    destination: { audience: { canDescribe } },
  } as unknown as RunRequest
  expect(audienceInStep(request, { ...none, id: 'aud', name: 'People', description: 'D', ...over })).toBe(inStep)
})
