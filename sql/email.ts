import { sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { invisible } from './invisible.ts'
import { compatibility, letters, notNfc, wrongEncoding } from './letters.ts'
import type { Rule, Verdict } from './rule.ts'

/** Why an e-mail address is refused. */
export const emailReasons = [
  'invalid_email',
  'invisible_character',
  'compatibility_letter',
  'not_nfc',
  'wrong_encoding',
  'escaped_character',
  'stray_character',
  'reserved_domain',
] as const

const address = (local: string, last: string) => {
  const label = '[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?'
  return `^${local}@(${label}[.])+${last}$`
}
const lastLabel = '[a-zA-Z][-a-zA-Z0-9]*[a-zA-Z0-9]'
const signs = "!#$%&'*+/=?^_`{|}~."
const asciiAddress = address(`[a-zA-Z0-9${signs}-]+`, lastLabel)
/**
 * Nothing in them that has to be looked at again: no rare sign, and a top level that is none of `reserved`. The first is asked
 * of every value, so it has no alternatives, which cost PostgreSQL half as much again.
 */
const plainLocal = '[a-zA-Z0-9_.][a-zA-Z0-9_.+-]*'
const plainAddress = address(plainLocal, '[b-zB-Z]?[a-zA-Z][a-zA-Z]')
const longerAddress = address(plainLocal, '([b-df-hjkmnp-su-zB-DF-HJKMNP-SU-Z][a-zA-Z]+|[iI][nN][fF][oO])')
/** Of which characters, and then how they stand: so the long class stands in the text of a statement twice only. */
const anyCharacters = `^[a-zA-Z0-9${signs}${letters}-]+@[a-zA-Z0-9.${letters}-]+$`
const structure = '^[^@]+@([^@.-]([^@.]*[^@.-])?[.])+[^@.0-9-][^@.]*[^@.-]$'
const tooLong = '^[^@]{65}|@([^@]*[.])?[^.@]{64}'

/**
 * RFC 6761 and its registry (Special-Use Domain Names): example, invalid, localhost, test, local (RFC 6762), onion
 * (RFC 7686), alt (RFC 9476); `internal`, which ICANN reserved in 2024, and what a host without a domain calls itself.
 * example.com, .net and .org exist. A Salesforce sandbox writes jane=example.net@example.com.
 */
const reserved =
  '^[^@]+@([^@]*[.])?(example|invalid|localhost|test|local|onion|alt|internal|localdomain)$|=[^@]+[.][^@.]+@example[.]com$'

/** Legal as they all are before an `@`, what begins or ends with them was left over by something else. */
const stray = '^[-+!#$%&\'*/=?^`{|}~][^@ ,;<>"]*@[^@ ,;<>"]+$|[!#$%&\'*/=?^`{|}~]@'
const escaped = '%[0-9a-fA-F]{2}|&#?[a-zA-Z0-9]+;|[\\\\]'

/**
 * X Ads reference 1.5, TikTok 2.5: trim, lower case; dots and `+suffix` stay. Refused: what has not exactly one `@`, a
 * domain of at least two labels (letters, digits, inner hyphens, at most 63; the last no number), 1 to 64 characters
 * before the `@`, at most 254 in all; and whatever may be another text than the one its owner writes (`emailReasons`).
 * Letters beyond ASCII are taken in NFC only, and as they are written (no punycode).
 */
export const email = (dialect: Dialect): Rule => ({
  isClean: (text) => sql`length(${text}) <= 64 and ${dialect.matches(text, plainAddress)}`,
  finish: (text) => dialect.lowerAscii(text),
  judge: (text): readonly Verdict[] => {
    const has = (pattern: string) => dialect.matches(text, pattern)
    const short = sql`length(${text}) <= 254 and not (length(${text}) > 64 and ${has(tooLong)})`
    const isReserved = dialect.matches(dialect.lowerAscii(text), reserved)
    const suspect = sql`${has(`${escaped}|${stray}`)} or ${isReserved}`
    return [
      {
        when: sql`length(${text}) <= 64 and (${has(plainAddress)} or ${has(longerAddress)})`,
        text: dialect.lowerAscii(text),
      },
      { when: sql`${has(asciiAddress)} and ${short} and not (${suspect})`, text: dialect.lowerAscii(text) },
      { when: has(escaped), reason: 'escaped_character' },
      { when: sql`${text} not like '%@%' or length(${text}) > 254`, reason: 'invalid_email' },
      { when: has(stray), reason: 'stray_character' },
      { when: isReserved, reason: 'reserved_domain' },
      // The long classes are for the few in which not all is ASCII.
      { when: has('^[ -~]+$'), reason: 'invalid_email' },
      { when: has(`[${invisible}]`), reason: 'invisible_character' },
      { when: has(wrongEncoding), reason: 'wrong_encoding' },
      { when: has(`[${compatibility}]`), reason: 'compatibility_letter' },
      { when: has(notNfc), reason: 'not_nfc' },
      { when: sql`${has(anyCharacters)} and ${has(structure)} and ${short}`, text: dialect.lower(text) },
      { when: sql`1 = 1`, reason: 'invalid_email' },
    ]
  },
})
