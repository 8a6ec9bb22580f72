/*
 * Values that look right, or nearly, and are nobody's; and values beside them that are somebody's. Each with what becomes of
 * it, by hand: a reason, or the text that is hashed.
 */
type Rows = readonly (readonly [input: string, outcome: string])[]

const invisibleInside: Rows = [
  'ja\u200bne@example.com',
  'ja\u200cne@example.com',
  'ja\u200dne@example.com',
  'ja\u00adne@example.com',
  'jane\u034f@example.com',
  'jane@\u061cexample.com',
  'jane@exam\u2060ple.com',
  'jane@example\u3164.com',
  'jane\ufe0f@example.com',
  'jane\u{e0041}@example.com',
  'jane\u{e01ef}@example.com',
  'jane@example.\u180bcom',
  // Between joiners that a script needs, too: with and without them look alike.
  '\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645@example.ir',
].map((value) => [value, 'invisible_character'] as const)

const invisibleAtTheEnds: Rows = [
  '\u061cjane@example.com',
  'jane@example.com\u3164',
  '\u115f\u1160jane@example.com\uffa0',
  'jane@example.com\u034f',
  '\u0600jane@example.com',
  ' \u200e jane@example.com \u200f\u00a0\u2069',
  '\u2060\u2066jane@example.com',
  '\ufffcjane@example.com\u2800',
  'jane@example.com\ufe0f',
  '\u{e0001}jane@example.com\u{e007f}',
  '\u{13430}jane@example.com\u{1d173}',
  '\u00adJane@Example.com\u180b\u180e',
].map((value) => [value, 'jane@example.com'] as const)

/** Both are `jane`, or nothing, with a sign of something else before it. */
const strayCharacters: Rows = [
  ...[..."'=`{|}~*#!?/^&$%+-"].map((sign) => [`${sign}jane@example.com`, 'stray_character'] as const),
  ["'jane@example.com'", 'stray_character'],
  ["jane'@example.com", 'stray_character'],
  ['jane*@example.com', 'stray_character'],
  ['{jane@example.com}', 'stray_character'],
  ["'josé@example.es", 'stray_character'],
]

export const strangeEmails: Rows = [
  ...invisibleInside,
  ...invisibleAtTheEnds,
  ...strayCharacters,
  ["o'brien@example.com", "o'brien@example.com"],
  ["d'arc-o'neil@example.museum", "d'arc-o'neil@example.museum"],
  ['jane{1}x|y`z=a@example.com', 'jane{1}x|y`z=a@example.com'],
  ['jane+@example.com', 'jane+@example.com'],
  ['jane-@example.com', 'jane-@example.com'],

  ['jane%20@example.com', 'escaped_character'],
  ['%20jane@example.com', 'escaped_character'],
  ['jane%2Bnews@example.com', 'escaped_character'],
  ['jane%40example.com', 'escaped_character'],
  ['jane@example.com%0A', 'escaped_character'],
  ['jane&#64;example.com', 'escaped_character'],
  ['o&apos;brien@example.ie', 'escaped_character'],
  ['jane@example.com\\r\\n', 'escaped_character'],
  ['\\u003cjane@example.com', 'escaped_character'],
  ['50%off@example.com', '50%off@example.com'],

  ['o\ufb03ce@example.com', 'compatibility_letter'],
  ['ja\ufb01@example.com', 'compatibility_letter'],
  ['\uff4aane@example.com', 'compatibility_letter'],
  ['jane@example\uff0ecom', 'compatibility_letter'],
  ['jane\u00b2@example.com', 'compatibility_letter'],
  ['jane\u2082@example.com', 'compatibility_letter'],
  ['jane\u2460@example.com', 'compatibility_letter'],
  ['\u{1d4a5}ane@example.com', 'compatibility_letter'],
  ['\u1d34ans@example.com', 'compatibility_letter'],
  ['jane\u2011roe@example.com', 'invalid_email'],
  // Everyday letters of Thai and Armenian, whatever NFKC makes of them.
  ['\u0e19\u0e49\u0e33@example.com', '\u0e19\u0e49\u0e33@example.com'],
  ['\u0561\u0576\u0587@example.com', '\u0561\u0576\u0587@example.com'],

  ['jose\u0301@example.es', 'not_nfc'],
  ['jane@example.co\u0301m', 'not_nfc'],
  ['jane@example.com\u0301', 'not_nfc'],
  ['jane@BU\u0308CHER.ch', 'not_nfc'],
  ['\u03ac\u1f71@example.gr', 'not_nfc'],
  ['\u304b\u3099@example.jp', 'not_nfc'],
  ['\u1112\u1161\u11ab@example.kr', 'not_nfc'],
  // Thai: the tone before the vowel below.
  ['\u0e01\u0e49\u0e38@example.com', 'not_nfc'],
  ['\u0e01\u0e38\u0e49@example.com', '\u0e01\u0e38\u0e49@example.com'],
  ['\u0928\u093c@example.in', 'not_nfc'],
  ['\u0915\u093c\u094d@example.in', '\u0915\u093c\u094d@example.in'],
  ['\u0915\u094d\u093c@example.in', 'not_nfc'],
  ['\u0995\u09be\u0995\u09c7@example.com', '\u0995\u09be\u0995\u09c7@example.com'],
  ['\u0995\u09c7\u09be@example.com', 'not_nfc'],
  ['\ud55c\uae00@example.kr', '\ud55c\uae00@example.kr'],

  ['\u00c2jane@example.com', 'wrong_encoding'],
  ['jane@example.com\u00c2', 'wrong_encoding'],
  ['jane@example.com\u00e2\u00a0', 'wrong_encoding'],
  ['\u00c3\u201a jane@example.com', 'wrong_encoding'],
  ['\u00e2\u20ac\u2039jane@example.com', 'wrong_encoding'],
  ['\u00ef\u00bb\u00bfjane@example.com', 'wrong_encoding'],
  ['jos\u00c3\u00a9@example.es', 'wrong_encoding'],
  ['M\u00c3\u0153LLER@example.de', 'wrong_encoding'],
  ['jane@example.com\ufffd', 'wrong_encoding'],
  ['ja\ufffdne@example.com', 'wrong_encoding'],
  ['m\u00e2le@example.fr', 'm\u00e2le@example.fr'],
  ['d\u00e9\u0161\u0165@example.sk', 'd\u00e9\u0161\u0165@example.sk'],

  ['jane@example.invalid', 'reserved_domain'],
  ['jane@example.com.invalid', 'reserved_domain'],
  ['Jane@Example.Test', 'reserved_domain'],
  ['jane@shop.example', 'reserved_domain'],
  ['jane@localhost', 'reserved_domain'],
  ['jane@my.localhost', 'reserved_domain'],
  ['root@localhost.localdomain', 'reserved_domain'],
  ['jane@printer.local', 'reserved_domain'],
  ['jane@facebookcorewwwi.onion', 'reserved_domain'],
  ['jane@files.internal', 'reserved_domain'],
  ['jane@name.alt', 'reserved_domain'],
  ['jane@b\u00fccher.example', 'reserved_domain'],
  ['jane=example.net@example.com', 'reserved_domain'],
  ['jane@example.net', 'jane@example.net'],
  ['jane@test.com', 'jane@test.com'],
  ['jane@invalid.org', 'jane@invalid.org'],
  ['jane@example.co', 'jane@example.co'],
  ['jane@example.con', 'jane@example.con'],
  ['jane@example.art', 'jane@example.art'],
  ['jane@example.testing', 'jane@example.testing'],
]

