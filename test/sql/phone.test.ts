import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { loadedDice } from '../../connector/demo/dice.ts'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { countryNames } from '../../sql/phone/plans.ts'
import { type EmptyWarehouse, emptyWarehouse, underTest } from '../warehouse/under-test.ts'
import { outcomesOf, sha256, textsOf } from './outcomes.ts'
import { type Answer, differences, type Verdict, verdictOn } from './phone-differences.ts'
import { mutated, type Spelled, spelledNumbers } from './phone-spellings.ts'

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

const phone = { rule: 'phone', format: 'auto' } as const
const answer = ({ text, reason }: { readonly text: string | null; readonly reason: string | null }): Answer =>
  reason === null ? { number: text ?? 'absent' } : { reason }

/** With the country of each row, a thousand in a statement. */
async function byColumn(all: readonly Spelled[]): Promise<Answer[]> {
  const answers: Answer[] = []
  for (let from = 0; from < all.length; from += 1000) {
    const rows = all.slice(from, from + 1000)
    const values = rows.map(({ value }) => value)
    const countries = rows.map(({ country }) => country)
    answers.push(...(await textsOf(warehouse, phone, values, countries)).map(answer))
  }
  return answers
}

/** With one country for all, a country in a statement. */
async function byCountry(all: readonly Spelled[]): Promise<Answer[]> {
  const answers = new Map<Spelled, Answer>()
  for (const [defaultCountry, rows] of Map.groupBy(all, ({ country }) => country)) {
    const values = rows.map(({ value }) => value)
    const texts = await textsOf(warehouse, { ...phone, defaultCountry }, values)
    for (const [i, row] of rows.entries()) answers.set(row, answer(texts[i] ?? { text: null, reason: null }))
  }
  return all.map((one) => answers.get(one) ?? { number: 'absent' })
}

/** How often each verdict falls; what cannot be explained stands in full. */
function verdicts(all: readonly Spelled[], answers: readonly Answer[]) {
  const given = all.map((one, i) => ({
    ...one,
    answer: answers[i] as Answer,
    verdict: verdictOn(one, answers[i] as Answer),
  }))
  const counts = new Map<Verdict, number>()
  for (const { verdict } of given) counts.set(verdict, (counts.get(verdict) ?? 0) + 1)
  return { counts, unexplained: given.filter(({ verdict }) => verdict === 'unexplained') }
}

const dice = loadedDice(7)
const spelled = spelledNumbers(dice)
const mutations = Array.from({ length: 100_000 }, () => {
  const one = spelled[dice.below(spelled.length)] as Spelled
  return { ...one, value: mutated(one.value, dice) }
})
const onDuckdb = underTest === 'duckdb'

describe('as libphonenumber reads them, or with a reason', () => {
  // The others read 5,000 of them: their stand-ins take a second for each thousand.
  const some = onDuckdb ? mutations : mutations.slice(0, 5000)

  test(`${some.length} random mutations of spellings`, async () => {
    const { counts, unexplained } = verdicts(some, onDuckdb ? await byCountry(some) : await byColumn(some))
    expect(unexplained).toEqual([])
    expect(counts.get('equal')).toBeGreaterThan(some.length * 0.8)
    if (onDuckdb)
      expect(documentedCounts(1)).toEqual(
        Object.fromEntries(Object.keys(differences).map((name) => [name, counts.get(name as Verdict) ?? 0])),
      )
  }, 300_000)

  const spellings = onDuckdb ? spelled : spelled.filter((_, i) => i % 7 === 0)
  test(`${spellings.length} spellings of mobiles and fixed lines of every country`, async () => {
    const answers = await byColumn(spellings)
    const { counts, unexplained } = verdicts(spellings, answers)
    expect(unexplained).toEqual([])
    expect(counts.get('equal')).toBeGreaterThan(spellings.length * 0.99)
    if (!onDuckdb) return
    expect(answers).toEqual(await byCountry(spellings))
    expect(documentedCounts(0)).toEqual(
      Object.fromEntries(Object.keys(differences).map((name) => [name, counts.get(name as Verdict) ?? 0])),
    )
  }, 300_000)
})

/** The nth column of counts in the table of differences of `docs/identifiers.md`. */
function documentedCounts(column: 0 | 1): Readonly<Record<string, number>> {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'identifiers.md'), 'utf8')
  return Object.fromEntries(
    Object.entries(differences).map(([name, { why }]) => {
      const row = page.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? ''
      const cells = row.split(' | ')
      return [name, cells.includes(why) || row.includes(why) ? Number(cells[1 + column]) : -1]
    }),
  )
}

describe('the country of a row', () => {
  const french = '+33612345678'
  test.each([
    ['FR', french],
    ['fr', french],
    [' fRa ', french],
    ['France', french],
    ['FRANCE\u00a0', french],
    ['DE', '+49612345678'],
    ['Germany', '+49612345678'],
    ['Deutschland', 'unknown_country'],
    ['XX', 'unknown_country'],
    ['33', 'unknown_country'],
    ['Congo', 'unknown_country'],
  ])('%s', async (country, expected) => {
    const [outcome] = await outcomesOf(warehouse, phone, ['0612345678'], [country])
    expect(outcome).toEqual(
      expected.startsWith('+') ? { digest: sha256(expected), reason: null } : { digest: null, reason: expected },
    )
  })

  test.each(['UK', 'gb', 'GBR', 'United Kingdom', 'Great Britain', 'England'])(
    '%s is the United Kingdom',
    async (country) => {
      const [outcome] = await outcomesOf(warehouse, phone, ['07911 123456'], [country])
      expect(outcome).toEqual({ digest: sha256('+447911123456'), reason: null })
    },
  )

  test('an empty one leaves it to the default, one that is unknown does not', async () => {
    const values = ['06 12 34 56 78', '06 12 34 56 78', '06 12 34 56 78', '06 12 34 56 78', '+49 151 12345678']
    const countries = [null, '', ' ', 'Gallia', 'Gallia']
    const outcomes = await outcomesOf(warehouse, { ...phone, defaultCountry: 'FR' }, values, countries)
    expect(outcomes.map(({ digest, reason }) => reason ?? digest)).toEqual([
      sha256(french),
      sha256(french),
      sha256(french),
      'unknown_country',
      sha256('+4915112345678'),
    ])
    expect(await outcomesOf(warehouse, phone, ['06 12 34 56 78'], [null])).toEqual([
      { digest: null, reason: 'unknown_country' },
    ])
  })

  test('every name is that of one country, in lower case', () => {
    const names = countryNames.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => name !== name.toLowerCase() || name !== name.trim())).toEqual([])
    expect(names.length).toBeGreaterThan(700)
  })
})

test('a text starts with one of several, or with none', async () => {
  const { dialect } = warehouse
  const texts = ['+33', '+336', '+3', '', '33', '+1684', '+49151', 'x+33']
  const starts = ['+33', '+1684', '+1685', '+491', 'a']
  const rows = texts.map((text, n) => sql`select ${sql.lit(n)} as n, ${sql.lit(text)} as t`)
  const found = await warehouse.rows(
    'starts',
    sql`select t from (${sql.join(rows, sql` union all `)}) as texts where ${dialect.startsWithOneOf(sql.id('t'), starts)} order by n`,
  )
  expect(found.map(({ t }) => t)).toEqual(['+33', '+336', '+1684', '+49151'])
})
