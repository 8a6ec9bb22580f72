import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import type { Format, NormalisationRule } from '../../sql/normalise.ts'
import { type EmptyWarehouse, emptyWarehouse } from '../warehouse/under-test.ts'
import { type Outcome, outcomesOf, sha256 } from './outcomes.ts'

/**
 * A value as somebody really had it, by a public bug report or question (`source`: repository and number, or the page that
 * asks for it), and what a right tool makes of it: each of `want` is fine. `reject`, `hex:` and a digest, or the text that
 * is hashed.
 */
interface FieldValue {
  readonly field: string
  readonly country: string | null
  readonly format: Format | null
  readonly value: string
  readonly want: readonly string[]
  readonly source: string
}

const rules: Readonly<Record<string, NormalisationRule>> = {
  email: 'email',
  device_id: 'device_id',
  twitter_id: 'x_user_id',
  handle: 'handle',
  phone_number: 'phone',
}

/** Where we disagree: what we make of it instead, a reason or a text, and why. */
const otherwise: Readonly<Record<string, { readonly what: string; readonly why: string }>> = {
  'jane@b\u00fccher.example': {
    what: 'reserved_domain',
    why: 'nobody can have an address below .example (RFC 6761): a digest of one matches nobody, or a stranger',
  },
  '030 1234567': {
    what: '+33301234567',
    why: 'with default_country FR it is a number of France (030 1234567 in Berlin): only the country of the row can tell',
  },
  '0221 123456': {
    what: '+33221123456',
    why: 'the same of Cologne: the digits of a valid number of the country that the configuration names',
  },
}

const all = JSON.parse(readFileSync(join(import.meta.dirname, 'field-values.json'), 'utf8')) as readonly FieldValue[]
const values = all.filter(({ field }) => field in rules)

let empty: EmptyWarehouse
let warehouse: Warehouse
beforeAll(async () => {
  empty = await emptyWarehouse()
  warehouse = await empty.connect()
})
afterAll(async () => {
  await warehouse.close()
  await empty.destroy()
})

/** Which of those that are wanted it is; else what it is. */
const nameOf = ({ digest, reason }: Outcome, want: readonly string[]): string => {
  if (reason !== null) return want.includes('reject') ? 'reject' : reason
  return want.find((text) => (text.startsWith('hex:') ? text.slice(4) : sha256(text)) === digest) ?? `digest ${digest}`
}

describe('values as people write them', () => {
  const groups = [
    ...Map.groupBy(values, ({ field, format, country }) => [field, format ?? 'auto', country ?? ''].join(' ').trim()),
  ]

  test.each(groups)('%s', async (_name, group) => {
    const { field, format, country } = group[0] as FieldValue
    const got = await outcomesOf(
      warehouse,
      { rule: rules[field] as NormalisationRule, format: format ?? 'auto', defaultCountry: country ?? undefined },
      group.map(({ value }) => value),
    )
    const named = group.map(({ value, want }, i) => {
      const outcome = got[i] as Outcome
      const { what } = otherwise[value] ?? {}
      const asWeSay = what !== undefined && (outcome.reason === what || outcome.digest === sha256(what))
      const name = asWeSay ? 'as we say' : nameOf(outcome, want)
      return { value: JSON.stringify(value), name, fine: name === 'as we say' || want.includes(name) }
    })
    expect(named.filter(({ fine }) => !fine)).toEqual([])
  })

  test('each that we disagree with is there', () => {
    const known = new Set(values.map(({ value }) => value))
    expect(Object.keys(otherwise).filter((value) => !known.has(value))).toEqual([])
    expect(all).toHaveLength(216)
  })
})
