import { callingCodes } from '../../sql/phone/plans.ts'
import { type Reference, referenceOf } from './phone-reference.ts'
import type { Spelled } from './phone-spellings.ts'

/** What SQL makes of a phone number: E.164, or a reason. */
export type Answer = { readonly number: string } | { readonly reason: string }

/** Ways in which we differ from libphonenumber where it says valid or impossible, each with its reason; `docs/identifiers.md`. */
export const differences = {
  'text around the number': {
    why: 'The library passes over letters before and behind a number. They may say anything (`user4155552671`), so the value is refused; so is a comma with other digits than those of an extension behind it.',
    is: ({ answer, reference, value }) =>
      reference.is === 'valid' && refusedAs(answer, 'not_a_number') && /[a-z,]|\d#|^\P{N}*#/iu.test(value),
  },
  'two numbers parted by a slash': {
    why: 'The library joins the digits on both sides of a slash. Behind two groups of digits it parts two numbers, or a range: refused.',
    is: ({ answer, reference, value }) =>
      reference.is === 'valid' && refusedAs(answer, 'several_numbers') && value.includes('/'),
  },
  'a quantity': {
    why: 'A comma or a point and zeros behind the digits, nothing else: a spreadsheet took the number for a quantity, and lost or made up digits. The library drops the comma or joins the zeros.',
    is: ({ answer, value }) => refusedAs(answer, 'not_a_number') && /^[^.,]*[.,][0０٠]+\W*$/.test(value),
  },
  'more than 15 digits': {
    why: 'The library knows German numbers of up to 15 digits without the calling code. E.164, which the platforms want, ends at 15 with it.',
    is: ({ answer, reference }) =>
      reference.is === 'valid' && refusedAs(answer, 'too_long') && reference.number.length > 16,
  },
  'a calling code twice': {
    why: 'German and Indonesian mobiles behind their calling code, without `+`, are fixed lines of an area 0491 or 0628 to the library, longer than any there is. They are read with their calling code; behind `+`, `0` and the calling code again they are refused.',
    is: ({ country, answer, reference }) =>
      reference.is === 'valid' &&
      (country === 'DE' || country === 'ID') &&
      /^[+](4949|6262)/.test(reference.number) &&
      ('reason' in answer || answer.number === reference.number.replace(/^[+](\d\d)\1/, '+$1')),
  },
  '00 before the own calling code': {
    why: 'In North America, Russia and a few more countries something else is dialled before an international number, and 00 begins none of theirs. 00 and their own calling code is read for `+`: `0014155552671` in the United States.',
    is: ({ country, answer, reference, value }) =>
      reference.is === 'impossible' &&
      'number' in answer &&
      answer.number.startsWith(`+${callingCodes[country]}`) &&
      /^\D*[0０٠]\D*[0０٠]/.test(value),
  },
  "Mexico's former prefixes": {
    why: 'Mexico gave up 1 behind +52, and 01, 044 and 045 at home, in 2019; the library forgot them, tables did not. The number behind them is the same.',
    is: ({ answer, reference, value }) =>
      reference.is === 'impossible' && 'number' in answer && answer.number.startsWith('+52') && /[10１٠]/.test(value),
  },
  'countries that share a plan': {
    why: 'In Jersey, Guernsey, the Isle of Man, Kazakhstan, Åland and the islands of Australia the library tells by their own plans what we tell by that of the calling code.',
    is: ({ country, answer, reference }) =>
      ['JE', 'GG', 'IM', 'KZ', 'AX', 'CC', 'CX'].includes(country) &&
      'number' in answer &&
      (reference.is === 'impossible' || reference.number !== answer.number),
  },
} as const satisfies Readonly<Record<string, { readonly why: string; is(judged: Judged): boolean }>>

export interface Judged extends Pick<Spelled, 'country' | 'value'> {
  readonly answer: Answer
  readonly reference: Reference
}
export type Verdict =
  | 'equal'
  | 'sent, possible'
  | 'refused, possible'
  | 'read otherwise, possible'
  | keyof typeof differences
  | 'unexplained'

const refusedAs = (answer: Answer, reason: string): boolean => 'reason' in answer && answer.reason === reason

/** Equal, one of the two that are ours to choose, a difference with a reason, or `unexplained`. */
export function verdictOn(spelled: Pick<Spelled, 'country' | 'value'>, answer: Answer): Verdict {
  const reference = referenceOf(spelled.value, spelled.country)
  const judged = { ...spelled, answer, reference }
  if (reference.is === 'possible') {
    if ('reason' in answer) return 'refused, possible'
    return answer.number === reference.number ? 'sent, possible' : 'read otherwise, possible'
  }
  if (reference.is === 'valid' ? 'number' in answer && answer.number === reference.number : 'reason' in answer)
    return 'equal'
  const found = Object.entries(differences).find(([, { is }]) => is(judged))
  return (found?.[0] as keyof typeof differences | undefined) ?? 'unexplained'
}
