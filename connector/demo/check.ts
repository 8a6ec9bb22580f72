import { createHash } from 'node:crypto'
import type { Customer } from './customers.ts'

/**
 * What the platforms must hold, worked out a second time: from the raw rows, in plain TypeScript that shares nothing
 * with the SQL of a run, nor with `tidemark.yml`. So an error has to be made twice, in two languages, to go unnoticed.
 */

/** Who belongs to a segment, in the words of JavaScript. */
export const segments: Readonly<Record<string, (customer: Customer) => boolean>> = {
  high_value: ({ lifetimeValue, country }) =>
    lifetimeValue !== null && lifetimeValue >= 500 && (country === 'FR' || country === 'DE'),
  newsletter: ({ newsletter }) => newsletter === true,
}

/** What the platforms call an e-mail and a phone. */
export const platformWords: Readonly<Record<string, { readonly email: string; readonly phone: string }>> = {
  x: { email: 'email', phone: 'phone_number' },
  tiktok: { email: 'EMAIL_SHA256', phone: 'PHONE_SHA256' },
}

/** What more than this many members share is nobody's. */
const mostHolders = 20

export interface Difference {
  readonly activation: string
  /** Identifiers that the platform must hold. */
  readonly expected: number
  readonly missing: number
  readonly unexpected: number
}

/** Compares what a platform holds, as `type digest`, with what the raw rows say of that activation. */
export const compare = (activation: string, rows: readonly Customer[], held: ReadonlySet<string>): Difference => {
  const [segment = '', platform = ''] = activation.split('.')
  const belongs = segments[segment]
  const words = platformWords[platform]
  if (!belongs || !words) throw new Error(`The check knows no activation ${activation}`)
  const expected = new Set<string>()
  const members = rows.filter((row) => row.customerId !== null && belongs(row))
  for (const [field, digestOf] of [
    [words.email, emailDigest],
    [words.phone, phoneDigest],
  ] as const) {
    for (const digest of ofPersons(members, digestOf)) expected.add(`${field} ${digest}`)
  }
  return { activation, expected: expected.size, missing: lacking(expected, held), unexpected: lacking(held, expected) }
}

export const isEqual = ({ missing, unexpected }: Difference): boolean => missing === 0 && unexpected === 0

/** Digests and persons as the platforms know them without telling: whose account it is that is found by an identifier. */
export const persons = (rows: readonly Customer[], known: Map<string, string>): ReadonlyMap<string, string> => {
  for (const digestOf of [emailDigest, phoneDigest]) {
    const single = new Set(ofPersons(rows, digestOf))
    for (const row of rows) {
      const digest = digestOf(row)
      if (digest && row.customerId !== null && single.has(digest) && !known.has(digest))
        known.set(digest, `person ${row.customerId}`)
    }
  }
  return known
}

const lacking = (all: ReadonlySet<string>, others: ReadonlySet<string>): number => {
  let count = 0
  for (const one of all) if (!others.has(one)) count++
  return count
}

function* ofPersons(members: readonly Customer[], digestOf: (row: Customer) => string | null): Generator<string> {
  const holders = new Map<string, Set<number | null>>()
  for (const member of members) {
    const digest = digestOf(member)
    if (digest === null) continue
    const those = holders.get(digest) ?? new Set()
    holders.set(digest, those.add(member.customerId))
  }
  for (const [digest, those] of holders) if (those.size <= mostHolders) yield digest
}

const hashed = /^[0-9a-f]{64}$/
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const emailDigest = ({ email }: Customer): string | null => {
  const text = (email ?? '').trim().toLowerCase()
  if (hashed.test(text)) return text
  return /^[^\s@]+@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*[a-z0-9]$/.test(text) ? sha256(text) : null
}

const phoneDigest = ({ phone, country }: Customer): string | null => {
  const text = (phone ?? '').trim().toLowerCase()
  if (hashed.test(text)) return text
  const number = e164(text, country)
  return number === null ? null : sha256(number)
}

/** Calling code, what is dialled before a number at home, and its digits after that. */
const plans: Readonly<Record<string, { readonly code: string; readonly trunk: string; readonly digits: RegExp }>> = {
  FR: { code: '33', trunk: '0', digits: /^[1-9]\d{8}$/ },
  GB: { code: '44', trunk: '0', digits: /^[1-9]\d{8,9}$/ },
  DE: { code: '49', trunk: '0', digits: /^[1-9]\d{5,10}$/ },
  US: { code: '1', trunk: '1', digits: /^[2-9]\d{9}$/ },
}

/** The numbers of four countries only: enough for these customers, and simple enough to be seen to be right. */
const e164 = (text: string, country: string): string | null => {
  const bare = text.replace(/[\s()./-]/g, '')
  if (!/^\+?\d{5,19}$/.test(bare)) return null
  const abroad = /^(?:\+|00)(\d+)$/.exec(bare)?.[1]
  if (abroad !== undefined) {
    const code = Object.values(plans).find((plan) => abroad.startsWith(plan.code))?.code
    if (code === undefined) return null
    const rest = abroad.slice(code.length).replace(/^0/, '')
    return /^[1-9]/.test(rest) && code.length + rest.length >= 8 && code.length + rest.length <= 15
      ? `+${code}${rest}`
      : null
  }
  const plan = plans[country]
  if (!plan) return null
  const national = bare.startsWith(plan.trunk) ? bare.slice(plan.trunk.length) : bare
  return plan.digits.test(national) ? `+${plan.code}${national}` : null
}
