import { expect, test } from '@jest/globals'
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
  expect(parseRelation(text)).toEqual(parts)
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
  expect(parseRelation(text)).toBeUndefined()
})
