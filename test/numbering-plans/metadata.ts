import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** What libphonenumber's full metadata say of a country or of a calling code that belongs to none. */
export interface Plan {
  readonly callingCode: string
  readonly internationalPrefix: string
  /** Every national number looks like this, and like one of `types`. */
  readonly general: string
  readonly lengths: readonly number[]
  readonly nationalPrefix: string
  /** A pattern of what may stand before a national number. */
  readonly prefixForParsing: string
  readonly transform: string
  /** A pattern of how its numbers begin, where several countries share the calling code and that tells them apart. */
  readonly leadingDigits: string
  readonly types: readonly { readonly pattern: string; readonly lengths: readonly number[] }[]
}

export interface CallingCode {
  readonly code: string
  /** The country whose plan counts where it is not known which of them a number belongs to. */
  readonly main: Plan
  readonly plans: readonly Plan[]
}

type Raw = readonly unknown[]
interface RawMetadata {
  readonly country_calling_codes: Readonly<Record<string, readonly string[]>>
  readonly countries: Readonly<Record<string, Raw>>
  readonly nonGeographic: Readonly<Record<string, Raw>>
}

const require = createRequire(import.meta.url)
const raw = require('libphonenumber-js/metadata.max.json') as RawMetadata

export const libraryVersion = (
  JSON.parse(readFileSync(new URL('../../node_modules/libphonenumber-js/package.json', import.meta.url), 'utf8')) as {
    readonly version: string
  }
).version

/** Places as in `source/metadata.js` of libphonenumber-js: 0 code, 1 prefix, 2 pattern, 3 lengths, 5, 7 and 8 prefixes, 10 leading digits, 11 types. */
function planOf(entry: Raw): Plan {
  const [callingCode, internationalPrefix, general, lengths, , nationalPrefix, , prefixForParsing, transform] = entry
  const ownLengths = lengths as readonly number[]
  const types = ((entry[11] || []) as readonly (0 | readonly [string, (readonly number[])?])[]).flatMap((type) =>
    type !== 0 && type[0] ? [{ pattern: type[0], lengths: type[1] ?? ownLengths }] : [],
  )
  return {
    callingCode: String(callingCode),
    internationalPrefix: String(internationalPrefix || ''),
    general: String(general),
    lengths: ownLengths,
    nationalPrefix: String(nationalPrefix || ''),
    prefixForParsing: String(prefixForParsing || nationalPrefix || ''),
    transform: String(transform || ''),
    leadingDigits: String(entry[10] || ''),
    types,
  }
}

/** ISO 3166 alpha-2 country -> plan, by country. */
export const countries: ReadonlyMap<string, Plan> = new Map(
  Object.entries(raw.countries)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([country, entry]) => [country, planOf(entry)]),
)

/** Every calling code. */
export const callingCodes: readonly CallingCode[] = [
  ...Object.entries(raw.country_calling_codes).map(([code, members]) => {
    const plans = members.map((country) => planOf(raw.countries[country] as Raw))
    return { code, main: plans[0] as Plan, plans }
  }),
  ...Object.entries(raw.nonGeographic).map(([code, entry]) => {
    const plan = planOf(entry)
    return { code, main: plan, plans: [plan] }
  }),
].toSorted((a, b) => (a.code < b.code ? -1 : 1))
