import {
  behind,
  both,
  digits,
  either,
  type Language,
  language,
  patternOf,
  portable,
  tenDigits,
  without,
} from './languages.ts'
import type { CallingCode, Plan } from './metadata.ts'

/** A text that matches (a pattern, or `prefix:lengths` in characters of the whole) becomes `lead`, the `count` characters that begin at `keep`, and all from `from` on. */
export type TrunkRule = readonly [
  callingCode: string,
  pattern: string,
  lead: string,
  from: number,
  keep?: number,
  count?: number,
]

/** A prefix that never begins a number. */
export interface SimpleTrunk {
  readonly code: string
  readonly prefix: string
}

/** What stands before a national number inside the country: one text that never begins a number, or rules. */
export function trunkOf(
  { code, main }: CallingCode,
  sent: Language,
): readonly (SimpleTrunk | { rules: readonly TrunkRule[] })[] {
  const { prefixForParsing } = main
  if (prefixForParsing === '') return []
  if (/^\d+$/.test(prefixForParsing) && both(sent, language(`${prefixForParsing}\\d*`)).isEmpty)
    return [{ code, prefix: prefixForParsing }]
  const own = ownRules[code]
  if (own !== undefined) return [{ rules: own(main, sent) }]
  if (!['', '$1'].includes(main.transform) && locals(main).length === 0)
    throw new Error(`The prefix of +${code} is transformed in a way that no rule knows: ${main.transform}`)
  return [{ rules: rulesOf(code, main, sent) }]
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
        both(behind(ofLength, one), behind(longer, language('\\d*'))).isEmpty &&
        without(both(one, sent), rest).isEmpty &&
        both(behind(ofLength, one), without(sent, read)).isEmpty,
    )
    const pattern =
      simple === undefined
        ? `^[+]${code}(${patternOf(read)})$`
        : (plain(code, ofLength, simple) ?? `^[+]${code}(${patternOf(ofLength)})(${patternOf(simple)})$`)
    return [code, pattern, `+${code}`, code.length + length + 2]
  })
}

/** `0:8,9` where one prefix stands before any digits, so many: that takes no pattern. */
function plain(code: string, prefixes: Language, rest: Language): string | undefined {
  const prefix = patternOf(prefixes)
  const lengths = Array.from({ length: 14 }, (_, i) => i + 1).filter((length) => !both(rest, digits([length])).isEmpty)
  if (!/^[0-9]+$/.test(prefix) || !without(digits(lengths), rest).isEmpty) return undefined
  return `${prefix}:${lengths.map((length) => `+${code}${prefix}`.length + length).join(',')}`
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
    const [areas] = partsOf(plan, /^0\?\(\?:\((.*)\)15\)\?$/)
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
    const [prefix, carrier] = partsOf(plan, /^(\(\?:[^)]*\))\(\?:\((.*)\)\(\\d\{10,11\}\)\)\?$/)
    const withArea = both(sent, digits([10, 11]))
    return [...stripping('55', `${prefix}(?:${carrier})`, sent, withArea), ...stripping('55', prefix, sent)]
  },
  /** Gabon: the 0 belonged to the numbers until 2019. */
  241: (plan, sent) => {
    const [mobile] = partsOf(plan, /^0\((.*)\)$/)
    return stripping('241', '0', sent, both(sent, language(mobile)))
  },
}

/** Throws where a new version of the library writes them otherwise: then the rule of the country is to be read again. */
function partsOf({ callingCode, prefixForParsing }: Plan, form: RegExp): readonly [string, string] {
  const [, first, second = ''] = form.exec(prefixForParsing) ?? []
  if (first === undefined) throw new Error(`The prefix of +${callingCode} has another form: ${prefixForParsing}`)
  return [first, second]
}

/** Numbers that are dialled without their area code. */
export function locals({
  prefixForParsing,
  transform,
}: Plan): readonly { readonly inner: string; readonly area: string }[] {
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
