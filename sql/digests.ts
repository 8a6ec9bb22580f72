import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { noDigests, nothings } from './nobody.ts'
import type { Verdict } from './rule.ts'

/** Why a digest is refused. */
export const digestReasons = [
  'invalid_sha256',
  'invalid_sha512',
  'digest_of_nothing',
  'digest_as_bytea_text',
  'unreadable_digest',
] as const

/** How many hex digits a digest has. */
export type Digits = 64 | 128

export const isDigest = (dialect: Dialect, text: RawBuilder<unknown>, digits: Digits): RawBuilder<unknown> =>
  sql`length(${text}) = ${sql.lit(digits)} and ${dialect.matches(text, `^[0-9a-fA-F]{${digits}}$`)}`

/** Half of a SHA-256 digest is enough: that another one begins so has a chance of 1 in 10^36. */
const compared = 32

/** Of a text that is a digest. */
export const isOfNothing = (dialect: Dialect, text: RawBuilder<unknown>, digits: Digits): RawBuilder<unknown> =>
  dialect.isOneOf(dialect.lowerAscii(sql`substr(${text}, 1, ${sql.lit(compared)})`), [
    ...nothings.map(([, sha256, sha512]) => (digits === 64 ? sha256 : sha512)),
    ...noDigests,
  ])

const prefixed = '^(0[xX]|[sS][hH][aA]-?[0-9]+[:=$]|[mM][dD]5[:=$])[0-9a-fA-F]+$'
const otherLengths = '^([0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128})$'
const base64 = '^([a-zA-Z0-9+/_-]{43}=|[a-zA-Z0-9+/_-]{86}==)$'

/** What is meant as a digest and is none. `md5`: are 32 hex digits nothing else? */
export const misread = (dialect: Dialect, text: RawBuilder<unknown>, md5: boolean): readonly Verdict[] => {
  const long = sql`length(${text}) >= 32`
  const has = (pattern: string) => dialect.matches(text, pattern)
  const forms = [prefixed, otherLengths, base64, ...(md5 ? ['^[0-9a-fA-F]{32}$'] : [])]
  return [
    {
      when: sql`${long} and substr(${text}, 1, 2) = ${sql.lit('\\x')} and ${dialect.matches(sql`substr(${text}, 3)`, '^[0-9a-fA-F]+$')}`,
      reason: 'digest_as_bytea_text',
    },
    { when: sql`${long} and (${sql.join(forms.map(has), sql` or `)})`, reason: 'unreadable_digest' },
  ]
}
