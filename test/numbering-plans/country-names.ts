import names from 'i18n-iso-countries'
import { countries } from './metadata.ts'

/** Spellings that the list of ISO 3166 has not. */
const others: Readonly<Record<string, readonly string[]>> = {
  AC: ['ascension island'],
  AE: ['uae'],
  BO: ['bolivia'],
  BA: ['bosnia'],
  BN: ['brunei'],
  CD: ['democratic republic of the congo', 'congo-kinshasa', 'drc'],
  CG: ['republic of the congo', 'congo-brazzaville'],
  CI: ['ivory coast', "côte d'ivoire", "cote d'ivoire", 'côte d’ivoire'],
  CV: ['cabo verde', 'cape verde'],
  CZ: ['czechia', 'czech republic'],
  FM: ['micronesia'],
  GB: ['uk', 'u.k.', 'united kingdom', 'great britain', 'britain', 'england', 'scotland', 'wales', 'northern ireland'],
  GR: ['el'],
  HK: ['hong kong sar', 'hong kong sar china'],
  IR: ['iran'],
  KP: ['north korea'],
  KR: ['south korea', 'republic of korea'],
  LA: ['laos'],
  MD: ['moldova'],
  MK: ['macedonia', 'north macedonia'],
  MM: ['burma', 'myanmar'],
  MO: ['macau', 'macao'],
  NL: ['the netherlands', 'holland', 'netherlands'],
  PS: ['palestine'],
  RE: ['reunion', 'réunion'],
  RU: ['russia', 'russian federation'],
  ST: ['sao tome and principe', 'são tomé and príncipe'],
  SY: ['syria'],
  SZ: ['eswatini', 'swaziland'],
  TA: ['tristan da cunha'],
  TL: ['east timor', 'timor-leste'],
  TR: ['turkey', 'türkiye', 'turkiye'],
  TW: ['taiwan'],
  TZ: ['tanzania'],
  US: ['usa', 'u.s.', 'u.s.a.', 'united states', 'united states of america', 'the united states'],
  VA: ['vatican', 'vatican city', 'holy see'],
  VE: ['venezuela'],
  VG: ['british virgin islands'],
  VI: ['us virgin islands', 'u.s. virgin islands'],
  VN: ['vietnam', 'viet nam'],
  XK: ['kosovo', 'xkx'],
}

/**
 * Country -> what people store for it in English, in lower case: both codes of ISO 3166 and names. A name of two countries
 * (`congo`) is none of either.
 */
export function countryNames(): readonly (readonly [country: string, names: readonly string[]])[] {
  const found = [...countries.keys()].map((country) => {
    const english = names.getName(country, 'en', { select: 'all' }) ?? []
    const all = [country, names.alpha2ToAlpha3(country) ?? country, ...english, ...(others[country] ?? [])]
    return [country, [...new Set(all.map((name) => name.toLowerCase()))]] as const
  })
  const owners = Map.groupBy(
    found.flatMap(([, all]) => all),
    (name) => name,
  )
  return found.map(([country, all]) => [country, all.filter((name) => owners.get(name)?.length === 1)])
}
