import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { bigquery } from '../../../sql/dialect/bigquery.ts'
import { sqlType } from '../../../sql/scope.ts'

const written = (statement: Parameters<typeof bigquery.compile>[0]): string => bigquery.compile(statement).sql

test('names are quoted by backticks, in which a backslash escapes', () => {
  expect(written(sql`select * from ${sql.id('a`b', 'c\\d')}`)).toBe('select * from `a\\`b`.`c\\\\d`')
})

test('texts escape by backslash, never by doubling, and show every character', () => {
  expect(written(sql`select ${sql.lit("it's \\ \n é 😀")}`)).toBe("select 'it\\'s \\\\ \\u000a \\u00e9 \\U0001f600'")
})

test('parameters are positional, and types are called as GoogleSQL calls them', () => {
  expect(bigquery.compile(sql`select cast(${'1'} as ${sqlType.integer}), cast(${null} as ${sqlType.text})`)).toEqual({
    sql: 'select cast(? as int64), cast(? as string)',
    parameters: ['1', null],
  })
  for (const [type, name] of [
    [sqlType.fraction, 'float64'],
    [sqlType.boolean, 'bool'],
    [sqlType.timestamp, 'timestamp'],
  ] as const)
    expect(written(sql`cast(null as ${type})`)).toBe(`cast(null as ${name})`)
})

test('a pattern keeps its own escapes', () => {
  expect(written(bigquery.matches(sql.id('t'), '^[.]\\x{e9}é$'))).toBe(
    "regexp_contains(`t`, '^[.]\\\\x{e9}\\\\x{e9}$')",
  )
})
