import { describe, expect, test } from '@jest/globals'
import {
  type DeltaMeasures,
  deltaGuards,
  enforceGuards,
  type LedgerStanding,
  segmentGuards,
  shrinking,
} from '../../connector/activation/guards.ts'
import { RunStopped } from '../../connector/activation/stop.ts'
import type { Activation } from '../../connector/config/activation.ts'
import { tiktokAds } from '../../connector/destination/tiktok-ads.ts'

const guards = {
  maxRemovedShare: 0.3,
  maxTouchedShare: 0.5,
  maxRejectedShare: 0.5,
  maxNullKeyShare: 0.01,
  minMembers: 1000,
  allowEmpty: false,
}
const activation = (over: Partial<typeof guards> = {}): Activation =>
  ({ name: 'vip.x', segment: { name: 'vip' }, guards: { ...guards, ...over } }) as Activation
const quiet: DeltaMeasures = {
  emptied: 0,
  touched: 0,
  segmentMembersChange: 0,
  reachableMembersChange: 0,
  checkedValues: 0,
  rejections: {},
  rows: {},
}
const settled: LedgerStanding = { ledgerMembers: 1000, reachableMembers: 1000, firstSync: false, full: false }

describe('guards that need no delta', () => {
  test.each([
    ['an empty segment', { rows: 0, nullKeys: 0 }, {}, 1],
    ['one whose every key is NULL', { rows: 50, nullKeys: 50 }, {}, 1],
    ['an empty one that may be', { rows: 0, nullKeys: 0 }, { allowEmpty: true }, 0],
    ['2 NULL keys of 100', { rows: 100, nullKeys: 2 }, {}, 1],
    ['1 NULL key of 100', { rows: 100, nullKeys: 1 }, {}, 0],
    ['50 NULL keys of 99: too few to count shares', { rows: 99, nullKeys: 50 }, {}, 0],
  ])('%s', (_, measured, over, trips) =>
    expect(segmentGuards(activation(over), { ...measured, changed: 0 })).toHaveLength(trips),
  )
})

describe('guards on the delta', () => {
  const trips = (
    measured: Partial<DeltaMeasures>,
    standing: Partial<LedgerStanding> = {},
    over: Partial<typeof guards> = {},
  ) => deltaGuards(activation(over), tiktokAds, { ...quiet, ...measured }, { ...settled, ...standing })
  test.each([
    ['301 of 1000 members emptied', { emptied: 301 }, {}, 'max_removed_share'],
    ['300 of 1000 members emptied', { emptied: 300 }, {}, null],
    ['all of 99 members emptied', { emptied: 99 }, { ledgerMembers: 99 }, null],
    ['501 of 1000 touched', { touched: 501 }, {}, 'max_touched_share'],
    ['501 of 1000 touched by --full', { touched: 501 }, { full: true }, null],
    ['301 of 1000 emptied by --full', { emptied: 301 }, { full: true }, 'max_removed_share'],
    ['51 of 100 values rejected', { checkedValues: 100, rejections: { invalid_email: 51 } }, {}, 'max_rejected_share'],
    ['50 of 100 values rejected', { checkedValues: 100, rejections: { invalid_email: 50 } }, {}, null],
    ['NULL keys are not values', { checkedValues: 100, rejections: { null_member_key: 99 } }, {}, null],
    [
      'a first sync of 999',
      { reachableMembersChange: 999 },
      { firstSync: true, reachableMembers: 0, ledgerMembers: 0 },
      'min_members',
    ],
    [
      'a first sync of 1000',
      { reachableMembersChange: 1000 },
      { firstSync: true, reachableMembers: 0, ledgerMembers: 0 },
      null,
    ],
    ['a later run of 10', { reachableMembersChange: -990 }, {}, null],
  ])('%s', (_, measured, standing, setting) => {
    const said = trips(measured, standing)
    expect(said).toHaveLength(setting === null ? 0 : 1)
    if (setting !== null) expect(said[0]).toContain(`guards.${setting}`)
  })
})

test('a guard that trips stops the run with 65, all of them in one message, unless overridden', () => {
  const stop = (() => {
    try {
      enforceGuards(activation(), ['one', 'two'], false)
    } catch (error) {
      return error
    }
    return null
  })()
  expect(stop).toBeInstanceOf(RunStopped)
  expect(stop).toMatchObject({
    exit: 65,
    status: 'guarded',
    message: expect.stringMatching(/one; two.*--override-guards vip\.x/),
  })
  expect(() => enforceGuards(activation(), ['one'], true)).not.toThrow()
  expect(() => enforceGuards(activation(), [], false)).not.toThrow()
})

test("a first sync that is too small names the platform's rule", () => {
  const first = { ...settled, ledgerMembers: 0, reachableMembers: 0, firstSync: true }
  const [guard] = deltaGuards(activation(), tiktokAds, { ...quiet, reachableMembersChange: 999 }, first)
  expect(guard).toMatch(
    /^only 999 members .*guards\.min_members .*\(1000\), and no ad could use the audience: TikTok Ads needs 1,000 matched people$/,
  )
})

describe('an audience that gets too small for ads', () => {
  const change = (reachableMembersChange: number, standing: Partial<LedgerStanding> = {}) =>
    shrinking(activation(), tiktokAds, { ...quiet, reachableMembersChange }, { ...settled, ...standing })
  test.each([
    [
      'falls below the minimum',
      -1,
      {},
      /^vip\.x shrinks from 1000 to 999 members .*Removals go on.*TikTok Ads needs 1,000/,
    ],
    ['falls further', -10, { reachableMembers: 500 }, /from 500 to 490/],
  ])('%s: a warning', (_, by, standing, says) => expect(change(by, standing)).toMatch(says))
  test.each([
    ['is at the minimum', -1, { reachableMembers: 1001 }],
    ['grows and is still below', 10, { reachableMembers: 500 }],
    ['changes without a difference', 0, { reachableMembers: 500 }],
    ['is new: that is for the guard', -1, { firstSync: true }],
  ])('%s: none', (_, by, standing) => expect(change(by, standing)).toBeNull())
})

test('a guard says its share in per cent, to a tenth, and both figures', () => {
  const measured = { ...quiet, emptied: 333 }
  expect(deltaGuards(activation(), tiktokAds, measured, settled)[0]).toMatch(
    /^33\.3 % of the members .*333 of 1000; guards\.max_removed_share is 0\.3\)$/,
  )
  const [nullKeys] = segmentGuards(activation(), { rows: 1000, nullKeys: 25, changed: 0 })
  expect(nullKeys).toMatch(/^2\.5 % of the rows .*25 of 1000/)
})
