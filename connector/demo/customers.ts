import { type Dice, loadedDice } from './dice.ts'
import { type Country, noEmail, noPhone, type Phone, someMobile, writtenEmail, writtenPhone } from './handwriting.ts'

/** One row of the table `customers`. */
export interface Customer {
  readonly customerId: number | null
  readonly email: string | null
  readonly phone: string | null
  readonly country: Country
  readonly lifetimeValue: number | null
  readonly newsletter: boolean | null
}

/** What shops type when a customer gives no address. */
export const placeholderEmail = 'none@example.com'

const givenNames = [
  'anna',
  'ben',
  'camille',
  'david',
  'emma',
  'felix',
  'grace',
  'hugo',
  'ines',
  'jack',
  'lea',
  'max',
  'nina',
  'oscar',
  'paula',
  'tom',
] as const
const familyNames = [
  'martin',
  'bernard',
  'smith',
  'jones',
  'mueller',
  'schmidt',
  'garcia',
  'brown',
  'dubois',
  'weber',
  'taylor',
  'moreau',
  'wagner',
  'miller',
] as const
const domains = [
  'gmail.example.com',
  'orange.example.com',
  'gmx.example.net',
  'outlook.example.org',
  'example.org',
  'example.net',
] as const

/** What a customer really has, before anybody writes it down. */
interface Person {
  readonly country: Country
  readonly address: string
  readonly phone: Phone
}

/**
 * Customers `first` to `first + count - 1` as they are found in real tables, and some rows more: a second row with an
 * older address for one in a hundred, and rows that lost their key.
 */
export function* customers(count: number, first = 1): Generator<Customer> {
  const dice = loadedDice(first)
  const placeholders = Math.max(200, count * 0.015) / count
  let before: Person | undefined
  for (let id = first; id < first + count; id++) {
    const person = somebody(dice, id, before)
    const row = written(dice, id, person, dice.chance(placeholders))
    yield row
    if (dice.chance(0.01)) yield { ...row, email: writtenEmail(dice, `old.${person.address}`) }
    if (dice.chance(0.001)) yield { ...row, customerId: null }
    before = person
  }
}

/** Every twentieth lives with the one before and gives the same phone; some of them are that person, once more. */
const somebody = (dice: Dice, id: number, before: Person | undefined): Person => {
  const address = `${dice.pick(givenNames)}.${dice.pick(familyNames)}${id}@${dice.pick(domains)}`
  if (before && dice.chance(0.05)) return { ...before, address: dice.chance(0.3) ? `${id}.${before.address}` : address }
  const country = dice.pick<Country>(['FR', 'FR', 'FR', 'FR', 'FR', 'GB', 'GB', 'DE', 'DE', 'US'])
  return { country, address, phone: someMobile(dice, country) }
}

const written = (dice: Dice, id: number, { country, address, phone }: Person, placeholder: boolean): Customer => ({
  customerId: id,
  email: placeholder ? placeholderEmail : unless(dice, 0.06, noEmail, () => writtenEmail(dice, address)),
  phone: unless(dice, 0.2, noPhone, () => writtenPhone(dice, country, phone)),
  country,
  lifetimeValue: dice.chance(0.05) ? null : dice.below(150_000) / 100,
  newsletter: dice.chance(0.02) ? null : dice.chance(0.6),
})

/** NULL for that share, sometimes blank, sometimes something that is none, else what it should be. */
const unless = (
  dice: Dice,
  empty: number,
  none: readonly [string, ...string[]],
  value: () => string,
): string | null => {
  if (dice.chance(empty)) return null
  if (dice.chance(0.01)) return dice.pick(['', ' '])
  return dice.chance(0.02) ? dice.pick(none) : value()
}
