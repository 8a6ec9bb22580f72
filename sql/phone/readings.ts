import { sql } from 'kysely'
import type { Dialect } from '../dialect/dialect.ts'
import type { Sql } from '../scope.ts'
import { isNumberOfTwoCodes } from './e164.ts'
import {
  type CountryPlan,
  countryPlans,
  localNumbers,
  type TrunkStarts,
  trunkPatterns,
  trunkRuleCodes,
  trunkRules,
  trunkStarts,
  trunkStartsByLength,
} from './plans.ts'

/** The country of a number that names none. */
export interface Country {
  /** ISO 3166 alpha-2, as an expression; may be NULL. */
  readonly country: Sql
  /** Its calling code, digits only; NULL where the country is. */
  readonly callingCode: Sql
  /** The only one that it can be, where there is only one. */
  readonly only?: string
}

/** Where `when` holds, the text is `text`. */
interface Reading {
  readonly when: Sql
  readonly text: Sql
}

/**
 * The number behind `+` and its calling code, trunk prefix and all: international, or national in the country. What begins
 * with the calling code of the country is international only where it is no national number. NULL for a text that is no
 * digits, or names no country where none is known.
 */
export function internationalForm(dialect: Dialect, number: Sql, country: Country | undefined): Sql {
  const none = country === undefined ? [] : country.only === undefined ? [sql`${country.country} is null`] : undefined
  const dialled = dialledFrom(dialect, number, '00')
  const withoutCountry = none?.map((when) => sql`when ${when} then case when ${dialled.when} then ${dialled.text} end`)
  const readings = country === undefined ? [dialled] : inCountry(dialect, number, country)
  return sql`case
  when not ${dialect.matches(number, '^[+]?[0-9]+$')} then null
  when ${number} like '+%' then ${number}
  ${sql.join(withoutCountry ?? [], sql` `)} ${sql.join(
    readings.map(({ when, text }) => sql`when ${when} then ${text}`),
    sql` `,
  )}${country === undefined ? sql`` : sql` else '+' || ${country.callingCode} || ${number}`} end`
}

function inCountry(dialect: Dialect, number: Sql, country: Country): readonly Reading[] {
  const possible = (one: { readonly country: string }) => country.only === undefined || country.only === one.country
  const plans = [...countryPlans.values()].filter(possible)
  const prefixes = Map.groupBy(plans, ({ internationalPrefix }) => internationalPrefix)
  const within = (group: readonly { readonly country: string }[], { when, text }: Reading): readonly Reading[] => {
    if (group.length === 0) return []
    if (country.only !== undefined) return [{ when, text }]
    const names = group.map((one) => one.country)
    return [{ when: sql`${dialect.startsWithOneOf(country.country, names)} and ${when}`, text }]
  }
  return [
    ...[...prefixes].flatMap(([prefix, group]) => within(group, dialledFrom(dialect, number, prefix))),
    ...within(plans.filter(hasOtherPrefix), zerosBeforeOwnCode(number, country)),
    ...localNumbers.filter(possible).flatMap((one) =>
      within([one], {
        when: dialect.matches(number, `^${one.pattern}$`),
        text: sql`${sql.lit(`+${countryPlans.get(one.country)?.callingCode}${one.area}`)} || ${number}`,
      }),
    ),
    withoutPlus(dialect, number, country),
  ]
}

/** The calling code of the country without `+`, and a number behind it. */
function withoutPlus(dialect: Dialect, number: Sql, { callingCode, only }: Country): Reading {
  const national = sql`('+' || ${callingCode} || ${number})`
  const code = only === undefined ? undefined : countryPlans.get(only)?.callingCode
  return {
    when: sql`substr(${number}, 1, length(${callingCode})) = ${callingCode} and not (${isNumberOfTwoCodes(dialect, national, code)})`,
    text: sql`'+' || ${number}`,
  }
}

/** With what is dialled before an international number; a calling code never starts with 0. */
function dialledFrom(dialect: Dialect, number: Sql, prefix: string): Reading {
  const when = dialect.matches(number, `^(${prefix})[1-9]`)
  if (!/^[0-9]+$/.test(prefix)) return { when, text: dialect.replaceAll(number, `^(${prefix})`, '+') }
  return {
    when: sql`${number} like ${sql.lit(`${prefix}%`)} and ${when}`,
    text: sql`'+' || substr(${number}, ${sql.lit(prefix.length + 1)})`,
  }
}

/** Where no number starts with 00, and nothing else is dialled so. */
const hasOtherPrefix = ({ country, internationalPrefix }: CountryPlan): boolean =>
  /^[0-9]+$/.test(internationalPrefix) && !internationalPrefix.startsWith('00') && country !== 'JP'

/** There 00 and another calling code may be a number of the country with zeros before it; with its own it is the same number. */
const zerosBeforeOwnCode = (number: Sql, { callingCode }: Country): Reading => ({
  when: sql`substr(${number}, 1, 2 + length(${callingCode})) = '00' || ${callingCode}`,
  text: sql`'+' || substr(${number}, 3)`,
})

const takenOut = (number: Sql, code: number, from: number): Sql =>
  sql`then substr(${number}, 1, ${sql.lit(code)}) || substr(${number}, ${sql.lit(from)})`

/** A number behind `+` without the trunk prefix behind its calling code: `+33 (0)6`, `+7 8 912`. NULL for NULL. */
export function withoutTrunkPrefix(dialect: Dialect, number: Sql): Sql {
  const ofStarts = (text: Sql, all: readonly TrunkStarts[]): readonly Sql[] =>
    all.map(
      ({ starts, code, prefix }) =>
        sql`when ${dialect.startsWithOneOf(text, starts)}
    ${takenOut(number, code, code + prefix + 1)}`,
    )
  const replaced = trunkRules.map(({ plusCode, pattern, lead, kept, from }) => {
    const middle = kept ? sql` || substr(${number}, ${sql.lit(kept.keep)}, ${sql.lit(kept.count)})` : sql``
    return sql`when ${number} like ${sql.lit(`${plusCode}%`)} and ${dialect.matches(number, pattern)}
    then ${sql.lit(lead)}${middle} || substr(${number}, ${sql.lit(from)})`
  })
  const patterns = trunkPatterns.map(
    ({ pattern, code, from }) => sql`when ${dialect.matches(number, pattern)}
    ${takenOut(number, code, from)}`,
  )
  const withLength = dialect.concat([sql`length(${number})`, number])
  const rules = [...replaced, ...patterns, ...ofStarts(withLength, trunkStartsByLength)]
  return sql`case when ${number} is null then null ${sql.join(ofStarts(number, trunkStarts), sql` `)}
  when ${dialect.startsWithOneOf(number, trunkRuleCodes)} then case ${sql.join(rules, sql` `)} else ${number} end
  else ${number} end`
}
