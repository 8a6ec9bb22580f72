import { sql } from 'kysely'
import { type Dialect, forFew } from '../dialect/dialect.ts'
import { invisible } from '../invisible.ts'
import type { Sql } from '../scope.ts'
import { whitespace } from '../whitespace.ts'

/**
 * What people write between, before and behind the digits of a phone number (libphonenumber's lists of punctuation, digits
 * and extensions; the rest from public bug reports, `test/sql/field-values.json`).
 */

/** Full-width, Arabic and eastern Arabic digits and the full-width plus, and what they are in ASCII. */
const digitsOf = (zero: number): string => String.fromCodePoint(...Array.from({ length: 10 }, (_, i) => zero + i))
const foreign = `${digitsOf(0xff10)}${digitsOf(0x0660)}${digitsOf(0x06f0)}\uff0b`
const ascii = `${'0123456789'.repeat(3)}+`

/** Letters beyond ASCII, roughly: text around a number is not passed over, for it may say anything. */
const letters =
  '\u00aa-\u02ff\u0370-\u065f\u066e-\u06ef\u06fa-\u1fff\u2c00-\u2def\u3041-\u30fb\u30fd-\ufdff\uff21-\uff3a\uff41-\uff5a'

const dashes = '\u2010-\u2015\u2212\u30fc\uff0d'
const punctuation = `/.()~\uff0e\uff0f\uff08\uff09\uff3b\uff3d\u2053\u223c\uff5e`
// A bracket first, another one not before a point, and the hyphen last: so no dialect needs an escape.
const separators = `[][${punctuation}${dashes}${whitespace}-]+`
/** What a spreadsheet, a list or a quotation leaves at the ends. */
const atEnds = `${whitespace}'"\u2018\u2019\u201c\u201d\`,;=`

const blank = `[,${whitespace}]*`
const behindLabel = `[:.\uff0e]?[,${whitespace}-]*`
/** `ext. 12`, `extn 12`, `доб 12`, `anexo 12`, `x12`, `#12`, `int 12`, `;ext=12`, `- 12#`, `,,12` at the end. */
const extensions = [
  `;ext=[0-9]{1,20}`,
  `${blank}([eE]?[xX][tT]([eE][nN][sS][iI]([oO]\u0301?|\u00f3)?)?[nN]?|[\u0434\u0414][\u043e\u041e][\u0431\u0411]|[aA][nN][eE][xX][oO])${behindLabel}[0-9]{0,20}#?`,
  `${blank}([xX\uff58]|[iI][nN][tT])${behindLabel}[0-9]{0,9}#?`,
  `${blank}[#\uff03~\uff5e]${behindLabel}[0-9]{1,9}#?`,
  `[- ]+[0-9]{1,6}#`,
  // Of a longer one it is more likely that it is another number.
  `[${whitespace}]*[,;]+${behindLabel}[0-9]{1,6}#?`,
]
const extension = `(${extensions.join('|')})`
/** At the beginning; and all that is no letter, before the digits and behind them. */
const around = `^[tT][eE][lL][:.]?[ ]*|^[^+0-9a-zA-Z${letters}]+|[^0-9#a-zA-Z${letters}]+$`

/** A point leaves out line breaks, which ones depends on the warehouse. */
const anything = '[^\u0001]*'
/** A slash behind two groups of digits, or seven, that are no calling code: `0316 8771 / 8772`. `030/123456` is one number. */
const otherNumber = [
  '[^0-9+/]*([1-9]|0[1-9])[0-9]*([^0-9/]+[0-9]+)+[^0-9/]*/',
  '[^0-9+/]*([1-9]|0[1-9])[0-9]{6,}[^0-9/]*/',
  '[^0-9/]*([+]|00)[^0-9/]*[0-9]+([^0-9/]+0)?[^0-9/]+([1-9]|0[0-9])[0-9]*([^0-9/]+[0-9]+)+[^0-9/]*/',
].map((firstNumber) => `${firstNumber}${anything}[0-9]${anything}`)
/** What stays as it is, for it is no number. */
const whole = [
  // A decimal fraction of zero: a spreadsheet took the number for a quantity. Which digits it ate nobody knows.
  '[+]?[0-9]{5,}[.,]0+',
  ...otherNumber,
  // An extension of no number.
  `[^0-9]*${extension}`,
]
/** What is taken out; a whole is put back. */
const taken = `^(${whole.join('|')})$|${extension}$|${around}|${separators}`

/**
 * The text without what people put between and behind the digits. What is no number in the end stays recognisable: letters
 * stay, a slash between two numbers and the point of a quantity too. A digest stays as it is; it is empty only for a text
 * that was empty when trimmed. Most values are ASCII and have no extension: the costly expressions are for the others.
 */
export const bareNumber = (dialect: Dialect, text: Sql): Sql => {
  const tidied = dialect.trim(
    dialect.replaceAll(dialect.translate(text, foreign, ascii), `[${invisible}]+`, ''),
    atEnds,
  )
  return sql`case
  when ${dialect.matches(text, '^[+]?[0-9]+$')} or length(${text}) = 64 then ${text}
  when ${dialect.matches(text, '^[-+(). ]*[0-9][-(). 0-9]*$')}
    and not (${text} like '%.0%' and ${dialect.matches(text, '[.]0+[ )]*$')}) then ${dialect.remove(text, ' ()-.')}
  when not ${forFew(dialect).matches(text, `[0-9${foreign.slice(0, 30)}]`)} then ${dialect.trim(text, whitespace)}
  else ${dialect.replaceAll(tidied, taken, '\\1')} end`
}
