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

const punctuation = '()-./'
/** Hyphens and dashes of word processors, the soft hyphen and the minus sign. */
const dashes = '\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212'
const blank = `[${whitespace}]*`
/** `ext. 12`, `x12`, `#12`, `;ext=12` at the end. */
const extension = `[;,]?${blank}([eE][xX][tT][a-zA-Z]*|[xX#])[.:=]?${blank}[0-9]*${blank}$`

/** Is the text an E.164 number, with `+` and 8 to 15 digits, as it stands? */
export const isE164 = (dialect: Dialect, text: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`length(${text}) between 9 and 16 and ${dialect.matches(text, `^[+]${body}`)}`

/** The text without what people put between and behind the digits. Empty where nothing is left. */
export const bareNumber = (dialect: Dialect, text: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`case when ${dialect.matches(text, `^[-+()./ 0-9]*$`)} then ${dialect.remove(text, ` ${punctuation}`)} else ${dialect.remove(
    dialect.replaceAll(text, extension, ''),
    whitespace + punctuation + dashes,
  )} end`

/**
 * What a bare number is, in E.164. The rules, first that fits (reference/warehouses.md section 1, "Phone"):
 * 1. anything but digits behind an optional `+` is refused: letters, two numbers in one value, `3.3612E+10`;
 * 2. `+`, or the international prefix of the default country (`00`, `011`, …), then a calling code that exists. A 0
 *    behind the calling code is dropped, `+44 (0)20` or `+44020`, unless numbers there start with it (Italy);
 * 3. without a default country anything else is refused as `unknown_country`;
 * 4. a national number, trunk prefix or not, of a length that the default country has: gets its calling code;
 * 5. the calling code of the default country and a national number: gets a `+`. Where 4 fits as well it is refused.
 */
export function readNumber(dialect: Dialect, number: RawBuilder<unknown>, defaultCountry?: string): readonly Verdict[] {
  const matches = (pattern: string) => dialect.matches(number, pattern)
  const own = defaultCountry === undefined ? '00' : (internationalPrefixes[defaultCountry] ?? '00')
  const prefixes = own === '' || own.startsWith('00') ? [own] : [own, '00']
  const start = `^(${['[+]', ...prefixes.filter((prefix) => prefix !== '')].join('|')})`
  const plus = (pattern: string, by: string) => dialect.replaceAll(number, pattern, by)
  const international: Verdict[] = [
    { when: sql`not ${matches('^[+]?[0-9]{5,19}$')}`, reason: 'invalid_phone' },
    {
      when: sql`${matches(`${start}[0-9]{8,15}$`)} and ${matches(start + body)}`,
      text: sql`case when ${number} like '+%' then ${number} else ${plus(start, '+')} end`,
    },
    {
      when: sql`${matches(`${start}[0-9]{9,16}$`)} and ${matches(`${start}(${zeroFree})0[1-9]`)}`,
      text: plus(`${start}(${zeroFree})0`, '+\\2'),
    },
    { when: matches('^([+]|00)'), reason: 'invalid_phone' },
  ]
  const code = defaultCountry === undefined ? undefined : callingCodes[defaultCountry]
  if (defaultCountry === undefined || code === undefined)
    return [...international, { when: sql`1 = 1`, reason: 'unknown_country' }]

  const national = nationalPattern(defaultCountry, code)
  const trunkPrefix = trunkPrefixes[defaultCountry] ?? '0'
  const asNational = `^(${trunkPrefix})?(${national})$`
  const asInternational = `^${code}(${national})$`
  const withCode: Verdict = { when: matches(asInternational), text: sql`'+' || ${number}` }
  const withoutCode: Verdict = { when: matches(asNational), text: plus(asNational, `+${code}\\2`) }
  // In North America the trunk prefix is the calling code: both readings are the same number.
  const both: Verdict = { when: sql`${withCode.when} and ${withoutCode.when}`, reason: 'invalid_phone' }
  return [
    ...international,
    ...(trunkPrefix === code ? [] : [both]),
    withoutCode,
    withCode,
    { when: sql`1 = 1`, reason: 'invalid_phone' },
  ]
}

function nationalPattern(country: string, code: string): string {
  const pattern = nationalPatterns[country]
  if (pattern !== undefined) return pattern
  const first = zeroAfterCallingCode.has(code) ? '[0-9]' : '[1-9]'
  const ranges = (nationalLengths[country] ?? '').split(',').map((range) => {
    const [shortest, longest = shortest] = range.split('-').map(Number)
    return `${first}[0-9]{${Number(shortest) - 1},${Number(longest) - 1}}`
  })
  return ranges.join('|')
}
