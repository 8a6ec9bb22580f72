import { type RawBuilder, sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { whitespace } from './whitespace.ts'

/**
 * What nobody sees, as the inside of a class of a regular expression: all that Unicode calls `Default_Ignorable_Code_Point`
 * or `Cf` (bidi marks, joiners, variation selectors, Hangul fillers, tags, signs that stand around numbers), the blank
 * Braille pattern and the object replacement character. A test compares it with the Unicode tables of Node.
 */
export const invisible =
  '\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\u{110bd}\u{110cd}\u{13430}-\u{1343f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}'

const ends = `^[${whitespace}${invisible}]+|[${whitespace}${invisible}]+$`

/**
 * A value without blanks and invisible characters at its ends. In most values all is ASCII: those need no more than a trim,
 * which costs a warehouse less than a regular expression.
 */
export const bared = (dialect: Dialect, value: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${dialect.matches(value, '[^\t-\r -~]')} then ${dialect.replaceAll(value, ends, '')} else ${dialect.trim(value, whitespace)} end`
