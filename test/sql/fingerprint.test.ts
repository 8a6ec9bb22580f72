import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { sql } from 'kysely'
import { createCurrentMembers, differenceByExcept, differenceByJoin, fingerprintOf } from '../../sql/fingerprint.ts'
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

  test('is the MD5 of lengths and values behind the seed, as a number', async () => {
    // DuckDB reads the sixteen bytes from the last to the first.
    const { createHash } = await import('node:crypto')
    const expected = BigInt(`0x${createHash('md5').update('1|m|1:a:').digest().reverse().toString('hex')}`)
    expect(await fingerprint(['a', null])).toBe(String(expected))
  })
})

test('NULL and empty keys stand as NULL in current_members, hashed keys as SHA-256', async () => {
  await world.raw(
    "create or replace table people as select * from (values ('1', 'a'), (null, 'b'), ('', 'c')) as v(id, email)",
  )
  const segment = (hash: boolean) => ({
    source: { relation: ['people'] },
    where: [],
    memberKey: { column: 'id', hash },
  })
  await world.run(createCurrentMembers(world.scope, segment(false), ['email'], seed))
  expect(await world.raw('select member_key from tidemark_current_members order by 1 nulls last')).toEqual([
    { member_key: '1' },
    { member_key: null },
    { member_key: null },
  ])
  await world.run(createCurrentMembers(world.scope, segment(true), ['email'], seed))
  const [first] = await world.raw('select member_key from tidemark_current_members where member_key is not null')
  expect(first?.member_key).toBe('6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b')
})

test('one full join finds what EXCEPT each way finds', async () => {
  const pairs = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 3 })), {
    maxLength: 12,
  })
  await fc.assert(
    fc.asyncProperty(pairs, pairs, fc.integer({ min: 0, max: 2 }), async (current, ledger, nullKeys) => {
      const values = (rows: readonly (readonly [string | null, number])[]): string =>
        rows.map(([key, f]) => `(${text(key)}, ${f}::uhugeint)`).join(', ')
      const keyless = Array.from({ length: nullKeys }, (_, i) => [null, i] as const)
      const now = [...current, ...keyless]
      await world.raw(
        `create or replace temp table tidemark_current_members (member_key varchar, fingerprint uhugeint)`,
      )
      await world.raw('delete from tidemark_state."ledger_members_a-x"')
      if (now.length > 0) await world.raw(`insert into tidemark_current_members values ${values(now)}`)
      const distinct = [...new Map(ledger.map((pair) => [pair.join('/'), pair])).values()]
      if (distinct.length > 0)
        await world.raw(
          `insert into tidemark_state."ledger_members_a-x" (member_key, fingerprint) values ${values(distinct)}`,
        )
      const keys = async (query: ReturnType<typeof differenceByJoin>) =>
        new Set(
          (await world.rows(sql`select distinct member_key from (${query}) as q where member_key is not null`)).map(
            (row) => row.member_key,
          ),
        )
      const pair = (rows: readonly (readonly [string, number])[]) => new Set(rows.map(([key, f]) => `${key}/${f}`))
      const expected = new Set([...pair(current).symmetricDifference(pair(ledger))].map((both) => both.split('/')[0]))
      expect(await keys(differenceByExcept(world.scope))).toEqual(expected)
      expect(await keys(differenceByJoin(world.scope))).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})
