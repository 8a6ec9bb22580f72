import { type RawBuilder, sql } from 'kysely'
import {
  callingCodes,
  internationalPrefixes,
  nationalLengths,
  nationalPatterns,
  sharedCallingCodes,
  trunkPrefixes,
  zeroAfterCallingCode,
} from './calling-codes.ts'
import type { Dialect } from './dialect/dialect.ts'
import { whitespace } from './whitespace.ts'

/** One line of a verdict on a text: where `when` holds, the text is `text` or is refused as `reason`. */
export interface Verdict {
  readonly when: RawBuilder<unknown>
  readonly text?: RawBuilder<unknown>
  readonly reason?: string
}

/** `1|7|2[07]|21[1-8]|…`: no groups, so that numbers of groups around it stay what they are. */
function alternatives(codes: Iterable<string>): string {
  const lastDigits = Map.groupBy([...new Set(codes)].sort(), (code) => code.slice(0, -1))
  return [...lastDigits]
    .map(([start, group]) => {
      const digits = group.map((code) => code.slice(-1)).join('')
      return start + (digits.length === 1 ? digits : `[${digits}]`)
    })
    .join('|')
}

const allCodes = [...Object.values(callingCodes), ...sharedCallingCodes]
const zeroFree = alternatives(allCodes.filter((code) => !zeroAfterCallingCode.has(code)))
const zeroKept = alternatives(zeroAfterCallingCode)
/** What follows the `+` of an E.164 number, its length aside. */
const body = `((${zeroFree})[1-9]|(${zeroKept}))[0-9]+$`

/** Hyphens and dashes of word processors, the soft hyphen and the minus sign. */
const dashes = '\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212'
const blank = `[${whitespace}]*`
/** `ext. 12`, `x12`, `#12`, `;ext=12` at the end. */
const extension = `[;,]?${blank}([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?${blank}[0-9]*${blank}$`

