import { expect, test } from '@jest/globals'
import { countryColumns } from '../../connector/activation/country-columns.ts'

const named = (...names: readonly string[]) => names.map((name) => ({ name, type: 'text', asText: true }))

test.each([
  'country',
  'Country',
  'country_code',
  'countryCode',
  'COUNTRY_ISO2',
  'countrycode',
  'shipping_country',
  'billingCountry',
  'shipping country code',
  'country_name',
  'land',
  'rechnung_land',
  'pays',
  'código_país',
  'paese',
])('%s is a column of countries', (name) => expect(countryColumns(named(name))).toEqual([name]))

test.each([
  'county',
  'landing_page',
  'land_area',
  'country_manager',
  'crosscountry',
  'island',
  'countries_visited',
  'phone',
])('%s is none', (name) => expect(countryColumns(named(name))).toEqual([]))

test('the plainest name comes first, and what has no text of its own never', () =>
  expect(
    countryColumns([...named('shipping_country', 'country'), { name: 'pays', type: 'DOUBLE', asText: false }]),
  ).toEqual(['country', 'shipping_country']))
