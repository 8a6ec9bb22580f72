import { countryNames as namesText } from './country-names.ts'
import { numberHeads as headsText } from './number-heads.ts'
import {
  trunkPrefixes as codesByPrefix,
  countryPlans as countriesText,
  nationalLengths as lengthsText,
  localNumbers as localsText,
  trunkRules as rulesText,
  twoCodeNumbers as twoCodesText,
} from './numbering-plans.ts'
import { formerTrunkRules } from './withdrawn.ts'

/** The generated files, read once. Numbers here are E.164 with `+`; lengths are in digits unless they say `characters`. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/)
const rows = (text: string): readonly string[] => text.trim().split('\n')

export interface CountryPlan {
  readonly country: string
  readonly callingCode: string
  /** What is dialled before an international number: a pattern. */
  readonly internationalPrefix: string
}

/** ISO 3166 alpha-2 country -> its plan. */
export const countryPlans: ReadonlyMap<string, CountryPlan> = new Map(
  words(countriesText).map((text) => {
    const [country = '', callingCode = '', internationalPrefix = ''] = text.split(':')
    return [country, { country, callingCode, internationalPrefix }]
  }),
)

/** ISO 3166 alpha-2 country -> calling code, digits only: `FR` -> `33`. */
export const callingCodes: Readonly<Record<string, string>> = Object.fromEntries(
  [...countryPlans].map(([country, { callingCode }]) => [country, callingCode]),
)

/** Every calling code -> the lengths of national numbers behind it, ascending. */
export const nationalLengths: ReadonlyMap<string, readonly number[]> = new Map(
  words(lengthsText).map((text) => {
    const [code = '', lengths = ''] = text.split(':')
    return [code, lengths.split(',').map(Number)]
  }),
)

/** `+33`, …: every calling code. */
export const plusCodes: readonly string[] = [...nationalLengths.keys()].map((code) => `+${code}`)

/** Digits of a number in all, and how numbers of so many digits start behind their `+`, in one: `1133` for +33 and nine digits. */
export const numberHeads: readonly string[] = Object.entries(headsText).flatMap(([digits, heads]) =>
  words(heads).map((head) => digits + head),
)

/** What is taken out of numbers that begin so. */
export interface TrunkStarts {
  readonly starts: readonly string[]
  /** Characters of `+` and calling code, and of the trunk prefix behind them. */
  readonly code: number
  readonly prefix: number
}

type Trunk = { readonly plusCode: string; readonly prefix: string; readonly start: string }

/** Those of equal lengths are one; the longest prefix first, for it may begin with a shorter one. */
const startsOf = (trunks: readonly Trunk[]): readonly TrunkStarts[] =>
  [...Map.groupBy(trunks, ({ plusCode, prefix }) => `${prefix.length} ${plusCode.length}`).values()]
    .map((group) => ({
      starts: group.map(({ start }) => start),
      code: group[0]?.plusCode.length ?? 0,
      prefix: group[0]?.prefix.length ?? 0,
    }))
    .sort((a, b) => b.prefix - a.prefix)

/** A trunk prefix is taken out whatever follows: `+330`. */
export const trunkStarts: readonly TrunkStarts[] = startsOf(
  Object.entries(codesByPrefix).flatMap(([prefix, codes]) =>
    words(codes).map((code) => ({ plusCode: `+${code}`, prefix, start: `+${code}${prefix}` })),
  ),
)

/** A number that matches becomes `lead`, the `count` characters from `keep` on, and all from `from` on (1 is the first). */
export interface TrunkRule {
  readonly plusCode: string
  readonly pattern: string
  readonly lead: string
  readonly from: number
  readonly kept?: { readonly keep: number; readonly count: number }
}

const allTrunkRules: readonly TrunkRule[] = [
  ...rows(rulesText).map((row) => {
    const [code = '', pattern = '', lead = '', from, keep, count] = row.split(' ')
    const rule = { plusCode: `+${code}`, pattern, lead, from: Number(from) }
    return keep === undefined ? rule : { ...rule, kept: { keep: Number(keep), count: Number(count) } }
  }),
  ...formerTrunkRules,
]

const byLength = /^([0-9]+):([0-9,]+)$/
const takesOut = ({ plusCode, lead, kept }: TrunkRule): boolean => lead === plusCode && kept === undefined

/** Rules that take out no more than the trunk prefix, told by a pattern of the whole number. */
export interface TrunkPattern {
  readonly pattern: string
  /** Characters of `+` and calling code. */
  readonly code: number
  /** Where the number goes on behind the prefix; 1 is the first character. */
  readonly from: number
}

/*
 * Of a country these go one before the other: what puts something in, patterns by the length of the prefix that they take
 * out (the longest first), starts by length. A branch takes DuckDB 0.1 ms to plan, so those that do the same are one.
 */
export const trunkRules: readonly TrunkRule[] = allTrunkRules.filter((rule) => !takesOut(rule))
export const trunkPatterns: readonly TrunkPattern[] = [
  ...Map.groupBy(
    allTrunkRules.filter((rule) => takesOut(rule) && !byLength.test(rule.pattern)),
    ({ plusCode, from }) => `${plusCode.length} ${from}`,
  ).values(),
]
  .map((group) => ({
    pattern: `^(${group.map(({ pattern }) => pattern.slice(1, -1)).join('|')})$`,
    code: group[0]?.plusCode.length ?? 0,
    from: group[0]?.from ?? 0,
  }))
  .sort((a, b) => b.from - a.from)
/** Starts of characters in all and number, in one: `14+540`. */
export const trunkStartsByLength: readonly TrunkStarts[] = startsOf(
  allTrunkRules.filter(takesOut).flatMap(({ plusCode, pattern }) => {
    const [, prefix = '', lengths] = byLength.exec(pattern) ?? []
    return (lengths?.split(',') ?? []).map((length) => ({ plusCode, prefix, start: length + plusCode + prefix }))
  }),
)
/** The calling codes of all rules, with `+`. */
export const trunkRuleCodes: readonly string[] = [...new Set(allTrunkRules.map(({ plusCode }) => plusCode))]

/** National numbers that begin with their own calling code, as a pattern. */
export const twoCodeNumbers: readonly { readonly callingCode: string; readonly pattern: string }[] = rows(
  twoCodesText,
).map((row) => {
  const [callingCode = '', pattern = ''] = row.split(' ')
  return { callingCode, pattern }
})

/** Countries with one area code: what a number without it looks like. */
export const localNumbers: readonly { readonly country: string; readonly pattern: string; readonly area: string }[] =
  rows(localsText).map((row) => {
    const [country = '', pattern = '', area = ''] = row.split(' ')
    return { country, pattern, area }
  })

/** What people store for a country, in lower case -> the country. */
export const countryNames: readonly { readonly name: string; readonly country: string }[] = rows(namesText).flatMap(
  (row) => {
    const [country = '', ...names] = row.split(';')
    return names.map((name) => ({ name, country }))
  },
)
