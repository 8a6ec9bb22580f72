import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { type CountryCode, getCountries, getCountryCallingCode, getExampleNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import { callingCodes, internationalPrefixes, nationalLengths, nationalPatterns, trunkPrefixes } from '../../sql/calling-codes.ts'
import { duckdb } from '../../sql/dialect/duckdb.ts'
import { normalise } from '../../sql/normalise.ts'
import { vectors } from './normalise.vectors.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect()
})
afterAll(() => connection.closeSync())

test('countries and calling codes are those of libphonenumber', () => {
  expect(callingCodes).toEqual(Object.fromEntries(getCountries().map((country) => [country, getCountryCallingCode(country)])))
  const countries = new Set(Object.keys(callingCodes))
  for (const table of [nationalLengths, trunkPrefixes, internationalPrefixes, nationalPatterns]) {
    expect(Object.keys(table).filter((country) => !countries.has(country))).toEqual([])
  }
})

test('the vectors agree with libphonenumber, or say why not', () => {
  const phones = vectors.filter(({ rule, input, digest }) => rule === 'phone' && input !== null && digest === undefined)
  const compared = phones.map((vector) => {
    const parsed = parsePhoneNumberFromString(vector.input ?? '', { ...(vector.defaultCountry ? { defaultCountry: vector.defaultCountry as CountryCode } : {}) })
    return { vector, libphonenumber: parsed?.isValid() ? parsed.number : undefined }
  })
  const conflicts = compared.filter(({ vector, libphonenumber }) => libphonenumber !== undefined && libphonenumber !== vector.text)
  expect(conflicts.map(({ vector, libphonenumber }) => [vector.defaultCountry, vector.input, libphonenumber])).toEqual(
    vectors.filter(({ differs }) => differs).map(({ defaultCountry, input, differs }) => [defaultCountry, input, differs?.libphonenumber]),
  )
  expect(compared.filter(({ libphonenumber }) => libphonenumber !== undefined).length).toBeGreaterThan(80)
})

describe('a mobile number of every country', () => {
  const numbers = getCountries().flatMap((country) => {
    const number = getExampleNumber(country, examples)
    return number ? [{ country, number }] : []
  })
  const spellings = [
    ['E.164', ({ number }) => number],
    ['international', (number) => number.formatInternational()],
    ['RFC 3966 without its scheme', (number) => number.getURI().replace('tel:', '')],
    ['00', ({ number }) => `00${number.slice(1)}`],
    ['national', (number) => number.formatNational()],
    ['calling code without +', ({ number }) => number.slice(1)],
  ] satisfies [string, (number: (typeof numbers)[number]['number']) => string][]

  test.each(spellings)('%s', async (name, spell) => {
    const selects = numbers.map(({ country, number }) => {
      const column = sql.id('raw')
      const { clean, outcome } = normalise(duckdb, { rule: 'phone', format: 'clear', defaultCountry: country, column })
      const { digest, reason } = outcome(sql.id('clean'))
      const expected = duckdb.sha256(sql.lit(number.number))
      return sql`select ${sql.lit(country)} as country, raw, case when ${digest} = ${expected} then 'same' else coalesce(${reason}, 'other') end as outcome
from (select raw, ${clean} as clean from (select ${sql.lit(spell(number))} as raw) as i) as c`
    })
    const rows: { country: string; raw: string; outcome: string }[] = []
    for (let i = 0; i < selects.length; i += 10) {
      const { sql: text } = duckdb.compile(sql.join(selects.slice(i, i + 10), sql` union all `))
      rows.push(...((await connection.runAndReadAll(text)).getRowObjectsJson() as unknown as typeof rows))
    }
    console.log(name, JSON.stringify(rows.filter((r) => r.outcome !== 'same')))
  }, 120_000)
})
