import { sql } from 'kysely'
import type { Dialect } from '../dialect/dialect.ts'
import type { Sql } from '../scope.ts'
import { repeatedDigits } from './number-heads.ts'
import { numberHeads, twoCodeNumbers } from './plans.ts'
import { withdrawnNumbers } from './withdrawn.ts'

const withdrawnStarts: readonly string[] = withdrawnNumbers.flatMap(({ starts }) => [...starts])
const withdrawn = `^[+](${withdrawnNumbers.map(({ pattern }) => pattern).join('|')})$`
const sevenAlike = [...'0123456789'].map((digit) => digit.repeat(7))
const repeated = `^[+](${repeatedDigits})$`

/** Is the text `+` and digits? */
const isInternational = (dialect: Dialect, text: Sql): Sql => dialect.matches(text, '^[+][0-9]+$')

/**
 * The short heads: of North America and of the countries with two digits of calling code, where most people live. The
 * others are eight times as many, and each copy of them costs a statement 22 kB on PostgreSQL.
 */
const shortHeads = numberHeads.filter((head) => head.replace(/^1?[0-9]/, '').length <= '336'.length)

/**
 * Of a text of `+` and digits: does it begin as the numbers of its length do? Length and digits are one text: a pattern for
 * each length took DuckDB 14 ms to bind, one for all 8.
 */
const begins = (dialect: Dialect, text: Sql, heads = numberHeads): Sql =>
  dialect.startsWithOneOf(dialect.concat([sql`length(${text}) - 1`, sql`substr(${text}, 2)`]), heads)

const mayBeWithdrawn = (dialect: Dialect, text: Sql): Sql => dialect.startsWithOneOf(text, withdrawnStarts)
const endsAlike = (dialect: Dialect, text: Sql): Sql =>
  dialect.startsWithOneOf(sql`substr(${text}, length(${text}) - 6)`, sevenAlike)

/** Is the text an E.164 number that is sent as it stands, at first sight? Cheap: every value is asked; so some that are, are not. */
export const isCleanNumber = (dialect: Dialect, text: Sql): Sql =>
  sql`${isInternational(dialect, text)}
  and ${begins(dialect, text, shortHeads)}
  and not ${mayBeWithdrawn(dialect, text)}
  and not ${endsAlike(dialect, text)}`

/** Of a text of `+` and digits: was it withdrawn from the plan, so that nobody has it? */
export const isWithdrawn = (dialect: Dialect, text: Sql): Sql =>
  sql`(${mayBeWithdrawn(dialect, text)} and ${dialect.matches(text, withdrawn)})`

/** Of a text of `+` and digits: is it one digit again and again, and in no range? */
export const isRepeatedDigit = (dialect: Dialect, text: Sql): Sql =>
  sql`(${endsAlike(dialect, text)} and ${dialect.matches(text, repeated)})`

/** Is a text of `+` and digits a number that is sent, if it was not withdrawn and is no repeated digit? */
export const isNumber = (dialect: Dialect, text: Sql): Sql => begins(dialect, text)

/**
 * Of a text of `+`, a calling code, the same again and digits: is it a number? Is it none, the second code is the calling
 * code and the number stands behind it. `code`: the only one that it can be.
 */
export const isNumberOfTwoCodes = (dialect: Dialect, text: Sql, code?: string): Sql => {
  const possible = twoCodeNumbers.filter(({ callingCode }) => code === undefined || callingCode === code)
  if (possible.length === 0) return sql`1 = 0`
  const patterns = possible.map(({ callingCode, pattern }) => `${callingCode}(${pattern})`)
  return sql`${dialect.matches(text, `^[+](${patterns.join('|')})$`)} and not ${isWithdrawn(dialect, text)}`
}
