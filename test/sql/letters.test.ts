import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { invisible } from '../../sql/invisible.ts'
import { compatibility, letters, notNfc, wrongEncoding } from '../../sql/letters.ts'
import { noDigests, nothings } from '../../sql/nobody.ts'

/** Against the Unicode tables of Node, every code point there is. */
const one = (inside: string) => new RegExp(`^[${inside}]$`, 'u')
const everyCharacter = Array.from({ length: 0x110000 }, (_, n) => n)
  .filter((n) => n < 0xd800 || n > 0xdfff)
  .map((n) => String.fromCodePoint(n))
const shown = (characters: readonly string[]) => characters.map((c) => `U+${c.codePointAt(0)?.toString(16)}`)

const isLetter = one(letters)
const isInvisible = one(invisible)
const isCompatible = one(compatibility)
const isNotNfc = new RegExp(notNfc, 'u')

/** What an address may have beyond ASCII. */
const taken = everyCharacter.filter(
  (c) => isLetter.test(c) && !isInvisible.test(c) && !isCompatible.test(c) && !isNotNfc.test(c),
)

test('invisible is what Unicode ignores or calls a format, a Braille blank and an object', () => {
  const missed = everyCharacter.filter(
    (c) => /[\p{Default_Ignorable_Code_Point}\p{Cf}\u2800\ufffc]/u.test(c) !== isInvisible.test(c),
  )
  expect(shown(missed)).toEqual([])
})

test('no letter that is taken stands for others, but for five that people write every day', () => {
  const everyday = ['\u0587', '\u0e33', '\u0eb3', '\u0edc', '\u0edd']
  expect(shown(taken.filter((c) => c.normalize('NFKC') !== c))).toEqual(shown(everyday))
})

test('every letter that stands for others is told by its reason', () => {
  const told = everyCharacter.filter((c) => /\p{L}|\p{N}/u.test(c) && c.normalize('NFKC') !== c)
  const missed = told.filter((c) => !isCompatible.test(c) && !isNotNfc.test(c) && !isInvisible.test(c) && c > '\u07ff')
  expect(shown(missed.filter((c) => isLetter.test(c)))).toEqual(shown(['\u0e33', '\u0eb3', '\u0edc', '\u0edd']))
})

test('no text of letters that are taken is another one in NFC', () => {
  const marks = taken.filter((c) => /\p{M}/u.test(c))
  // Whatever NFC joins is a letter or a mark and a mark, or Hangul, of which the parts are not taken.
  const pairs = taken.flatMap((c) => {
    const parts = [...c.normalize('NFD')]
    const [first, ...rest] = [parts.slice(0, -1).join('').normalize('NFC'), parts.at(-1) ?? '']
    return parts.length === 1 ? [] : [`${first}${rest.join('')}`]
  })
  expect(pairs.length).toBeGreaterThan(10_000)
  const joined = pairs.filter((text) => !isNotNfc.test(text))
  expect(joined).toEqual([])
  const disordered = marks.flatMap((a) =>
    marks.map((b) => `\u2c31${a}${b}`).filter((text) => !isNotNfc.test(text) && text.normalize('NFC') !== text),
  )
  expect(disordered).toEqual([])
})

test('what people write in NFC is taken', () => {
  const words = [
    'josé',
    'müller',
    'żółć',
    'почта',
    'й',
    'ελληνικά',
    'δοκιμή',
    'नमस्ते',
    'बाज़ार',
    'ดี',
    'น้ำ',
    'ผู้ใช้',
    'ລາວ',
    'வணக்கம்',
    'বাংলা',
    'తెలుగు',
    'ಕನ್ನಡ',
    'മലയാളം',
    'සිංහල',
    'မြန်မာ',
    'ខ្មែរ',
    'ქართული',
    'հայերեն',
    'עברית',
    'العربية',
    'فارسی',
    '用户',
    'ひらがな',
    'カタカナ',
    '한국어',
    'አማርኛ',
    'tiếng',
    'việt',
  ].map((word) => word.normalize('NFC'))
  const refused = words.filter(
    (word) =>
      isNotNfc.test(word) ||
      new RegExp(wrongEncoding, 'u').test(word) ||
      [...word].some((c) => c > '~' && !taken.includes(c)),
  )
  expect(refused).toEqual([])
})

test('digests of nothing are those of their texts, each once', () => {
  const digest = (algorithm: string, text: string) =>
    createHash(algorithm).update(text, 'utf8').digest('hex').slice(0, 32)
  expect(nothings.map(([text]) => [text, digest('sha256', text), digest('sha512', text)])).toEqual(nothings)
  const texts = nothings.map(([text]) => text)
  expect(new Set(texts).size).toBe(texts.length)
  expect(new Set(noDigests).size).toBe(18)
  expect(noDigests.every((digits) => /^[0-9a-f]{32}$/.test(digits))).toBe(true)
  const zeros = '00000000-0000-0000-0000-000000000000'
  const words = ['null', 'nan', 'none', 'undefined', 'n/a', 'na', 'unknown', 'true', 'false', zeros, 'ffffffffffffffff']
  const wanted = [
    '',
    ' ',
    '  ',
    '\n',
    '-',
    '+',
    '0',
    zeros.replaceAll('-', ''),
    ...words,
    ...words.map((w) => w.toUpperCase()),
  ]
  expect(wanted.filter((text) => !texts.includes(text) && text !== 'FFFFFFFFFFFFFFFF')).toEqual([])
})
