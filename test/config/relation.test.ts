import { expect, test } from '@jest/globals'
import { namings, storedName } from '../../connector/config/names.ts'
import { parseRelation } from '../../connector/config/relation.ts'

test.each([
  ['customers', ['customers']],
  ['main.customers', ['main', 'customers']],
  ['Db.Main.Größe_2$', ['Db', 'Main', 'Größe_2$']],
  ['"odd name".customers', ['odd name', 'customers']],
  ['"a.b"."say ""hi"""', ['a.b', 'say "hi"']],
  ['"; drop table x; --"', ['; drop table x; --']],
  ['"""".a', ['"', 'a']],
])('%s', (text, parts) => {
  expect(parseRelation(text, namings.duckdb)).toEqual(parts)
})

test.each([
  '',
  '.',
  'a.',
  '.a',
  'a..b',
  'a b',
  'a;b',
  'a.b.c.d',
  '""',
  '"a',
  'a"b"',
  '"a"b',
  '1a',
  'a-b',
  ' a',
  '"a\0"',
])('not %j', (text) => {
  expect(parseRelation(text, namings.duckdb)).toBeUndefined()
})

test('as each warehouse reads names without quotes', () => {
  expect(parseRelation('my-project.Shop.customers', namings.bigquery)).toEqual(['my-project', 'Shop', 'customers'])
  expect(parseRelation('Shop."Customers"', namings.snowflake)).toEqual(['SHOP', 'Customers'])
  expect(parseRelation('my-project.a.b', namings.snowflake)).toBeUndefined()
  const columns = ['id', '"id"', 'odd name', '"a""b"']
  expect(columns.map((name) => storedName(name, namings.snowflake))).toEqual(['ID', 'id', 'odd name', 'a"b'])
  expect(columns.map((name) => storedName(name, namings.postgres))).toEqual(columns)
})
