import { expect, test } from '@jest/globals'
import { didYouMean, nearest } from '../../connector/config/nearest.ts'

test.each([
  ['emial', ['handle', 'email'], 'email'],
  ['Email', ['handle', 'email'], 'email'],
  ['phone', ['email', 'phone_number'], 'phone_number'],
  ['phone_numbers', ['phone', 'phone_number'], 'phone_number'],
  ['tictok', ['x', 'tiktok'], 'tiktok'],
  ['colour', ['email', 'phone'], undefined],
  ['ab', ['abcdefgh'], undefined],
  ['e'.repeat(65), ['e'.repeat(64)], undefined],
])('%s of %j', (unknown, known, expected) => {
  expect(nearest(unknown, known)).toBe(expected)
})

test('where none is near, all are named', () => {
  expect(didYouMean('colour', ['email', 'phone'])).toBe('known are email, phone')
  expect(didYouMean('colour', [])).toBe('take it out')
})
