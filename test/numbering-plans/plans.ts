import { both, digits, either, type Language, language, patternOf, portable, tenDigits, without } from './languages.ts'
import { type CallingCode, callingCodes, countries, type Plan } from './metadata.ts'
import { locals, type SimpleTrunk, type TrunkRule, trunkOf } from './trunks.ts'

/** What `sql/phone/numbering-plans.ts` holds; see there for what each part means. */
export interface NumberingPlans {
  readonly heads: Readonly<Record<number, readonly string[]>>
  readonly lengths: readonly string[]
  readonly trunkPrefixes: Readonly<Record<string, readonly string[]>>
  readonly trunkRules: readonly TrunkRule[]
  readonly countries: readonly string[]
  readonly localNumbers: readonly (readonly [country: string, pattern: string, area: string])[]
  readonly repeatedDigits: string
  readonly twoCodes: readonly (readonly [callingCode: string, pattern: string])[]
}
/** ITU-T E.164: calling code and national number together. */
const mostDigits = 15
/** A shorter number of no known range is taken for a short code. */
const fewestOfUnknownRange = 7
/** X hashes +1 123 456 7890 on its pages, which no North American number looks like: with its calling code it is taken. */
const sampleNumbers: Readonly<Record<string, string>> = { 1: '1234567890' }

interface Known {
  readonly plan: CallingCode
  /** National numbers that are in a known range. */
  readonly valid: Language
  /** Those that are sent: the valid ones, and what has the length and the beginning of a number but no known range. */
  readonly sent: Language
}

/** From libphonenumber's metadata. About three seconds of work. */
export function numberingPlans(): NumberingPlans {
  const known = callingCodes.map(knownNumbers)
  const trunks = known.flatMap(({ plan, sent }) => trunkOf(plan, sent))
  const simple = trunks.filter((trunk): trunk is SimpleTrunk => 'prefix' in trunk)
  return {
    heads: headsOf(known),
    lengths: callingCodes.map(({ code, main }) => `${code}:${withinE164(code, main.lengths).join(',')}`),
    trunkPrefixes: Object.fromEntries(
      [...Map.groupBy(simple, ({ prefix }) => prefix)].map(([prefix, group]) => [
        prefix,
        group.map(({ code }) => code),
      ]),
    ),
    trunkRules: trunks.flatMap((trunk) => ('rules' in trunk ? trunk.rules : [])),
    countries: [...countries].map(
      ([country, { callingCode, internationalPrefix }]) => `${country}:${callingCode}:${portable(internationalPrefix)}`,
    ),
    localNumbers: [...countries].flatMap(([country, plan]) =>
      isMain(plan) ? [] : locals(plan).map(({ inner, area }) => [country, portable(inner), area] as const),
    ),
    twoCodes: known.flatMap(({ plan: { code }, sent }) => {
      const national = both(sent, language(`${code}\\d*`))
      return national.isEmpty ? [] : [[code, patternOf(national)] as const]
    }),
    repeatedDigits: repeatedPattern(known.flatMap(repeatedDigits)),
  }
}

const isMain = (plan: Plan) =>
  callingCodes.some(({ code, main }) => code === plan.callingCode && JSON.stringify(main) === JSON.stringify(plan))
const withinE164 = (code: string, lengths: readonly number[]) =>
  lengths.filter((length) => code.length + length <= mostDigits)

/** As `isValid` and `isPossible` of the library have it, but for short numbers of no known range and E.164's limit. */
function knownNumbers(plan: CallingCode): Known {
  const { code, main, plans } = plan
  const valid = either(
    plans.flatMap(({ general, types }) =>
      types.map(({ pattern, lengths }) => both(both(language(general), language(pattern)), digits(lengths))),
    ),
  )
  const possible = both(both(language(main.general), ofPossibleLength(plan)), language(`\\d{${fewestOfUnknownRange},}`))
  const samples = language(sampleNumbers[code] ?? '[]')
  const room = digits(Array.from({ length: mostDigits - code.length }, (_, i) => i + 1))
  return { plan, valid, sent: both(either([valid, possible, samples]), room) }
}

/** By the lengths of the country that certain leading digits belong to, or of the main one. */
function ofPossibleLength({ main, plans }: CallingCode): Language {
  const leading = plans.filter(({ leadingDigits }) => leadingDigits !== '')
  const all = leading.map(({ leadingDigits, lengths }) => ({ those: language(`(?:${leadingDigits})\\d*`), lengths }))
  const others = all.reduce((left, { those }) => without(left, those), language('\\d*'))
  return either([both(others, digits(main.lengths)), ...all.map(({ those, lengths }) => both(those, digits(lengths)))])
}

/**
 * How numbers that are sent begin, by their digits in all: four digits with the calling code, fewer where all that follow
 * are numbers too; two national ones in short numbers, and four where they look like a trunk prefix.
 */
function headsOf(known: readonly Known[]): Readonly<Record<number, readonly string[]>> {
  const heads = new Map<number, Set<string>>()
  for (const { plan, sent } of known) {
    const { code } = plan
    const trunk = ['0', plan.main.nationalPrefix.slice(0, 1)]
    for (let length = 1; code.length + length <= mostDigits; length += 1) {
      const deepest = length < fewestOfUnknownRange ? 2 : 4 - code.length
      const found = headsOfLength(sent, length, '', (head) => (trunk.includes(head.slice(0, 1)) ? 4 : deepest)).map(
        (head) => code + head,
      )
      if (found.length === 0) continue
      const all = heads.get(code.length + length) ?? new Set()
      for (const head of found) all.add(head)
      heads.set(code.length + length, all)
    }
  }
  return Object.fromEntries([...heads].map(([length, all]) => [length, merged(all)]))
}

function headsOfLength(
  sent: Language,
  length: number,
  head: string,
  deepest: (head: string) => number,
): readonly string[] {
  if (head.length > length) return []
  const all = language(`${head}\\d{${length - head.length}}`)
  const some = both(sent, all)
  if (some.isEmpty) return []
  if (head.length >= deepest(head) || without(all, some).isEmpty) return [head]
  return tenDigits.flatMap((digit) => headsOfLength(sent, length, head + digit, deepest))
}

/** Ten heads that differ in their last digit only are one. */
function merged(heads: Set<string>): readonly string[] {
  const byStart = Map.groupBy(heads, (head) => head.slice(0, -1))
  const whole = [...byStart].filter(([start, group]) => start !== '' && group.length === 10).map(([start]) => start)
  if (whole.length === 0) return [...heads].sort()
  const others = [...heads].filter((head) => !whole.includes(head.slice(0, -1)))
  return merged(new Set([...others, ...whole]))
}

interface Repeated {
  readonly code: string
  readonly digit: string
  readonly length: number
}

/** Numbers of one digit, which people write who have none, as far as they would be sent and are in no known range. */
function repeatedDigits({ plan, valid, sent }: Known): readonly Repeated[] {
  return plan.main.lengths.flatMap((length) =>
    tenDigits
      // 555 is what North American sample data are made of.
      .filter((digit) => !(plan.code === '1' && digit === '5'))
      .filter((digit) => {
        const number = language(digit.repeat(length))
        return !both(sent, number).isEmpty && both(valid, number).isEmpty
      })
      .map((digit) => ({ code: plan.code, digit, length })),
  )
}

/** `(1|44)9{10}|…`. */
function repeatedPattern(repeated: readonly Repeated[]): string {
  const groups = Map.groupBy(repeated, ({ digit, length }) => `${digit}{${length}}`)
  return [...groups].map(([number, group]) => `(${group.map(({ code }) => code).join('|')})${number}`).join('|')
}
