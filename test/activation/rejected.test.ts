import { describe, expect, test } from '@jest/globals'
import type { FieldMeasures } from '../../connector/activation/measures.ts'
import { muchRejected, rejectedOf } from '../../connector/activation/rejected.ts'

const field = (checked: number, rejected: number, more: Partial<FieldMeasures> = {}): FieldMeasures => ({
  field: 'phone',
  checked,
  rejected,
  reasons: rejected > 0 ? { too_short: rejected } : {},
  held: {},
  ...more,
})

describe('a field is named where more than a tenth of its values is rejected', () => {
  test.each([
    ['a tenth', field(1000, 100), false, false],
    ['more than a tenth', field(1000, 101), false, true],
    ['nothing', field(1000, 0), true, false],
    ['no value at all', field(0, 0), true, false],
    ['nine of a few that changed', field(9, 9), false, false],
    ['ten of a few that changed', field(10, 10), false, true],
    ['one of everybody', field(1, 1), true, true],
  ])('%s', (_, measures, everybody, named) => expect(muchRejected([measures], everybody)).toHaveLength(named ? 1 : 0))
})

describe('what is said of it', () => {
  test('share, figures, reason and way out', () =>
    expect(rejectedOf(field(1510, 1510, { reasons: { unknown_country: 1510 } }), false).message).toBe(
      'phone: 100 % rejected (1510 of 1510 values), unknown_country: set default_country, or country: { column: … } where the rows name their country',
    ))

  test('three reasons with their shares, the most frequent first, and how many more there are', () => {
    const reasons = { too_short: 20, not_a_number: 60, too_long: 10, several_numbers: 5, placeholder: 5 }
    const { message, reason } = rejectedOf(field(200, 100, { reasons }), false)
    expect(reason).toBe('not_a_number')
    expect(message).toMatch(
      /^phone: 50 % rejected \(100 of 200 values\), not_a_number \(30 %\): [^;]+; too_short \(10 %\): [^;]+; too_long \(5 %\): [^;]+; and 2 more reasons$/,
    )
  })

  test('shares are of rows, also where a member has one value in several', () => {
    // 100 rows of 50 members: 25 of them twice without a country, 25 twice too short.
    const { message } = rejectedOf(field(100, 100, { reasons: { unknown_country: 25, too_short: 25 } }), false)
    expect(message).toMatch(
      /^phone: 100 % rejected \(100 of 100 values\), unknown_country \(50 %\): .*; too_short \(50 %\): /,
    )
  })

  test('values that too many share are rejected too, where everybody is looked at', () => {
    const shared = field(100, 10, { held: { shared_by_many: 50, '40001: said no': 40 } })
    expect(rejectedOf(shared, true)).toMatchObject({ rejected: 60, share: 0.6, reason: 'shared_by_many' })
    expect(rejectedOf(shared, false)).toMatchObject({ rejected: 10, share: 0.1, reason: 'too_short' })
  })

  test('a reason that is in no table has a way out as well', () =>
    expect(rejectedOf(field(10, 10, { reasons: { constructor: 10 } }), true).reasons).toBe(
      'constructor: see tidemark.current_rejections',
    ))
})
