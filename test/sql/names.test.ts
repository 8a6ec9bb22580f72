import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { createScope } from '../../sql/scope.ts'
import { type SegmentSource, segmentColumns, segmentRows } from '../../sql/segment.ts'
import { type EmptyWarehouse, emptyWarehouse } from '../warehouse/under-test.ts'

let empty: EmptyWarehouse
let warehouse: Warehouse
beforeAll(async () => {
  empty = await emptyWarehouse()
  warehouse = await empty.connect()
  const columns =
    '"from" varchar, "order" bigint, "current" varchar, "Größe in cm" varchar, "x; drop table y; --" varchar'
  await empty.say(
    'create schema "select"',
    `create table "select"."a table" (${columns})`,
    `insert into "select"."a table" values ('a', 9007199254740993, 'c', '170', 'harmless'), ('', null, null, null, null)`,
  )
})
afterAll(async () => {
  await warehouse.close()
  await empty.destroy()
})

const rowsOf = (relation: readonly string[], more: Partial<SegmentSource> = {}) => {
  const segment = { source: { relation }, where: [], memberKey: { column: 'from', hash: false }, ...more }
  const { dialect } = warehouse
  const scope = createScope({ dialect, schema: 'tidemark', activation: 'a', suffix: 'a', fence: '1' })
  const columns = ['order', 'current', 'Größe in cm', 'x; drop table y; --']
  return warehouse.rows('segment', segmentRows(scope, segment, columns))
}
const all = [
  { member_key: 'a', raw_1: '9007199254740993', raw_2: 'c', raw_3: '170', raw_4: 'harmless' },
  { member_key: null, raw_1: null, raw_2: null, raw_3: null, raw_4: null },
]
const inOrder = <T extends { readonly member_key?: string | null }>(rows: readonly T[]): readonly T[] =>
  [...rows].sort((a, b) => Number(a.member_key === null) - Number(b.member_key === null))

test('reserved words, spaces, capitals, other letters and SQL are names like others; 2^53 and one is itself', async () => {
  expect(inOrder(await rowsOf(['select', 'a table']))).toEqual(all)
})

test('names of three parts', async () => {
  expect(inOrder(await rowsOf([empty.catalogue, 'select', 'a table']))).toEqual(all)
})

test('conditions on such columns', async () => {
  const where = [
    { column: 'order', operator: 'equals', value: 9_007_199_254_740_992 },
    { column: 'Größe in cm', operator: 'equals', value: '170' },
  ] as const
  // The number above it is another one.
  expect(await rowsOf(['select', 'a table'], { where })).toEqual([])
  expect(await rowsOf(['select', 'a table'], { where: where.slice(1) })).toEqual(all.slice(0, 1))
})

test('the columns that such a relation has', async () => {
  const segment = { source: { relation: ['select', 'a table'] }, where: [], memberKey: { column: 'from', hash: false } }
  const columns = await warehouse.columns('segment', segmentColumns(segment))
  expect(columns.map(({ name, asText }) => [name.toLowerCase(), asText])).toEqual(
    ['from', 'order', 'current', 'größe in cm', 'x; drop table y; --'].map((name) => [name, true]),
  )
})
