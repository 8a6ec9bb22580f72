import { describe, expect, test } from '@jest/globals'
import {
  deltaGuards,
  enforceGuards,
  type Judgement,
  type LedgerStanding,
  nearness,
  segmentGuards,
  sentences,
  shrinking,
} from '../../connector/activation/guards.ts'
import type { DeltaMeasures, FieldMeasures } from '../../connector/activation/measures.ts'
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
const mapped = [
  { field: 'email', column: 'mail' },
  { field: 'phone', column: 'tel' },
]
const activation = (over: Partial<typeof guards> = {}): Activation =>
  ({ name: 'vip.x', segment: { name: 'vip' }, fields: mapped, guards: { ...guards, ...over } }) as unknown as Activation
/** Values of a field, and how many of them are rejected by which reason. */
const values = (field: string, checked: number, reasons: Record<string, number> = {}): FieldMeasures => ({
  field,
  checked,
  rejected: Object.values(reasons).reduce((sum, n) => sum + n, 0),
  reasons,
  held: {},
})
const quiet: DeltaMeasures = {
  severalRows: 0,
  emptied: 0,
  touched: 0,
  segmentMembersChange: 0,
  reachableMembersChange: 0,
  fields: [],
  rejections: {},
  holds: {},
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
    expect(sentences(segmentGuards(activation(over), { ...measured, changed: 0 }))).toHaveLength(trips),
  )
})

