import { createHash } from 'node:crypto'
import type { Dice } from './dice.ts'

/** How people, forms, imports and spreadsheets write what is one and the same address or number. */

export const countries = ['FR', 'GB', 'DE', 'US'] as const
export type Country = (typeof countries)[number]

/** A mobile number: calling code, and the national number without what is dialled before it at home. */
export interface Phone {
  readonly code: string
  readonly number: string
}

export const someMobile = (dice: Dice, country: Country): Phone => {
  switch (country) {
    case 'FR':
      return { code: '33', number: dice.pick(['6', '7']) + dice.digits(8) }
    case 'GB':
      return { code: '44', number: `7${dice.pick(['4', '5', '7', '8'])}${dice.digits(8)}` }
    case 'DE':
      return { code: '49', number: dice.pick(['151', '160', '171', '176']) + dice.digits(8) }
    case 'US':
      return {
        code: '1',
        number: `${dice.pick(['212', '312', '415', '646', '917'])}${2 + dice.below(8)}${dice.digits(6)}`,
      }
  }
}

const pairs = (digits: string, between: string): string => (digits.match(/..?/g) ?? []).join(between)

const atHome: Readonly<Record<Country, (number: string, dice: Dice) => string>> = {
  // The last one is what a spreadsheet leaves of a number that it took for a quantity.
  FR: (n, dice) => dice.pick([pairs(`0${n}`, ' '), pairs(`0${n}`, '.'), pairs(`0${n}`, '-'), `0${n}`, n]),
  GB: (n, dice) =>
    dice.pick([`0${n.slice(0, 4)} ${n.slice(4)}`, `0${n.slice(0, 4)}-${n.slice(4, 7)}-${n.slice(7)}`, `0${n}`]),
  DE: (n, dice) =>
    dice.pick([
      `0${n.slice(0, 3)} ${n.slice(3)}`,
      `0${n.slice(0, 3)}/${n.slice(3)}`,
      `(0${n.slice(0, 3)}) ${n.slice(3)}`,
    ]),
  US: (n, dice) => {
    const [area, exchange, line] = [n.slice(0, 3), n.slice(3, 6), n.slice(6)]
    return dice.pick([
      `(${area}) ${exchange}-${line}`,
      `${area}-${exchange}-${line}`,
      `${area}.${exchange}.${line}`,
      `1 ${area} ${exchange} ${line}`,
    ])
  },
}

export const writtenPhone = (dice: Dice, country: Country, phone: Phone): string => {
  const { code, number } = phone
  if (dice.chance(0.03)) return digest(dice, `+${code}${number}`)
  if (dice.chance(0.6)) return atHome[country](number, dice)
  const zero = country === 'US' ? '' : '(0)'
  return dice.pick([
    `+${code}${number}`,
    `+${code} ${pairs(number, ' ')}`,
    `00${code}${number}`,
    `00${code} ${pairs(number, '-')}`,
    `+${code} ${zero}${number}`,
    ` +${code}\u00a0${number} `,
  ])
}

export const writtenEmail = (dice: Dice, address: string): string => {
  if (dice.chance(0.05)) return digest(dice, address)
  const [local = '', domain = ''] = address.split('@')
  return dice.pick([
    address,
    address,
    address,
    address.toUpperCase(),
    address.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()),
    ` ${address}`,
    `${address}  `,
    `\t${address}\u00a0`,
    `${local}+shop@${domain}`,
    `${local}@${domain.toUpperCase()}`,
  ])
}

/** Some systems hand over digests instead of clear text, a few of them in capitals. */
const digest = (dice: Dice, text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex')
  return dice.chance(0.2) ? hex.toUpperCase() : hex
}

export const noEmail = [
  'n/a',
  'unknown',
  'a.martin@',
  '@example.org',
  'b@c',
  'j doe@example.org',
  'x@@example.org',
  'see notes',
] as const
export const noPhone = [
  'n/a',
  '12345',
  '+33 6 12',
  'after 6 pm',
  '06 12 34 56 78 / 06 98 76 54 32',
  '3.36123E+10',
  '000000',
  '-',
] as const