/** Is the text an E.164 number, with `+` and 8 to 15 digits, as it stands? */
export const isE164 = (dialect: Dialect, text: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`length(${text}) between 9 and 16 and ${dialect.matches(text, `^[+]${body}`)}`

/**
 * The text without what people put between and behind the digits. A digest stays as it is; a text without a digit, or
 * with an extension before any, is only trimmed, so it is empty only if it was empty. Most values are ASCII and have no
 * extension: the costly expressions are for the others.
 */
export const bareNumber = (dialect: Dialect, text: RawBuilder<unknown>): RawBuilder<unknown> => sql`case
  when ${dialect.matches(text, '^[+]?[0-9]+$')} or length(${text}) = 64 then ${text}
  when ${dialect.matches(text, '^[-+()./ ]*[0-9][-+()./ 0-9]*$')} then ${dialect.remove(text, ' ()-./')}
  when ${dialect.matches(text, '^[^0-9xX#]*[0-9]')} then ${dialect.replaceAll(text, `${extension}|[-()./${dashes}${whitespace}]+`, '')}
  else ${dialect.trim(text, whitespace)} end`

/**
 * What a bare number is, in E.164. The rules, first that fits (reference/warehouses.md section 1, "Phone"):
 * 1. `+`, or the international prefix of the default country (`00`, `011`, …), then a calling code that exists. A 0
 *    behind the calling code is dropped, `+44 (0)20` or `+44020`, unless numbers there start with it (Italy);
 * 2. without a default country other digits are refused as `unknown_country`;
 * 3. a national number, trunk prefix or not, of a length that the default country has: gets its calling code;
 * 4. the calling code of the default country and a national number: gets a `+`. Where 3 fits as well it is refused.
 * Anything else is refused: letters, two numbers in one value, `3.3612E+10`. Never guess.
 */
export function readNumber(dialect: Dialect, number: RawBuilder<unknown>, defaultCountry?: string): readonly Verdict[] {
  const country = defaultCountry === undefined ? undefined : knownCountry(defaultCountry)
  const own = country?.internationalPrefix ?? '00'
  // Where the own prefix does not start with 00, no number does, and 00 can only be what most of the world dials.
  const prefixes = [own, ...(own === '' || own.startsWith('00') ? [] : ['00'])].filter((prefix) => prefix !== '')
  const start = `^(${['[+]', ...prefixes].join('|')})`
  const dialled = prefixes.map((prefix): Verdict => {
    const text = sql`('+' || substr(${number}, ${sql.lit(prefix.length + 1)}))`
    return { when: sql`${number} like ${sql.lit(`${prefix}%`)} and ${isE164(dialect, text)}`, text }
  })
  return [
    { when: sql`${number} like '+%' and ${isE164(dialect, number)}`, text: number },
    ...dialled,
    {
      when: sql`${dialect.matches(number, `${start}[0-9]{9,16}$`)} and ${dialect.matches(number, `${start}(${zeroFree})0[1-9]`)}`,
      text: dialect.replaceAll(number, `${start}(${zeroFree})0`, '+\\2'),
    },
    { when: sql`${number} like '+%' or ${number} like '00%'`, reason: 'invalid_phone' },
    ...(country
      ? readNational(dialect, number, country)
      : [{ when: dialect.matches(number, '^[0-9]{5,15}$'), reason: 'unknown_country' }]),
    { when: sql`1 = 1`, reason: 'invalid_phone' },
  ]
}

function readNational(dialect: Dialect, number: RawBuilder<unknown>, country: Country): readonly Verdict[] {
  const { code, trunkPrefix, national } = country
  const asNational = `^(${trunkPrefix})?(${national})$`
  const withCode: Verdict = { when: dialect.matches(number, `^${code}(${national})$`), text: sql`'+' || ${number}` }
  const withoutCode: Verdict = {
    when: dialect.matches(number, asNational),
    text: sql`${sql.lit(`+${code}`)} || ${withoutTrunk(dialect, number, country)}`,
  }
  const both: Verdict = { when: sql`${withCode.when} and ${withoutCode.when}`, reason: 'invalid_phone' }
  return [...(country.ambiguous ? [both] : []), withoutCode, withCode]
}

/**
 * Of a national number with or without trunk prefix. Where the prefix has one length it is cut off: taking a group of a
 * regular expression out of a text costs a warehouse three to five times as much as asking whether it matches.
 */
const withoutTrunk = (dialect: Dialect, number: RawBuilder<unknown>, { trunkPrefix, national }: Country) => {
  if (trunkPrefix === '') return number
  const { length } = trunkPrefix.replaceAll(/\[[^\]]*\]/g, '.')
  if (trunkPrefix.includes('?')) return dialect.replaceAll(number, `^(${trunkPrefix})?(${national})$`, '\\2')
  return sql`case when ${dialect.matches(number, `^${trunkPrefix}(${national})$`)} then substr(${number}, ${sql.lit(length + 1)}) else ${number} end`
}

interface Country {
  readonly code: string
  readonly internationalPrefix: string
  readonly trunkPrefix: string
  /** National numbers without the trunk prefix: a regular expression. */
  readonly national: string
  /** Can a national number of the country start with its calling code and still be one when that is taken off? */
  readonly ambiguous: boolean
}

function knownCountry(country: string): Country | undefined {
  const code = callingCodes[country]
  if (code === undefined) return undefined
  const first = zeroAfterCallingCode.has(code) ? '[0-9]' : '[1-9]'
  const ranges = (nationalLengths[country] ?? '').split(',').map((range) => {
    const [shortest, longest = shortest] = range.split('-').map(Number)
    return { shortest: Number(shortest), longest: Number(longest) }
  })
  const pattern = nationalPatterns[country]
  return {
    code,
    internationalPrefix: internationalPrefixes[country] ?? '00',
    trunkPrefix: trunkPrefixes[country] ?? '0',
    national:
      pattern ?? ranges.map(({ shortest, longest }) => `${first}[0-9]{${shortest - 1},${longest - 1}}`).join('|'),
    // A pattern is written so that it is not.
    ambiguous:
      pattern === undefined &&
      ranges.some((long) =>
        ranges.some(
          (short) => long.longest - code.length >= short.shortest && long.shortest - code.length <= short.longest,
        ),
      ),
  }
}