/** `printf 'jane@example.com' | sha256sum`, and other digests of it. */
const hex = '8c87b489ce35cf2e2f39f80e282cb2e804932a56a213983eeeb428407d43b52d'

/** `printf '' | sha512sum` */
export const longOfNothing =
  'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e'

/** SHA-256 of the empty text, a blank, `null`, `None` and a line feed (`sha256sum`); one digit, and two examples. */
export const nothingsAsDigests: Rows = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855',
  ' e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n',
  '36a9e7f1c95b82ffb99743e0c5c4ce95d83c9a430aac59f84ef3cbfab6145068',
  '74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b',
  'dc937b59892604f5a86ac96936cd7ff09e25f18ae6b758e8014a24c7fa039e91',
  '01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b',
  ...Array.from('0123456789abcdefF', (digit) => digit.repeat(64)),
  '0123456789abcdef'.repeat(4),
  'deadbeef'.repeat(8),
].map((value) => [value, 'digest_of_nothing'] as const)

export const strangeDigests: Rows = [
  ...nothingsAsDigests,
  [`\\x${hex}`, 'digest_as_bytea_text'],
  [` \\x${hex.toUpperCase()} `, 'digest_as_bytea_text'],
  [`0x${hex}`, 'unreadable_digest'],
  [`0X${hex}`, 'unreadable_digest'],
  [`sha256:${hex}`, 'unreadable_digest'],
  [`SHA-256=${hex}`, 'unreadable_digest'],
  [hex.slice(0, 32), 'unreadable_digest'],
  [hex.slice(0, 40), 'unreadable_digest'],
  [hex.repeat(2), 'unreadable_digest'],
  [Buffer.from(hex, 'hex').toString('base64'), 'unreadable_digest'],
  [Buffer.from(hex, 'hex').toString('base64').replaceAll('/', '_'), 'unreadable_digest'],
]

export const strangeDeviceIds: Rows = [
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', 'device_id_of_nobody'],
  ['FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF', 'device_id_of_nobody'],
  ['FfffFfff-ffff-ffff-ffff-ffffffffffff', 'device_id_of_nobody'],
  ['11111111-1111-1111-1111-111111111111', 'device_id_of_nobody'],
  ['0'.repeat(32), 'device_id_of_nobody'],
  ['f'.repeat(16), 'device_id_of_nobody'],
  ['\u200e00000000-0000-0000-0000-000000000000', 'device_id_of_nobody'],
  ['00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000001'],
  ['\u200eAEBE52E7-03EE-455A-B3C4-E57283966239\u3164', 'aebe52e7-03ee-455a-b3c4-e57283966239'],
  ['0', 'invalid_device_id'],
  ['null', 'invalid_device_id'],
  ['----------------', 'invalid_device_id'],
  ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'digest_of_nothing'],
]

export const strangeHandles: Rows = [
  ...['null', 'NULL', '@None', 'nan', 'NaN', 'undefined', 'n_a', 'NA', 'False', '@true', 'unknown', '0', ' null '].map(
    (value) => [value, 'handle_of_nobody'] as const,
  ),
  ['nullable', 'nullable'],
  ['@na_', 'na_'],
  ['ul', 'ul'],
  ['null none', 'invalid_handle'],
  ['@@null', 'invalid_handle'],
  ['@janeroe\u200f', 'janeroe'],
  ['jane\u200droe', 'invalid_handle'],
]
