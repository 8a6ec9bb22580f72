import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { whitespace } from '../../sql/whitespace.ts'
import { type EmptyWarehouse, emptyWarehouse, words } from '../warehouse/under-test.ts'
import { vectors as all, type Vector } from './normalise.vectors.ts'
import { type Mapping, type Outcome, outcomesOf, sha256 } from './outcomes.ts'

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

const outcomes = (mapping: Mapping, inputs: readonly (string | null)[]) => outcomesOf(warehouse, mapping, inputs)

/** Where a warehouse's texts cannot hold a NUL, there is nothing to normalise. */
const vectors = all.filter(({ input }) => words.holdsNul || !input?.includes('\0'))
const expected = (vector: Vector): Outcome => ({
  digest: vector.text === undefined ? (vector.digest ?? null) : sha256(vector.text),
  reason: vector.reason ?? null,
})
const groups = [
  ...Map.groupBy(vectors, ({ rule, format, defaultCountry }) => [rule, format, defaultCountry ?? '-'].join(' ')),
]
const described = (input: string | null, outcome: Outcome | undefined) => ({ input: JSON.stringify(input), ...outcome })

describe('vectors', () => {
  test.each(groups)('%s', async (_name, group) => {
    const got = await outcomes(
      group[0] as Vector,
      group.map(({ input }) => input),
    )
    expect(group.map(({ input }, i) => described(input, got[i]))).toEqual(
      group.map((vector) => described(vector.input, expected(vector))),
    )
  })

  test.each(groups)('%s: whitespace at either end changes nothing', async (_name, group) => {
    // A text of 64 characters with a NUL at its end is no digest; blanks after it would only be more of the same.
    const padded = group.flatMap((vector) =>
      vector.input === null
        ? []
        : [...whitespace].flatMap((blank) =>
            [`${blank}${vector.input}`, `${vector.input}${blank}${blank}`].map((input) => ({ ...vector, input })),
          ),
    )
    const got = await outcomes(
      group[0] as Vector,
      padded.map(({ input }) => input),
    )
    expect(padded.map(({ input }, i) => described(input, got[i]))).toEqual(
      padded.map((vector) => described(vector.input, expected(vector))),
    )
  })
})

test('a normalised text normalises to itself', async () => {
  for (const [, group] of groups) {
    const mapping = group[0] as Vector
    if (mapping.format === 'sha256') continue
    const texts = group.flatMap(({ text }) => (text === undefined ? [] : [text]))
    if (texts.length === 0) continue
    expect(await outcomes(mapping, texts)).toEqual(texts.map((text) => ({ digest: sha256(text), reason: null })))
  }
})

describe('hashes that the platforms print (X Ads reference, 1.5; TikTok, 2.5)', () => {
  test.each([
    ['email', 'ABC@twitter.com', '4798b8bbdcf6f2a52e527f46a3d7a7c9aefb541afda03af79c74809ecc6376f3'],
    ['email', 'edf@twitter.com', '5bf13d5ad4200407c5bc8b9bb578e425d05ef936fd488e3799a9d0806669223c'],
    ['email', 'test@twitter.com', 'd360d510'],
    ['email', 'JaneDoe@gmail.com', 'd6117306'],
    ['handle', '@Twitter', '7352f353c460e74c7ae226952d04f8aa307b12329c5512ec8cb6f1a0f8f9b2cb'],
    ['handle', 'AdsAPI', '49e0be2aeccfb51a8dee4c945c8a70a9ac500cf6f5cb08112575f74db9b1470d'],
    ['phone', '+1 123 456 7890', '1fa6b8d986d9b9cd01bf36951815158bbde9f520c0567c835dfe34783d0a4231'],
  ] as const)('%s %s', async (rule, input, digest) => {
    const [outcome] = await outcomes({ rule, format: 'auto' }, [input])
    expect(outcome?.digest?.slice(0, digest.length)).toBe(digest)
  })
})

test('any whitespace alone is absent', async () => {
  const inputs = [...whitespace, whitespace]
  for (const format of ['auto', 'clear', 'sha256'] as const) {
    for (const rule of new Set(vectors.map((vector) => vector.rule))) {
      const got = await outcomes({ rule, format }, inputs)
      expect(got).toEqual(inputs.map(() => ({ digest: null, reason: null })))
    }
  }
})
