import { sql } from 'kysely'
import type { Dialect } from '../dialect/dialect.ts'
import type { Sql } from '../scope.ts'
import { isRepeatedDigit, isWithdrawn } from './e164.ts'
import { nationalLengths, plusCodes } from './plans.ts'

/** Why a phone number is refused, in the words of libphonenumber where it has one. What each means: `connector/rejection-reasons.ts`. */
export const phoneReasons = [
  'not_a_number',
  'several_numbers',
  'unknown_country',
  'invalid_country_calling_code',
  'too_short',
  'too_long',
  'invalid_length',
  'made_up_number',
  'withdrawn_number',
  'invalid_phone',
] as const
export type PhoneReason = (typeof phoneReasons)[number]

/** What begins so is only the number that X hashes on its pages, and taken with its calling code. */
const sampleStart = '+1123%'

/** Is it one that people make up, `123-456-7890`? */
const isMadeUp = (number: Sql, international: Sql): Sql =>
  sql`${international} like ${sql.lit(sampleStart)} and ${number} not like '+%'`

type Refusal = { readonly when: Sql; readonly reason: PhoneReason }

/** Why a number that begins as numbers do is not sent. `international`: how it is read, without a trunk prefix. */
export const exceptions = (dialect: Dialect, number: Sql, international: Sql): readonly Refusal[] => [
  { when: isRepeatedDigit(dialect, international), reason: 'made_up_number' },
  { when: isMadeUp(number, international), reason: 'made_up_number' },
  { when: isWithdrawn(dialect, international), reason: 'withdrawn_number' },
]

/** Why any other number is refused: the first that holds counts. */
export function refusals(dialect: Dialect, number: Sql, international: Sql): readonly Refusal[] {
  return [
    { when: sql`${number} like '%/%' and ${dialect.matches(number, '^[^0-9]*[0-9]')}`, reason: 'several_numbers' },
    { when: sql`not ${dialect.matches(number, '^[+]?[0-9]+$')}`, reason: 'not_a_number' },
    { when: sql`${international} is null`, reason: 'unknown_country' },
    { when: sql`not ${dialect.startsWithOneOf(international, plusCodes)}`, reason: 'invalid_country_calling_code' },
    {
      when: anyOf(dialect, international, shortest, (limit) => sql`length(${international}) < ${limit}`),
      reason: 'too_short',
    },
    {
      when: anyOf(dialect, international, longest, (limit) => sql`length(${international}) > ${limit}`),
      reason: 'too_long',
    },
    {
      when: anyOf(dialect, international, gaps, (length) => sql`length(${international}) = ${length}`),
      reason: 'invalid_length',
    },
    { when: sql`1 = 1`, reason: 'invalid_phone' },
  ]
}

/** Characters of a number with its `+`, and the calling codes of which that is the limit. */
interface LengthOfCodes {
  readonly characters: number
  readonly plusCodes: readonly string[]
}

const plans = [...nationalLengths].map(([code, lengths]) => {
  const characters = lengths.map((length) => 1 + code.length + length)
  return { plusCode: `+${code}`, characters, shortest: Math.min(...characters), longest: Math.max(...characters) }
})
const byLength = (all: readonly { readonly plusCode: string; readonly length: number }[]): readonly LengthOfCodes[] =>
  [...Map.groupBy(all, ({ length }) => length)].map(([characters, group]) => ({
    characters,
    plusCodes: group.map(({ plusCode }) => plusCode),
  }))
const shortest = byLength(plans.map(({ plusCode, shortest: length }) => ({ plusCode, length })))
const longest = byLength(plans.map(({ plusCode, longest: length }) => ({ plusCode, length })))
/** Lengths that a calling code does not have, between two that it has. */
const gaps = byLength(
  plans.flatMap(({ plusCode, characters, shortest: from, longest: to }) =>
    Array.from({ length: to - from }, (_, i) => ({ plusCode, length: from + i })).filter(
      ({ length }) => !characters.includes(length),
    ),
  ),
)

const anyOf = (dialect: Dialect, number: Sql, limits: readonly LengthOfCodes[], fails: (limit: Sql) => Sql): Sql =>
  sql`(${sql.join(
    limits.map(
      ({ characters, plusCodes: codes }) =>
        sql`${fails(sql.lit(characters))} and ${dialect.startsWithOneOf(number, codes)}`,
    ),
    sql` or `,
  )})`
