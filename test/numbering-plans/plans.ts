import { behind, both, digits, either, type Language, language, patternOf, portable, without } from './languages.ts'
import { type CallingCode, callingCodes, countries, type Plan } from './metadata.ts'

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
/** A text that matches becomes `lead`, the `count` characters that begin at `keep`, and all from `from` on. */
export type TrunkRule = readonly [
  callingCode: string,
  pattern: string,
  lead: string,
  from: number,
  keep?: number,
  count?: number,
]

/** ITU-T E.164: calling code and national number together. */
const mostDigits = 15
/** A shorter number of no known range is taken for a short code. */
const fewestOfUnknownRange = 7
/** X hashes +1 123 456 7890 on its pages, which no North American number looks like: with its calling code it is taken. */
const sampleNumbers: Readonly<Record<string, string>> = { 1: '1234567890' }
const tenDigits = [...'0123456789']

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

interface SimpleTrunk {
  readonly code: string
  readonly prefix: string
}

/** What stands before a national number inside the country: one text that never begins a number, or rules. */
function trunkOf(
  { code, main }: CallingCode,
  sent: Language,
): readonly (SimpleTrunk | { rules: readonly TrunkRule[] })[] {
  const { prefixForParsing } = main
  if (prefixForParsing === '') return []
  if (/^\d+$/.test(prefixForParsing) && both(sent, language(`${prefixForParsing}\\d*`)).isEmpty)
    return [{ code, prefix: prefixForParsing }]
  return [{ rules: ownRules[code]?.(main, sent) ?? rulesOf(code, main, sent) }]
}

function rulesOf(code: string, plan: Plan, sent: Language): readonly TrunkRule[] {
  const local = locals(plan).map(
    ({ inner, area }): TrunkRule => [code, `^[+]${code}(${portable(inner)})$`, `+${code}${area}`, code.length + 2],
  )
  const prefixes = alternatives(plan.prefixForParsing).filter((alternative) => !alternative.endsWith('$'))
  if (prefixes.length === 0) return local
  // Japan's 000… is read as it stands.
  const asItStands = alternatives(plan.prefixForParsing).filter((text) => text.startsWith('(0') && text.endsWith(')$'))
  const rest = asItStands.reduce((all, text) => without(all, language(text.slice(2, -2))), sent)
  return [...local, ...stripping(code, prefixes.join('|').replaceAll(/\((?!\?)/g, '(?:'), sent, rest)]
}

/**
 * One rule a length of the prefix, the longest first, as the library's patterns take what they can: where a longer prefix
 * fits, a shorter one is none. `rest`: what may follow the prefix.
 */
function stripping(code: string, prefix: string, sent: Language, rest = sent): readonly TrunkRule[] {
  const all = language(prefix)
  const lengths = [9, 8, 7, 6, 5, 4, 3, 2, 1].filter((length) => !both(all, digits([length])).isEmpty)
  return lengths.map((length): TrunkRule => {
    const ofLength = both(all, digits([length]))
    const longer = either(lengths.filter((other) => other > length).map((other) => both(all, digits([other]))))
    const read = without(behind(ofLength, rest), behind(longer, language('\\d*')))
    // What is no number in the end is refused all the same, but no other may come out or be taken apart.
    const simple = coarser(rest).find(
      (one) =>
        longer.isEmpty &&
        without(both(one, sent), rest).isEmpty &&
        both(behind(ofLength, one), without(sent, read)).isEmpty,
    )
    const pattern =
      simple === undefined
        ? `^[+]${code}(${patternOf(read)})$`
        : `^[+]${code}(${patternOf(ofLength)})(${patternOf(simple)})$`
    return [code, pattern, `+${code}`, code.length + length + 2]
  })
}

/** Coarser ways to say what may follow a prefix, the coarsest first. */
function coarser(rest: Language): readonly Language[] {
  const ofLength = Array.from({ length: 14 }, (_, i) => i + 1).filter((length) => !both(rest, digits([length])).isEmpty)
  const byFirst = ofLength.map((length) => {
    const first = tenDigits.filter((digit) => !both(rest, language(`${digit}\\d{${length - 1}}`)).isEmpty)
    return `[${first.join('')}]\\d{${length - 1}}`
  })
  return [digits(ofLength), language(byFirst.join('|')), rest]
}

/** Countries whose prefix holds more than what is taken off. */
const ownRules: Readonly<Record<string, (plan: Plan, sent: Language) => readonly TrunkRule[]>> = {
  /** Argentina: 0, area code, 15 and a mobile number at home; 9, area code and the number from abroad. */
  54: (plan, sent) => {
    const [, areas = ''] = /^0\?\(\?:\((.*)\)15\)\?$/.exec(plan.prefixForParsing) ?? []
    const mobile = ['', '0'].flatMap((zero) =>
      [2, 3, 4].map((length): TrunkRule => {
        const area = patternOf(both(language(areas), digits([length])))
        const first = 4 + zero.length
        return ['54', `^[+]54${zero}(${area})15[0-9]{${10 - length}}$`, '+549', first + length + 2, first, length]
      }),
    )
    return [...mobile, ...stripping('54', '0', sent)]
  },
  /** Brazil: 0 or 90, and the two digits of a carrier before a number with its area code. */
  55: (plan, sent) => {
    const [, prefix = '', carrier = ''] =
      /^(\(\?:[^)]*\))\(\?:\((.*)\)\(\\d\{10,11\}\)\)\?$/.exec(plan.prefixForParsing) ?? []
    const withArea = both(sent, digits([10, 11]))
    return [...stripping('55', `${prefix}(?:${carrier})`, sent, withArea), ...stripping('55', prefix, sent)]
  },
  /** Gabon: the 0 belonged to the numbers until 2019. */
  241: (plan, sent) => {
    const [, mobile = ''] = /^0\((.*)\)$/.exec(plan.prefixForParsing) ?? []
    return stripping('241', '0', sent, both(sent, language(mobile)))
  },
}

/** Numbers that are dialled without their area code. */
function locals({ prefixForParsing, transform }: Plan): readonly { readonly inner: string; readonly area: string }[] {
  const [, area] = /^(\d+)\$1$/.exec(transform) ?? []
  if (area === undefined) return []
  return alternatives(prefixForParsing)
    .filter((alternative) => alternative.startsWith('(') && alternative.endsWith(')$'))
    .map((alternative) => ({ inner: alternative.slice(1, -2), area }))
}

/** `a|b(c|d)` -> `a`, `b(c|d)`. */
function alternatives(pattern: string): readonly string[] {
  const found = ['']
  let depth = 0
  for (const character of pattern) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (character === '|' && depth === 0) found.push('')
    else found[found.length - 1] += character
  }
  return found.filter((alternative) => alternative !== '')
}
