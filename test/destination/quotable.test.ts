import { describe, expect, test } from '@jest/globals'
import { quotable } from '../../connector/destination/quotable.ts'
import { emailDigest } from './cases.ts'

test.each([
  ['plain words', 'plain words'],
  ['two\n lines\u2028and\ta "quote"', "two lines and a 'quote'"],
  ['\u001b[1;31mred\u001b[0m \u001b]8;;http://a\u0007link', 'red link'],
  [`digest ${emailDigest.toUpperCase()} is bad`, 'digest [masked] is bad'],
  ['mail jo@example.org, or jo%40example.org', 'mail [masked] or [masked]'],
  ['call +4915112345678 now', 'call [masked] now'],
  ['token s3cret-token refused', 'token [masked] refused'],
  ['x'.repeat(300), `${'x'.repeat(199)}…`],
  ['\u202eback\u2066wards\u200b and\ufeff hid\u00adden\u0000', 'backwards and hidden'],
  ['s3cret\u200b-tok\u00aden', '[masked]'],
  // Cut between words, before what follows could lose its end and with it what gives it away.
  [`${'\u001b[0m'.repeat(1019)}see jo.example@example.org`, 'see'],
  ['y'.repeat(1_000_000), ''],
])('quotable %#', (text, expected) => {
  expect(quotable(text, ['s3cret-token', ''])).toBe(expected)
})

test('a secret is masked however a platform spells it', () => {
  const secret = `p%ss"w/r+d'<&>\\=.*$1`
  const spelled = [
    secret,
    secret.toUpperCase(),
    'p%25ss%22w%2Fr%2Bd%27%3C%26%3E%5C%3D.%2A%241',
    'p%25ss%22w%2fr%2bd%27%3c%26%3e%5c%3d.%2a%241',
    'p%2525ss%2522w%252Fr%252Bd%2527%253C%2526%253E%255C%253D.%252A%25241',
    `p%ss\\"w/r+d'<&>\\\\=.*$1`,
    `p%ss\\"w\\/r+d'<&>\\\\=.*$1`,
    `p%ss&quot;w/r+d&#39;&lt;&amp;&gt;\\=.*$1`,
    // printf %s … | base64
    'cCVzcyJ3L3IrZCc8Jj5cPS4qJDE=',
  ]
  for (const form of spelled) expect(quotable(`not ${form} here`, [secret])).toBe('not [masked] here')
})

// To take escapes out costs the square of their number: 32 s for 200 kB of them, and 13 minutes for a megabyte.
test.each(['\u001b]', '\u001b];a', '\u009b', '\u202e', '"', '@ ', 'users[1] '])(
  'a long message holds nobody up: %j',
  (unit) => {
    const start = performance.now()
    expect(quotable(unit.repeat(200_000 / unit.length), ['s3cret-token']).length).toBeLessThanOrEqual(200)
    expect(performance.now() - start).toBeLessThan(10_000)
  },
)

describe('words of a platform', () => {
  test.each<[string, unknown, string]>([
    ['that are no text', 7, ''],
    ['with several control characters in a row', 'a\u0001\u0002\u0003b', 'a b'],
    ['with a short secret', 'the word abcd is one', 'the word [masked] is one'],
    ['with what is too short for a secret', 'the word abc is none', 'the word abc is none'],
    ['with blanks around', '  so it is ', 'so it is'],
    ['with a number that is no phone number', 'code +491511', 'code +491511'],
    ['with an encoded phone number', 'call %2B4915112345678', 'call [masked]'],
    ['with a number in brackets', 'number (+4915112345678) <jo@example.org>', 'number ([masked]) <[masked]>'],
    ['of 200 characters', 'x'.repeat(200), 'x'.repeat(200)],
    ['of 201 characters', 'x'.repeat(201), `${'x'.repeat(199)}…`],
  ])('%s', (_, said, shown) => {
    expect(quotable(said, ['abcd', 'abc'])).toBe(shown)
  })
})
