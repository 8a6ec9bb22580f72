import { sql } from 'kysely'
import type { Dialect } from '../dialect/dialect.ts'
import type { Sql } from '../scope.ts'
import { whitespace } from '../whitespace.ts'
import { callingCodes, countryNames } from './plans.ts'
import type { Country } from './readings.ts'

/** What people store for countries, as a JSON array: 800 small rows. */
const json = JSON.stringify(
  countryNames.map(({ name, country }) => ({ name, country, calling_code: callingCodes[country] })),
)

/** One country for all numbers of a column, by ISO 3166 alpha-2; undefined for one without telephones. */
export const oneCountry = (country: string): Country | undefined => {
  const callingCode = callingCodes[country]
  return callingCode === undefined
    ? undefined
    : { country: sql.lit(country), callingCode: sql.lit(callingCode), only: country }
}

/** A join with the country that a raw column names, if it names one: ISO codes in any case, English names. */
export const countryRows = (dialect: Dialect, raw: Sql, known: Sql): Sql => sql`
left join ${dialect.jsonRows(sql`${json}`, { name: 'name', country: 'name', calling_code: 'name' })} as ${known}
  on ${known}.name = ${dialect.lower(dialect.trim(raw, whitespace))}`

/** Country and calling code of a row: where the raw column is empty those of the default, NULL where it names none that is known. */
export const resolvedCountry = (
  dialect: Dialect,
  raw: Sql,
  known: Sql,
  defaultCountry: string | undefined,
): { readonly country: Sql; readonly calling_code: Sql } => {
  const empty = sql`coalesce(${dialect.trim(raw, whitespace)}, '') = ''`
  const otherwise = (value: string | undefined): Sql => (value === undefined ? sql`null` : sql.lit(value))
  return {
    country: sql`case when ${empty} then ${otherwise(defaultCountry)} else ${known}.country end`,
    calling_code: sql`case when ${empty} then ${otherwise(callingCodes[defaultCountry ?? ''])} else ${known}.calling_code end`,
  }
}
