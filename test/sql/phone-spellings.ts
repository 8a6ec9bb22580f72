import { type CountryCode, getExampleNumber, type PhoneNumber, parsePhoneNumberFromString } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import type { Dice } from '../../connector/demo/dice.ts'
import { both, digits, type Language, language } from '../numbering-plans/languages.ts'
import { countries, type Plan } from '../numbering-plans/metadata.ts'

/** One number as somebody wrote it, in a country where it may have been written. */
export interface Spelled {
  readonly country: CountryCode
  readonly spelling: string
  readonly value: string
}

/** Every country's mobile and fixed-line numbers, in every spelling. */
export function spelledNumbers(dice: Dice): readonly Spelled[] {
  return [...countries].flatMap(([name, plan]) => {
    const country = name as CountryCode
    return numbersOf(country, plan, dice).flatMap((number) =>
      Object.entries(spellings).map(([spelling, spell]) => ({ country, spelling, value: spell(number, plan) })),
    )
  })
}

const perType = 2

function numbersOf(country: CountryCode, plan: Plan, dice: Dice): readonly PhoneNumber[] {
  const example = getExampleNumber(country, examples)
  // Fixed lines and mobiles are the first two types.
  const made = plan.types.slice(0, 2).flatMap(({ pattern, lengths }) => {
    const all = both(both(language(plan.general), language(pattern)), digits(lengths))
    return Array.from({ length: perType }, () => someWord(all, dice)).flatMap((number) => {
      const parsed = parsePhoneNumberFromString(`+${plan.callingCode}${number}`)
      return parsed ? [parsed] : []
    })
  })
  return example ? [example, ...made] : made
}

/** One of its first texts, with other digits where it takes several. */
function someWord(all: Language, dice: Dice): string {
  const found = [...firstOf(all.wordSets(), 60)]
  const word = found[dice.below(found.length)] ?? []
  return word
    .map(({ ranges }) => {
      const characters = ranges.flatMap(({ min, max }) => Array.from({ length: max - min + 1 }, (_, i) => min + i))
      return String.fromCodePoint(characters[dice.below(characters.length)] ?? 0)
    })
    .join('')
}

function* firstOf<T>(values: Iterable<T>, count: number): Iterable<T> {
  let left = count
  for (const value of values) {
    if (left === 0) return
    left -= 1
    yield value
  }
}

const pairs = (text: string, between: string) => (text.match(/..?/g) ?? []).join(between)
const international = ({ countryCallingCode: code, nationalNumber }: PhoneNumber) => `${code}${nationalNumber}`
/** `00` for `00(?:1[245]|…)`, or a carrier's where there must be one. */
const dialled: Readonly<Record<string, string>> = {
  BR: '0015',
  CO: '00444',
  AU: '0011',
  KR: '001',
  SG: '001',
  TH: '001',
}
const idd = (number: PhoneNumber, plan: Plan) => {
  const first = /^\d+/.exec(plan.internationalPrefix)?.[0] ?? '00'
  return dialled[number.country ?? ''] ?? (/^\d+$/.test(plan.internationalPrefix) ? first : '00')
}

const spellings: Readonly<Record<string, (number: PhoneNumber, plan: Plan) => string>> = {
  national: (number) => number.formatNational(),
  'national, digits': (number) => number.formatNational().replaceAll(/[^0-9]/g, ''),
  'national without prefix': (number) => number.nationalNumber,
  international: (number) => number.formatInternational(),
  E164: (number) => number.number,
  'trunk behind plus': (number, { nationalPrefix }) =>
    `+${number.countryCallingCode} (${nationalPrefix}) ${pairs(number.nationalNumber, ' ')}`,
  'without plus': (number) => international(number),
  'international prefix': (number, plan) => `${idd(number, plan)} ${international(number)}`,
  'hyphens and brackets': (number) => `(+${number.countryCallingCode})-${pairs(number.nationalNumber, '-')}`,
  'dots and no-break spaces': (number) =>
    `\u00a0${pairs(number.formatNational().replaceAll(/[^0-9]/g, ''), '.')}\u202f`,
  'full-width digits': (number) =>
    number.number.replaceAll(/[0-9+]/g, (c) => String.fromCodePoint(c.charCodeAt(0) + 0xfee0)),
  'Arabic digits': (number) =>
    number.formatNational().replaceAll(/[0-9]/g, (c) => String.fromCodePoint(0x660 + Number(c))),
  'marks of direction': (number) => `\u202a${number.formatInternational()}\u202c`,
  extension: (number) => `${number.formatNational()} ext. 123`,
}

const marks = [' ', '-', '.', '(', ')', '/', '\u00a0', '\u2011', '+', '0', 'x', ',', '#', '\u200b', '１', '٣', 'a']

/** A value with one to three random changes. */
export function mutated(value: string, dice: Dice): string {
  let text = [...value]
  for (let changes = 1 + dice.below(3); changes > 0; changes -= 1) {
    const at = dice.below(text.length + 1)
    const digit = dice.digits(1)
    text =
      [
        () => text.toSpliced(at, 0, digit),
        () => text.toSpliced(at, 1),
        () => text.toSpliced(at, 1, digit),
        () => text.toSpliced(at, 0, marks[dice.below(marks.length)] ?? ''),
        () => text.toSpliced(at, 2, ...text.slice(at, at + 2).reverse()),
        () => ['0', ...text],
        () => ['+', ...text],
        () => [...text, dice.digits(1 + dice.below(3))],
      ][dice.below(8)]?.() ?? text
  }
  return text.join('')
}