describe('guards on the delta', () => {
  const trips = (
    measured: Partial<DeltaMeasures>,
    standing: Partial<LedgerStanding> = {},
    over: Partial<typeof guards> = {},
  ) => sentences(deltaGuards(activation(over), tiktokAds, { ...quiet, ...measured }, { ...settled, ...standing }))
  test.each([
    ['301 of 1000 members emptied', { emptied: 301 }, {}, 'max_removed_share'],
    ['300 of 1000 members emptied', { emptied: 300 }, {}, null],
    ['all of 99 members emptied', { emptied: 99 }, { ledgerMembers: 99 }, null],
    ['501 of 1000 touched', { touched: 501 }, {}, 'max_touched_share'],
    ['501 of 1000 touched by --full', { touched: 501 }, { full: true }, null],
    ['301 of 1000 emptied by --full', { emptied: 301 }, { full: true }, 'max_removed_share'],
    ['51 of 100 values rejected', { fields: [values('email', 100, { a: 51 })] }, {}, 'max_rejected_share'],
    ['50 of 100 values rejected', { fields: [values('email', 100, { a: 50 })] }, {}, null],
    ['99 of 99 values of a field rejected', { fields: [values('email', 99, { a: 99 })] }, {}, null],
    [
      'one dead field of two',
      { fields: [values('email', 1510), values('phone', 100, { a: 51 })] },
      {},
      'max_rejected_share',
    ],
    [
      'too many identifiers belong to no field',
      { fields: [values('email', 150)], rejections: { too_many_identifiers: 101 } },
      {},
      'max_rejected_share',
    ],
    ['NULL keys are not values', { fields: [values('email', 100)], rejections: { null_member_key: 99 } }, {}, null],
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

const stopOf = (judgement: Judgement, command?: string): RunStopped => {
  try {
    enforceGuards(activation(), judgement, false, command)
  } catch (error) {
    if (error instanceof RunStopped) return error
    throw error
  }
  throw new Error('nothing stopped it')
}

describe('the message of a guarded run', () => {
  test('names every guard that tripped, how near the others were, and a whole command', () => {
    const first = { ...settled, ledgerMembers: 0, reachableMembers: 0, firstSync: true }
    const fields = [values('email', 1510), values('phone', 1510, { unknown_country: 1510 })]
    const judgement = deltaGuards(activation(), tiktokAds, { ...quiet, fields, reachableMembersChange: 1510 }, first)
    expect(stopOf(judgement, 'tidemark run vip.x --override-guards --config t.yml')).toMatchObject({
      exit: 65,
      status: 'guarded',
      message:
        'Nothing was sent for vip.x: 100 % of the values of phone were rejected (1510 of 1510; guards.max_rejected_share is 0.5), ' +
        'unknown_country: set default_country, or country: { column: … } where the rows name their country.' +
        ' Other guards: max_rejected_share of email 0 % (at most 50 %), max_rejected_share 50 % (at most 50 %),' +
        ' max_removed_share not counted, 0 being fewer than 100, max_touched_share not counted, 0 being fewer than 100,' +
        ' min_members 1510 (at least 1000).' +
        ' Correct the cause, or let this one run pass: tidemark run vip.x --override-guards --config t.yml',
    })
  })

  test('begins with the likely cause: who is rejected is removed too', () => {
    const fields = [values('email', 1000, { invalid_email: 1000 }), values('phone', 900, { not_a_number: 900 })]
    const judgement = deltaGuards(activation(), tiktokAds, { ...quiet, emptied: 1000, touched: 1000, fields }, settled)
    const said = sentences(judgement)
    expect(said.map((sentence) => sentence.replace(/ \(\d+ of.*/, ''))).toEqual([
      'the columns of email (mail) and phone (tel) look swapped',
      '100 % of the values of email were rejected',
      '100 % of the values of phone were rejected',
      '100 % of all values checked were rejected',
      '100 % of the members in the audience would be removed',
      '100 % of the members in the audience would be removed or added again',
    ])
    expect(stopOf(judgement).message).toContain(said.join('; '))
  })

  test('names rejections below their guard where they explain one that trips', () => {
    const fields = [values('email', 1000, { invalid_email: 400 }), values('phone', 1000, { too_short: 100 })]
    const measured = { ...quiet, fields, emptied: 400 }
    expect(sentences(deltaGuards(activation(), tiktokAds, measured, settled))).toEqual([
      'email: 40 % rejected (400 of 1000 values), invalid_email: look whether the mapped column holds e-mail addresses, one in a value',
      '40 % of the members in the audience would be removed (400 of 1000; guards.max_removed_share is 0.3)',
    ])
    expect(sentences(deltaGuards(activation(), tiktokAds, { ...measured, emptied: 0 }, settled))).toEqual([])
  })

  test.each([
    ['phones that only lack a country', { invalid_email: 900 }, { unknown_country: 900 }],
    ['addresses that are right', {}, { not_a_number: 900 }],
    ['half of the addresses', { invalid_email: 500 }, { not_a_number: 900 }],
  ])('%s are not swapped', (_, email, phone) => {
    const fields = [values('email', 1000, email), values('phone', 1000, phone)]
    expect(deltaGuards(activation(), tiktokAds, { ...quiet, fields }, settled).causes.join()).not.toContain('swapped')
  })

  test('values that too many share count where everybody is looked at', () => {
    const fields = [
      values('email', 1000),
      { ...values('phone', 1000), held: { shared_by_many: 990, 'platform: no': 10 } },
    ]
    const at = (standing: Partial<LedgerStanding>) =>
      sentences(deltaGuards(activation(), tiktokAds, { ...quiet, fields }, { ...settled, ...standing }))
    expect(at({ full: true })).toEqual([
      expect.stringMatching(/^99 % of the values of phone were rejected \(990 of 1000; .*, shared_by_many: write NULL/),
    ])
    // Those who share one are looked at again day by day, and then they are all who are looked at.
    expect(at({})).toEqual([])
  })

  test('overridden, or without a guard that trips, a run goes on', () => {
    const emptied = deltaGuards(activation(), tiktokAds, { ...quiet, emptied: 1000 }, settled)
    expect(stopOf(emptied).message).toMatch(/: tidemark run vip\.x --override-guards$/)
    expect(() => enforceGuards(activation(), emptied, true)).not.toThrow()
    expect(() => enforceGuards(activation(), deltaGuards(activation(), tiktokAds, quiet, settled), false)).not.toThrow()
  })

  test('a guard that looks at all values is silent where there is one field', () => {
    const one = deltaGuards(activation(), tiktokAds, { ...quiet, fields: [values('email', 200)] }, settled)
    expect(one.guards.map(nearness)).toEqual([
      'max_rejected_share of email 0 % (at most 50 %)',
      'max_removed_share 0 % (at most 30 %)',
      'max_touched_share 0 % (at most 50 %)',
    ])
  })
})

test("a first sync that is too small names the platform's rule", () => {
  const first = { ...settled, ledgerMembers: 0, reachableMembers: 0, firstSync: true }
  const [guard] = sentences(deltaGuards(activation(), tiktokAds, { ...quiet, reachableMembersChange: 999 }, first))
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
  expect(sentences(deltaGuards(activation(), tiktokAds, measured, settled))[0]).toMatch(
    /^33\.3 % of the members .*333 of 1000; guards\.max_removed_share is 0\.3\)$/,
  )
  const [nullKeys] = sentences(segmentGuards(activation(), { rows: 1000, nullKeys: 25, changed: 0 }))
  expect(nullKeys).toMatch(/^2\.5 % of the rows .*25 of 1000/)
})
