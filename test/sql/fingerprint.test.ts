import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sql } from 'kysely'
import {
  compareByExcept,
  compareByJoin,
  compareWith,
  compareWithNothing,
  countCompared,
  createChangedMembers,
  currentMembers,
  fingerprintOf,
} from '../../sql/fingerprint.ts'
import type { Sql } from '../../sql/scope.ts'
import { words } from '../warehouse/under-test.ts'
import { openTestWarehouse } from './warehouse.ts'

let world: Awaited<ReturnType<typeof openTestWarehouse>>
beforeAll(async () => {
  world = await openTestWarehouse()
})
afterAll(() => world.warehouse.close())

const seed = { mapping: 'm', version: 1 }
const text = (value: string | null): string => (value === null ? 'null::varchar' : `'${value.replaceAll("'", "''")}'`)

describe('fingerprint', () => {
  const fingerprint = async (values: readonly (string | null)[], from = seed): Promise<string> => {
    const columns = values.map((value, i) => `${text(value)} as raw_${i + 1}`).join(', ')
    const [row] = await world.rows(
      sql`select cast(${fingerprintOf(world.scope, from, values.length)} as varchar) as f from (select ${sql.raw(columns)}) as r`,
    )
    return row?.f ?? ''
  }

  test.each([
    [
      ['a', null, 'b'],
      ['a', 'b', null],
    ],
    [
      ['', 'a'],
      [null, 'a'],
    ],
    [
      ['a|1:b', 'c'],
      ['a', '1:b|c'],
    ],
    [
      ['1:a', ''],
      ['', '1:a'],
    ],
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [
      [':', null],
      [null, ':'],
    ],
    [
      ['é', 'e'],
      ['e', 'é'],
    ],
  ])('tells %j from %j', async (one, other) => {
    expect(await fingerprint(one)).not.toBe(await fingerprint(other))
  })

  test('changes with the mapping and with the version of the rules', async () => {
    const all = await Promise.all([
      fingerprint(['a']),
      fingerprint(['a'], { ...seed, mapping: 'n' }),
      fingerprint(['a'], { ...seed, version: 2 }),
    ])
    expect(new Set(all).size).toBe(3)
  })

  test('is the MD5 of lengths and values behind the seed', async () => {
    const md5 = createHash('md5').update('1|m|1:a:').digest()
    expect(await fingerprint(['a', null])).toBe(words.md5(md5))
  })
})

test('NULL and empty keys are NULL, hashed keys SHA-256', async () => {
  await world.raw("create table people as select * from (values ('1', 'a'), (null, 'b'), ('', 'c')) as v(id, email)")
  const keys = async (hash: boolean) => {
    const segment = { source: { relation: ['people'] }, where: [], memberKey: { column: 'id', hash } }
    const query = currentMembers(world.scope, segment, ['email'], seed)
    const rows = await world.rows(sql`select member_key from (${query}) as c order by 1 nulls last`)
    return rows.map((row) => row.member_key)
  }
  expect(await keys(false)).toEqual(['1', null, null])
  expect(await keys(true)).toEqual(['6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', null, null])
})

describe('the comparison, by EXCEPT each way and by one full join', () => {
  const state = (table: string): string => `tidemark_state."${table}_a-x"`
  const fill = async (table: string, columns: string, rows: readonly string[]): Promise<void> => {
    await world.raw(`delete from ${table}`)
    if (rows.length > 0) await world.raw(`insert into ${table} (${columns}) values ${rows.join(', ')}`)
  }
  const pair = ([key, f]: readonly [string | null, number]): string => `(${text(key)}, ${words.fingerprint(f)})`
  beforeAll(() =>
    world.raw(`create ${words.scratch} now (member_key varchar, fingerprint ${world.scope.dialect.types.fingerprint})`),
  )

  const pairs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 3 })), {
    maxLength: 12,
  })
  const nowAsSegment = { source: { relation: ['now'] }, where: [], memberKey: { column: 'member_key', hash: false } }
  const some = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'))
  test('finds whoever is not settled, and counts rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        pairs,
        // A ledger that is empty as a whole is common, and compared in a third way.
        fc.oneof(fc.tuple(pairs, some), fc.constant([[], []] as const)),
        fc.integer({ min: 0, max: 2 }),
        some,
        fc.boolean(),
        async (current, [ledger, kept], keyless, due, full) => {
          const settled = [...new Map(ledger.map((one) => [one.join('/'), one])).values()]
          await fill('now', 'member_key, fingerprint', [
            ...current.map(pair),
            ...Array.from({ length: keyless }, (_, i) => pair([null, i])),
          ])
          await fill(state('ledger_members'), 'member_key, fingerprint', settled.map(pair))
          await fill(
            state('ledger_identifiers'),
            'member_key',
            kept.map((key) => `('${key}')`),
          )
          await fill(
            state('due'),
            'member_key, due_at',
            due.map((key) => `('${key}', timestamp '2000-01-01')`),
          )

          const names = (rows: readonly (readonly [string, number])[]): Set<string> =>
            new Set(rows.map((r) => r.join('/')))
          const differ = [...names(current).symmetricDifference(names(settled))].map((name) => name.split('/')[0] ?? '')
          const everybody = [...current.map(([key]) => key), ...settled.map(([key]) => key), ...kept]
          const changed = new Set([...(full ? everybody : differ), ...due])

          for (const compare of [compareByJoin, compareByExcept].map((by) => by(world.scope, sql`now`, full))) {
            await expectFound(compareWith(world.scope)(compare))
          }
          if (settled.length === 0 && kept.length === 0)
            await expectFound(compareWithNothing(world.scope, nowAsSegment))

          async function expectFound(compare: Sql) {
            await world.run(compare, ...createChangedMembers(world.scope))
            const found = await world.raw('select member_key, member_no::varchar as no from tidemark_changed_members')
            expect(found.map((row) => row.member_key).sort()).toEqual([...changed].sort())
            expect(new Set(found.map((row) => row.no)).size).toBe(found.length)
            const [counts] = await world.rows(countCompared(world.scope))
            expect(counts).toEqual({
              all_rows: String(current.length + keyless),
              null_keys: String(keyless),
              members: String(changed.size),
            })
          }
        },
      ),
      { numRuns: 80 },
    )
  }, 60_000)
})
