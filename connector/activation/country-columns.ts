import type { Column } from '../warehouse/warehouse.ts'

/** Words for "country" in names of columns. */
const countryWords = /^(country|countries|pays|pais|país|paese|kraj|land|länder|laender)$/
/** What may stand behind or in one with it: `countryCode`, `land_iso`, `country_name`. */
const besides = /^(code|codes|iso|iso2|iso3|alpha|alpha2|alpha3|name|kuerzel|kürzel|kz)$/
const asOneWord = /^(country|land|pays|pais|paese)(code|iso|iso2|iso3|name)$/

/** `shippingCountryCode` and `shipping_country_code`: shipping, country, code. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1_$2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')

const namesCountry = (name: string): boolean => {
  const words = wordsOf(name)
  while (words.length > 1 && besides.test(words.at(-1) ?? '')) words.pop()
  const last = words.at(-1) ?? ''
  return countryWords.test(last) || asOneWord.test(last)
}

/** Columns that hold a country by their names and may be read as text, those of the fewest words first. */
export const countryColumns = (columns: readonly Column[]): readonly string[] =>
  columns
    .filter(({ name, asText }) => asText && namesCountry(name))
    .map(({ name }) => name)
    .sort((a, b) => wordsOf(a).length - wordsOf(b).length)
