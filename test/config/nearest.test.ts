import { expect, test } from '@jest/globals'
import { candidates, didYouMean } from '../../connector/config/nearest.ts'

test.each([
  ['emial', ['handle', 'email'], 'email'],
  ['Email', ['handle', 'email'], 'email'],
  ['phone', ['email', 'phone_number'], 'phone_number'],
  ['phone_numbers', ['phone', 'phone_number'], 'phone_number'],
  ['tictok', ['x', 'tiktok'], 'tiktok'],
  ['colour', ['email', 'phone'], undefined],
  // The nearest of several, whatever their order.
  ['acount_id', ['account_ids', 'account_id'], 'account_id'],
  // A third of the letters may be wrong, one at least.
  ['acunt_idx', ['account_id'], 'account_id'],
  ['aunt_idxx', ['account_id'], undefined],
  ['eail', ['email'], 'email'],
  ['emiak', ['email'], undefined],
  // Two neighbours that are swapped are one mistake, two that are merely wrong are two.
  ['emxyl', ['email'], undefined],
  ['emxal', ['email'], undefined],
  ['emixl', ['email'], undefined],
  // One begins with the other.
  ['pho', ['phone_number'], 'phone_number'],
  ['phone_number_of_the_shop', ['phone'], 'phone'],
  ['shop_and_phone', ['phone'], undefined],
  [`${'e'.repeat(63)}f`, ['e'.repeat(64)], 'e'.repeat(64)],
  ['ab', ['abcdefgh'], undefined],
  ['e'.repeat(65), ['e'.repeat(64)], undefined],
])('%s of %j', (unknown, known, expected) => {
  expect(candidates(unknown, known)).toEqual(expected === undefined ? [] : [expected])
})

test('the nearest is the way out', () => expect(didYouMean('emial', ['handle', 'email'])).toBe('did you mean email?'))

test('all that may be meant are named, the nearest first, six at most', () => {
  expect(didYouMean('vip.tiktok', ['vip.tiktok2', 'vip.tiktok1', 'all.tiktok'])).toBe(
    'did you mean vip.tiktok2 or vip.tiktok1?',
  )
  expect(didYouMean('high_value', ['low_value.x', 'high_value.x', 'high_value.tiktok', 'high_values.x'])).toBe(
    'did you mean high_value.x, high_value.tiktok or high_values.x?',
  )
  const many = Array.from({ length: 7 }, (_, i) => `vip.x${i}`)
  expect(didYouMean('vip.x', many)).toBe(`did you mean ${many.slice(0, 6).join(', ')}, …?`)
})

test('where none is near, all are named, twenty at most', () => {
  const many = Array.from({ length: 21 }, (_, i) => `k${i}`)
  expect(didYouMean('colour', many.slice(0, 20))).toBe(`known are ${many.slice(0, 20).join(', ')}`)
  expect(didYouMean('colour', many)).toBe(`known are ${many.slice(0, 20).join(', ')}, …`)
  expect(didYouMean('colour', ['email', 'phone'])).toBe('known are email, phone')
  expect(didYouMean('colour', [])).toBe('take it out')
})
