import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import {
  callingCodes,
  internationalPrefixes,
  nationalLengths,
  nationalPatterns,
  trunkPrefixes,
} from '../../sql/calling-codes.ts'
import { duckdb } from '../../sql/dialect/duckdb.ts'
import { normalise } from '../../sql/normalise.ts'
import { vectors } from './normalise.vectors.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect()
})
afterAll(() => connection.closeSync())

test('countries and calling codes are those of libphonenumber', () => {
  expect(callingCodes).toEqual(
    Object.fromEntries(getCountries().map((country) => [country, getCountryCallingCode(country)])),
  )
  const countries = new Set(Object.keys(callingCodes))
  for (const table of [nationalLengths, trunkPrefixes, internationalPrefixes, nationalPatterns]) {
    expect(Object.keys(table).filter((country) => !countries.has(country))).toEqual([])
  }
})

test('the vectors agree with libphonenumber, or say why not', () => {
  const phones = vectors.filter(({ rule, input, digest }) => rule === 'phone' && input !== null && digest === undefined)
  const compared = phones.map((vector) => {
    const parsed = parsePhoneNumberFromString(vector.input ?? '', {
      ...(vector.defaultCountry ? { defaultCountry: vector.defaultCountry as CountryCode } : {}),
    })
    return { vector, libphonenumber: parsed?.isValid() ? parsed.number : undefined }
  })
  const conflicts = compared.filter(
    ({ vector, libphonenumber }) => libphonenumber !== undefined && libphonenumber !== vector.text,
  )
  expect(conflicts.map(({ vector, libphonenumber }) => [vector.defaultCountry, vector.input, libphonenumber])).toEqual(
    vectors
      .filter(({ differs }) => differs)
      .map(({ defaultCountry, input, differs }) => [defaultCountry, input, differs?.libphonenumber]),
  )
  expect(compared.filter(({ libphonenumber }) => libphonenumber !== undefined).length).toBeGreaterThan(80)
})

const prefixStartsWith00 = (country: string) => /^(00|$)/.test(internationalPrefixes[country] ?? '00')

describe('a mobile number of every country', () => {
  const numbers = getCountries().flatMap((country) => {
    const number = getExampleNumber(country, examples)
    return number ? [{ country, number }] : []
  })
  const tooShort = ['TA', 'TK']
  /** How a number is spelt, and the countries in which that spelling is refused. It is never read as another number. */
  const spellings = [
    ['E.164', ({ number }) => number, tooShort],
    ['international', (number) => number.formatInternational(), tooShort],
    ['RFC 3966 without its scheme', (number) => number.getURI().replace('tel:', ''), tooShort],
    // Their own international prefix starts with 00 and goes on.
    [
      '00',
      ({ number }) => `00${number.slice(1)}`,
      [...Object.keys(internationalPrefixes).filter(prefixStartsWith00), ...tooShort],
    ],
    // The mobile mark 15 would have to become a 9 elsewhere in the number.
    ['national', (number) => number.formatNational(), ['AR']],
    // Also a national number without its trunk prefix.
    ['calling code without +', ({ number }) => number.slice(1), ['AD', 'AT', 'CU', 'ID', 'MM', 'PM', 'TK', 'WS']],
  ] satisfies [string, (number: (typeof numbers)[number]['number']) => string, string[]][]

  /** Country, spelling -> what our SQL makes of it: `same` as libphonenumber, `other`, or a reason. */
  const read = new Map<string, string>()
  beforeAll(async () => {
    const column = sql.id('raw')
    for (const { country, number } of numbers) {
      const { clean, verdict, outcome } = normalise(duckdb, {
        rule: 'phone',
        format: 'clear',
        defaultCountry: country,
        column,
      })
      const { digest, reason } = outcome(sql.id('clean'), sql.id('verdict'))
      const rows = spellings.map(([name, spell]) => sql`(${sql.lit(name)}, ${sql.lit(spell(number))})`)
      const statement = sql`select name,
  case when ${digest} = ${duckdb.sha256(sql.lit(number.number))} then 'same' else coalesce(${reason}, 'other') end as outcome
from (select *, ${verdict(sql.id('clean'))} as verdict from (
  select name, ${clean} as clean from (values ${sql.join(rows)}) as i (name, raw)) as c) as v`
      const reader = await connection.runAndReadAll(duckdb.compile(statement).sql)
      for (const [name, result] of reader.getRows()) read.set(`${country} ${name}`, String(result))
    }
  }, 60_000)

  test.each(spellings)('%s', (name, _spell, refused) => {
    const outcomes = numbers.map(({ country }) => [country, read.get(`${country} ${name}`)])
    expect(outcomes.length).toBeGreaterThan(240)
    expect(outcomes.filter(([, outcome]) => outcome !== 'same')).toEqual(
      refused.toSorted().map((country) => [country, 'invalid_phone']),
    )
  })
})
