import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createScratch, text } from '../../sql/scope.ts'
import { segmentRows } from '../../sql/segment.ts'
import { countPersonalKeys } from '../../sql/wanted.ts'
import { words } from '../warehouse/under-test.ts'
import { openTestWarehouse } from './warehouse.ts'

test('keys and values are compared byte by byte, whatever collation a column has', async () => {
  const { scope, raw, rows } = await openTestWarehouse()
  for (const statement of words.makeBlind) await raw(statement)
  await raw(`create table collated as select * from (values ('a', 'x'), ('A', 'y'), ('á', 'z')) v(k, e)`)
  await raw(
    `create view odd as select k collate ${words.blind} as k, e collate ${words.blind} as e, 'p' collate ${words.blind} as p from collated`,
  )
  const segment = { source: { relation: ['odd'] }, where: [], memberKey: { column: 'k', hash: false } } as const
  const read = sql`(${segmentRows(scope, segment, ['e', 'p'])})`
  const pairs = await rows(
    sql`select cast(count(*) as varchar) as n from ${read} as a join ${read} as b on a.member_key = b.member_key`,
  )
  // Three members; with the collations of the columns all nine pairs are equal.
  expect(pairs).toEqual([{ n: '3' }])
  // One text of several columns: texts of several collations are none.
  expect(await rows(sql`select concat(member_key, raw_1, raw_2) as t from ${read} as r order by 1`)).toEqual([
    { t: 'Ayp' },
    { t: 'axp' },
    { t: 'ázp' },
  ])
})

test.each([
  [true, 'jo@example.com'],
  [true, ' jo@example.com '],
  [true, 'Jo Doe <jo.doe@example.co.uk>'],
  [true, 'line\njo@example.com\n'],
  [true, '17:jo@example.com:x'],
  [true, '+33612345678'],
  [true, ' +33 6 12 34 56 78\n'],
  [false, '@handle'],
  [false, 'a@b'],
  [false, 'a@b.'],
  [false, '42'],
  [false, '2026-01-01T00:00:00+01:00'],
  [false, 'a+b'],
  [false, '+1'],
])('a key that names a person is told from one that does not (%s: %j)', async (personal, key) => {
  const { scope, rows, run } = await openTestWarehouse()
  await run(createScratch(scope, 'changed_members', sql`select ${text(key)} as member_key`))
  expect(await rows(countPersonalKeys(scope))).toEqual([{ members: personal ? '1' : '0' }])
})
