import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { type SegmentCondition, segmentRows } from '../../sql/segment.ts'
import { openTestWarehouse } from './warehouse.ts'

let world: Awaited<ReturnType<typeof openTestWarehouse>>
beforeAll(async () => {
  world = await openTestWarehouse()
  await world.raw(`create table people as select * from (values
    ('a', 1, 'FR', true), ('b', 2, 'DE', false), ('c', 10, 'FR', null), ('d', null, null, true)) as v(id, worth, country, vip)`)
})
afterAll(() => world.warehouse.close())

const found = async (...where: readonly SegmentCondition[]): Promise<string> => {
  const segment = { source: { relation: ['people'] }, where, memberKey: { column: 'id', hash: false } }
  const rows = await world.rows(sql`select member_key from (${segmentRows(world.scope, segment, [])}) as s order by 1`)
  return rows.map((row) => row.member_key).join('')
}

test.each<[string, SegmentCondition]>([
  ['b', { column: 'worth', operator: 'equals', value: 2 }],
  ['ac', { column: 'worth', operator: 'not_equals', value: 2 }],
  ['bc', { column: 'worth', operator: 'at_least', value: 2 }],
  ['bc', { column: 'worth', operator: 'at_least', value: 1.5 }],
  ['c', { column: 'worth', operator: 'above', value: 2 }],
  ['ab', { column: 'worth', operator: 'at_most', value: 2 }],
  ['a', { column: 'worth', operator: 'below', value: 2 }],
  ['ac', { column: 'country', operator: 'in', values: ['FR', 'IT'] }],
  ['b', { column: 'country', operator: 'not_in', values: ['FR', 'IT'] }],
  ['d', { column: 'worth', operator: 'is_null', value: true }],
  ['abc', { column: 'worth', operator: 'is_null', value: false }],
  ['b', { column: 'vip', operator: 'equals', value: false }],
])('%s: %j', async (keys, condition) => {
  expect(await found(condition)).toBe(keys)
})

test('without a condition everybody is in it, with several who meets all of them', async () => {
  expect(await found()).toBe('abcd')
  expect(
    await found(
      { column: 'worth', operator: 'at_least', value: 2 },
      { column: 'country', operator: 'equals', value: 'FR' },
    ),
  ).toBe('c')
})

test('columns are read as text, in the order in which they are mapped', async () => {
  const segment = {
    source: { sql: 'select * from people where vip;' },
    where: [],
    memberKey: { column: 'id', hash: false },
  }
  expect(
    await world.rows(sql`select * from (${segmentRows(world.scope, segment, ['country', 'worth'])}) as s order by 1`),
  ).toEqual([
    { member_key: 'a', raw_1: 'FR', raw_2: '1' },
    { member_key: 'd', raw_1: null, raw_2: null },
  ])
})
