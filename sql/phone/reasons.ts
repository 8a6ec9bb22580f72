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
    { when: beyond(dialect, international, 'shortest'), reason: 'too_short' },
    { when: beyond(dialect, international, 'longest'), reason: 'too_long' },
    { when: between(dialect, international), reason: 'invalid_length' },
    { when: sql`1 = 1`, reason: 'invalid_phone' },
  ]
}

/** Characters of the shortest and the longest number of every calling code, and of those between that there are. */
const plans = [...nationalLengths].map(([code, lengths]) => {
  const characters = lengths.map((length) => 1 + code.length + length)
  return { plusCode: `+${code}`, characters, shortest: Math.min(...characters), longest: Math.max(...characters) }
})

function beyond(dialect: Dialect, number: Sql, limit: 'shortest' | 'longest'): Sql {
  const groups = [...Map.groupBy(plans, (plan) => plan[limit])].map(([characters, group]) => {
    const starts = dialect.startsWithOneOf(
      number,
      group.map(({ plusCode }) => plusCode),
    )
    const length = sql.lit(characters)
    return sql`${limit === 'shortest' ? sql`length(${number}) < ${length}` : sql`length(${number}) > ${length}`} and ${starts}`
  })
  return sql`(${sql.join(groups, sql` or `)})`
}

/** Lengths that a calling code does not have, between two that it has. */
function between(dialect: Dialect, number: Sql): Sql {
  const gaps = plans.flatMap(({ plusCode, characters, shortest, longest }) =>
    Array.from({ length: longest - shortest }, (_, i) => shortest + i)
      .filter((length) => !characters.includes(length))
      .map((length) => ({ plusCode, length })),
  )
  const lengths = [...Map.groupBy(gaps, ({ length }) => length)].map(([length, group]) => {
    const starts = group.map(({ plusCode }) => plusCode)
    return sql`when ${sql.lit(length)} then ${dialect.startsWithOneOf(number, starts)}`
  })
  return sql`case length(${number}) ${sql.join(lengths, sql` `)} else 1 = 0 end`
}
