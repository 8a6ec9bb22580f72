/*
 * Letters beyond ASCII, as insides of classes of regular expressions (what they stand for in Unicode's tables: test/sql/letters.test.ts).
 */

/** Where letters, marks and digits are: XML's name characters without punctuation, blanks, look-alikes of ASCII and emoji. */
export const letters =
  '\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u2c00-\u2def\u3005-\u3130\u31a0-\u31bf\u31f0-\u31ff\u3400-\ud7ff\u{20000}-\u{2f7ff}\u{30000}-\u{3347f}'

/**
 * Letters that only stand for others (NFKC): ligatures (ﬁ), full width, superscripts, circled, Roman and mathematical ones,
 * presentation forms. Not five that people write every day: Armenian և, Thai and Lao am, Lao ho no and ho mo.
 */
export const compatibility =
  '\u00aa\u00b2\u00b3\u00b5\u00b9\u00ba\u0132\u0133\u013f\u0140\u0149\u017f\u01c4-\u01cc\u01f1-\u01f3\u02b0-\u02b8\u02d8-\u02dd\u02e0-\u02e4\u037a\u0384\u0385\u03d0-\u03d6\u03f0-\u03f2\u03f4\u03f5\u03f9\u0675-\u0678\u0f0c\u0f77\u0f79\u10fc\u1d2c-\u1d6a\u1d78\u1d9b-\u1dbf\u1e9a\u1e9b\u1fbd\u1fbf-\u1fc1\u1fcd-\u1fcf\u1fdd-\u1fdf\u1fed\u1ffe\u2070-\u209c\u2100-\u218b\u2460-\u24ff\u2c7c\u2c7d\u2d6f\u3036\u3038-\u303a\u309b\u309c\u309f\u30ff\u3131-\u318e\u3192-\u319f\u3200-\u33ff\ua69c\ua69d\ua770\ua7f1-\ua7f4\ua7f8\ua7f9\uab5c-\uab5f\uab69\uf900-\ufdff\ufe70-\ufefc\uff01-\uffee\u{10780}-\u{107ba}\u{1ccd6}-\u{1ccf9}\u{1d400}-\u{1d7ff}\u{1e030}-\u{1e06d}\u{1ee00}-\u{1eeff}\u{1f100}-\u{1f2ff}\u{1fbf0}-\u{1fbf9}\u{2f800}-\u{2fa1f}'

/** Letters that NFC writes otherwise, and conjoining Hangul. */
const rewritten =
  '\u0340\u0341\u0343\u0344\u0374\u0387\u0958-\u095f\u09dc\u09dd\u09df\u0a33\u0a36\u0a59-\u0a5b\u0a5e\u0b5c\u0b5d\u0f43\u0f4d\u0f52\u0f57\u0f5c\u0f69\u0f73\u0f75\u0f76\u0f78\u0f81\u0f93\u0f9d\u0fa2\u0fa7\u0fac\u0fb9\u1100-\u11ff\u1f71\u1f73\u1f75\u1f77\u1f79\u1f7b\u1f7d\u1fbb\u1fbe\u1fc9\u1fcb\u1fd3\u1fdb\u1fe3\u1feb\u1fee\u1fef\u1ff9\u1ffb\u1ffd'

/**
 * Marks that NFC joins with a letter or puts into an order: accents of Latin, Greek and Cyrillic, points of Hebrew, vowels
 * of Arabic and Syriac, voice marks of Japanese, and those of scripts in which hardly anybody has an address.
 */
const marks =
  '\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u07fd\u0816-\u082d\u0859-\u085b\u0897-\u089f\u08ca-\u08ff\u0951-\u0954\u09fe\u0f18-\u0fc6\u108d\u135d-\u135f\u1714\u1715\u1734\u17dd\u18a9\u1939-\u193b\u1a17\u1a18\u1a60-\u1a7f\u1ab0-\u1aff\u1b34-\u1b44\u1b6b-\u1b73\u1baa\u1bab\u1be6-\u1bf3\u1c37\u1cd0-\u1cf9\u1dc0-\u1dff\u2cef-\u2cf1\u2d7f\u2de0-\u2dff\u302a-\u302f\u3099\u309a\ua66f-\ua67d\ua69e\ua69f\ua6f0\ua6f1\ua806\ua82c\ua8c4\ua8e0-\ua8f1\ua92b-\ua92d\ua953\ua9b3\ua9c0\uaab0-\uaac1\uaaf6\uabed'

const nukta = '\u093c\u09bc\u0a3c\u0abc\u0b3c\u0c3c\u0cbc\u1037'
const virama = '\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u1039\u103a\u17d2'
/** In the order in which NFC has them. */
const above = ['\u0c55', '\u0c56', '\u0e38\u0e39', '\u0e48-\u0e4b', '\u0eb8\u0eb9', '\u0ec8-\u0ecb'] as const

/** Two marks in another order than NFC has: `[later][earlier]`. */
const disorder = [nukta, virama, ...above].flatMap((first, i, all) => {
  const later = all.slice(i + 1).join('')
  return later === '' ? [] : [`[${later}][${first}]`]
})

/** Two that NFC joins. */
const joined = [
  '[\u0928\u0930\u0933]\u093c',
  '\u09c7[\u09be\u09d7]',
  '\u0b47[\u0b3e\u0b56\u0b57]',
  '[\u0b92\u0bc6\u0bc7][\u0bbe\u0bd7]',
  '\u0c46\u0c56',
  '[\u0cbf\u0cc6\u0cca][\u0cc2\u0cd5\u0cd6]',
  '[\u0d46\u0d47][\u0d3e\u0d57]',
  '[\u0dd9\u0ddc][\u0dca\u0dcf\u0ddf]',
  '\u1025\u102e',
]

/**
 * Text that is not in NFC, or of which it would take a table to tell. Not every warehouse can make NFC of a text, so it is
 * refused and not rewritten: all of them refuse the same.
 */
export const notNfc = [`[${rewritten}${marks}]`, ...disorder, ...joined].join('|')

/** UTF-8 that was read as Latin-1 or Windows-1252, of what is in `letters`, and what was lost for good (U+FFFD). */
export const wrongEncoding = [
  '\ufffd',
  // A no-break space became two letters, and the second of them was trimmed.
  '^[ÂÃ]',
  '[ÂÃâã]$',
  '[\u00c2-\u00f4][\u0080-\u00bf]',
  '[ÂÃÐÑâãðñ][ŠŒŽšœžŸƒˆ˜]',
  'â€',
].join('|')
