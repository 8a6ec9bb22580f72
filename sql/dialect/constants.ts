import { type RawBuilder, sql } from 'kysely'

/**
 * Our own constants (patterns, lists of characters) go into the text of a statement and not into its parameters: some
 * warehouses prepare a regular expression once only where it is a literal. Never used on values from outside. What is not
 * printable ASCII is written by its number, so that a printed statement shows it.
 */
const notShown = /[^ -~]/gu

/** A text, put together from literals and `chr(n)` by what the dialect concatenates with. */
export const spelled = (
  text: string,
  concat: (parts: readonly RawBuilder<unknown>[]) => RawBuilder<unknown>,
): RawBuilder<unknown> => {
  const parts = (text.match(/[ -~]+|[^ -~]/gu) ?? ['']).map((part) =>
    /^[ -~]*$/.test(part) ? sql.lit(part) : sql`chr(${sql.lit(part.codePointAt(0))})`,
  )
  return parts.length === 1 ? sql`${parts[0]}` : concat(parts)
}

const hexOf = (character: string): string => (character.codePointAt(0) ?? 0).toString(16)

/** `\x{e9}`, as RE2 reads it in a pattern. */
export const bracedCodePoint = (character: string): string => `\\x{${hexOf(character)}}`
export const bracedCodePoints = (text: string): string => text.replace(notShown, bracedCodePoint)

/** `\u00e9` and `\U0001f600`, as PostgreSQL reads them in a pattern and GoogleSQL in a text. */
export const codePoints = (text: string): string =>
  text.replace(notShown, (character) => {
    const hex = hexOf(character)
    return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
  })
