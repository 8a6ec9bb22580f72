import { describe, expect, test } from '@jest/globals'
import type { CallResult } from '../../connector/http/call.ts'
import { answers, asked, at, earlier, ensure, minute, page, receipts, stored } from './audiences.ts'
import { done, givenUp, inRig, stop, stopped } from './rig.ts'

describe('a name that the platform would give a second time', () => {
  const twins = (adopt: boolean, ...results: readonly CallResult<unknown>[]) => ({
    platform: 'tiktok_ads' as const,
    adopt,
    answer: answers(...results),
  })

  test('is looked for on all pages before an audience is made', () =>
    inRig(twins(false, page([], '2'), page([]), done({ audienceId: 'ours' })), async (rig) => {
      expect(await ensure(rig)).toBe('ours')
      expect(rig.sent.map((sent) => /page=\d|"action":"create"/.exec(sent)?.[0])).toEqual([
        'page=1',
        'page=2',
        '"action":"create"',
      ])
      expect(await receipts(rig)).toEqual(['create_audience accepted ours 0 0 People'])
    }))

  test('is taken: the audience is named with its id and the ways out, and none is made', () =>
    inRig(twins(false, page([['theirs', new Date(0)]])), async (rig) => {
      expect(await ensure(rig)).toMatchObject({
        exit: 78,
        code: 'name_taken',
        message:
          'TikTok Ads has an audience named "People" in account 7000000000000000001 (`destinations.tiktok_ads`): theirs. A second one would be missing in the campaigns that use theirs. Choose another `audience.name`, or set `audience.adopt: true` to take theirs over (whoever is in it stays).',
      })
      expect([await stored(rig), rig.sent.length]).toEqual([[null, null, null], 1])
    }))

  test('is taken over where that was asked for, also from the last page', () =>
    inRig(twins(true, page([], '2'), page([['theirs', new Date(0)]])), async (rig) => {
      expect(await ensure(rig)).toBe('theirs')
      expect(await stored(rig)).toEqual(['theirs', 'People', null])
      expect(await receipts(rig)).toEqual(['adopt_audience accepted theirs 0 0 People'])
      expect(rig.told.map(({ level, event }) => `${level} ${event}`)).toEqual([
        'warn audience_adopted',
        'info adopt_audience',
      ])
    }))

  test.each([true, false])('by several is no guess, all are named (adopt: %s)', (adopt) =>
    inRig(twins(adopt, page([['one', at]], '2'), page([['two', null]])), async (rig) => {
      expect(await ensure(rig)).toMatchObject({
        exit: 78,
        code: 'name_taken',
        message:
          'TikTok Ads has 2 audiences named "People" in account 7000000000000000001 (`destinations.tiktok_ads`): one, two. Tidemark does not guess which one is meant. Choose another `audience.name`, or delete all but one there and set `audience.adopt: true` to take that one over (whoever is in it stays).',
      })
      expect([await stored(rig), rig.sent.length]).toEqual([[null, null, null], 2])
    }),
  )

  test('by one that two pages show is taken once', () =>
    inRig(twins(true, page([['one', at]], '2'), page([['one', at]])), async (rig) => {
      expect(await ensure(rig)).toBe('one')
    }))

  test.each([
    ['without an answer', givenUp('no'), 75],
    ['refused', stop(stopped('permission')), 77],
    ['refused on the second page', page([], '2'), 76],
  ])('that cannot be looked for (%s) is asked for by nobody', (_, result, exit) =>
    inRig(twins(true, result), async (rig) => {
      expect(await ensure(rig)).toMatchObject({
        exit,
        message: expect.stringMatching(/looking for the audience "People"/i),
      })
      expect(await stored(rig)).toEqual([null, null, null])
      expect(await receipts(rig)).toEqual([])
    }),
  )

  test('is ours where we asked for it, whatever is older', () =>
    inRig(
      {
        ...twins(
          false,
          page([
            ['ours', at],
            ['old', earlier(11)],
          ]),
        ),
        control: `audience_intent = 'People'`,
      },
      async (rig) => {
        expect(await ensure(rig, asked(minute))).toBe('ours')
        expect(await receipts(rig)).toEqual(['create_audience accepted ours 0 0 People'])
      },
    ))

  test('is not asked for again after an hour where an older audience has it', () =>
    inRig(
      {
        ...twins(false, page([['old', earlier(11)]]), page([['old', earlier(11)]])),
        control: `audience_intent = 'People'`,
      },
      async (rig) => {
        expect(await ensure(rig, asked(60 * minute))).toMatchObject({ exit: 78, code: 'name_taken' })
        expect(await stored(rig)).toEqual([null, null, null])
      },
    ))
})
