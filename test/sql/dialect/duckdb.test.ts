import { createHash } from 'node:crypto'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type RawBuilder, sql } from 'kysely'
import { warehouseOver } from '../../../connector/warehouse/duckdb.ts'
import { duckdb } from '../../../sql/dialect/duckdb.ts'
import { normalisedRows } from '../../../sql/normalised-rows.ts'
import { rowsAtHand } from '../../../sql/scope.ts'

let connection: DuckDBConnection
beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect()
})
afterAll(() => connection.closeSync())

/** The first column of every row, as text. */
async function column(query: RawBuilder<unknown>): Promise<(string | null)[]> {
  const { sql: text, parameters } = duckdb.compile(query)
  const reader = await connection.runAndReadAll(text, [...parameters])
  return reader.getRows().map(([value]) => (value === null || value === undefined ? null : String(value)))
}
const value = async (expression: RawBuilder<unknown>) => (await column(sql`select ${expression}`))[0]
const text = (value: string | null) => sql`cast(${value} as VARCHAR)`
const time = (value: string) => sql`cast(${value} as TIMESTAMP)`

describe('compile', () => {
  test('numbers the parameters and quotes names', () => {
    expect(
      duckdb.compile(sql`select ${sql.id('a"b')} from ${sql.id('s', 't')} where x = ${'1'} and y = ${null}`),
    ).toEqual({
      sql: 'select "a""b" from "s"."t" where x = $1 and y = $2',
      parameters: ['1', null],
    })
  })

  test.each([[1], [true], [new Date(0)], [undefined], [1n]])('refuses the parameter %p', (parameter) => {
    expect(() => duckdb.compile(sql`select ${parameter}`)).toThrow('A bound parameter is a string or null')
  })
})

test.each(Object.entries(duckdb.types))('%s is the type %s', async (_name, type) => {
  expect(await value(sql`typeof(cast(null as ${sql.raw(type)}))`)).toBe(type)
})

describe('hashes', () => {
  test.each(['', 'abc', 'żółć 😀', 'a'.repeat(1000)])('%p', async (input) => {
    const sha256 = createHash('sha256').update(input).digest('hex')
    const digest = duckdb.sha256(text(input))
    expect(await value(sql`typeof(${digest})`)).toBe(duckdb.types.digest)
    expect(await value(duckdb.toHex(digest))).toBe(sha256)
    expect(await value(duckdb.toHex(duckdb.fromHex(text(sha256.toUpperCase()))))).toBe(sha256)
  })

  test('a fingerprint is the MD5 as a number', async () => {
    const print = duckdb.fingerprint(text('abc'))
    expect(await value(sql`typeof(${print})`)).toBe(duckdb.types.fingerprint)
    // DuckDB reads the 16 bytes from the last to the first.
    const bytes = createHash('md5').update('abc').digest()
    expect(await value(print)).toBe(BigInt(`0x${bytes.reverse().toString('hex')}`).toString())
  })

  test('of NULL they are NULL', async () => {
    for (const hash of [duckdb.sha256, duckdb.fingerprint, duckdb.fromHex])
      expect(await value(hash(text(null)))).toBeNull()
  })
})

describe('texts', () => {
  test.each([
    ['abc', 'b', true],
    ['abc', '^b', false],
    ["it's", "t's$", true],
    ['a\n', '^a$', false],
    ['é', '^[\u00e0-\u00ff]$', true],
    ['\u{20001}', '^[\u{20000}-\u{3134f}]$', true],
    ['😀', '^[\u00e0-\u00ff]$', false],
  ])('%p matches %p: %p', async (input, pattern, expected) => {
    expect(await value(duckdb.matches(text(input), pattern))).toBe(String(expected))
  })

  test('all matches are replaced, with a group where asked', async () => {
    expect(await value(duckdb.replaceAll(text('a1b22'), '([0-9])', '<\\1>'))).toBe('a<1>b<2><2>')
    expect(await value(duckdb.replaceAll(text('a\u00a0b'), '[\u00a0]', ''))).toBe('ab')
  })

  test('lower case', async () => {
    expect(await value(duckdb.lower(text('ÀÉŻ ИВАН ΣΟΣ ẞ')))).toBe('àéż иван σοσ ß')
  })

  test.each([
    ['  a b ', ' ', 'a b'],
    ['a', ' ', 'a'],
    ['', ' ', ''],
    ['   ', ' ', ''],
    ['\u200b\n a\nb\u0000\u00a0', ' \n\u00a0\u200b', 'a\nb\u0000'],
    ['[-a^]\\', ']-[^\\', 'a'],
    ['@@a@b@', '@', 'a@b'],
  ])('%p without %p at its ends is %p', async (input, characters, expected) => {
    const hex = Buffer.from(input).toString('hex')
    const got = duckdb.trim(sql`decode(unhex(${hex}))`, characters)
    expect(await value(sql`lower(hex(encode(${got})))`)).toBe(Buffer.from(expected).toString('hex'))
  })

  test('trim and remove of NULL are NULL', async () => {
    expect(await value(duckdb.trim(text(null), ' '))).toBeNull()
    expect(await value(duckdb.remove(text(null), ' '))).toBeNull()
  })

  test('characters are removed wherever they stand', async () => {
    expect(await value(duckdb.remove(text('(0)20 7946-09\u00a058'), ' ()-\u00a0'))).toBe('02079460958')
  })

  test('texts of a group are joined', async () => {
    const rows = sql`(values ('a'), ('b'), (null)) as t (x)`
    const [joined] = await column(sql`select ${duckdb.joinTexts(sql.id('x'))} from ${rows}`)
    expect(joined?.split(',').toSorted()).toEqual(['a', 'b'])
  })
})

describe('times', () => {
  test('every connection of a warehouse reads them in UTC and by the usual calendar', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const before = await instance.connect()
    for (const setting of ["TimeZone = 'Pacific/Auckland'", "Calendar = 'buddhist'"])
      await before.run(`set global ${setting}`)
    before.closeSync()
    const warehouse = await warehouseOver(instance, true)
    const second = await warehouse.another()
    const query = sql`select current_setting('TimeZone') as zone, current_setting('Calendar') as calendar, cast(timestamptz '2026-06-01 20:00:00+00' as varchar) as at`
    for (const connection of [warehouse, second, await second.another()])
      expect(await connection.rows('test', query)).toEqual([
        { zone: 'UTC', calendar: 'gregorian', at: '2026-06-01 20:00:00+00' },
      ])
    await warehouse.close()
  })

  test.each(['UTC', 'Asia/Kolkata', 'America/Los_Angeles'])(
    'now is UTC without a zone in a session of %s',
    async (zone) => {
      await connection.run(`set TimeZone = '${zone}'`)
      const now = duckdb.now()
      expect(await value(sql`typeof(${now})`)).toBe('TIMESTAMP')
      expect(Math.abs(Date.parse((await value(duckdb.isoTimestamp(now))) ?? '') - Date.now())).toBeLessThan(10_000)
      await connection.run('reset TimeZone')
    },
  )

  test.each([
    ['2026-11-23 18:00:00', '1', '2026-11-23T18:00:00.001Z'],
    ['2026-02-28 23:59:59.999', '1', '2026-03-01T00:00:00.000Z'],
    ['2026-11-23 18:00:00', '-86400000', '2026-11-22T18:00:00.000Z'],
    ['2026-11-23 18:00:00.0009', '0', '2026-11-23T18:00:00.000Z'],
    ['2026-11-23 18:00:00', '34190000000', '2027-12-24T11:13:20.000Z'],
  ])('%s moved by %s ms is %s', async (from, ms, to) => {
    expect(await value(duckdb.isoTimestamp(duckdb.addMs(time(from), sql`cast(${ms} as BIGINT)`)))).toBe(to)
  })

  test.each([
    ['2026-11-23 18:00:00', '2026-11-23 18:00:01.5', '1500'],
    ['2026-11-23 18:00:01.5', '2026-11-23 18:00:00', '-1500'],
    ['2026-11-23 18:00:00.0009', '2026-11-23 18:00:00.001', '0'],
  ])('from %s to %s: %s ms', async (from, to, ms) => {
    expect(await value(duckdb.msBetween(time(from), time(to)))).toBe(ms)
  })
})

test('a scratch table takes the place of one of its name', async () => {
  const name = sql.id('scratch_a')
  const statements = [
    duckdb.createScratch(name, sql`n BIGINT`),
    duckdb.createScratchAs(name, sql`select 'first' as x`),
    duckdb.createScratchAs(name, sql`select ${'second'} as x`),
  ]
  for (const { sql: text, parameters } of statements.map(duckdb.compile)) await connection.run(text, [...parameters])
  expect(await column(sql`select x from ${name}`)).toEqual(['second'])
})

describe('rows at hand', () => {
  const columns = { a: 'text', n: 'integer', yes: 'boolean' } as const
  const rows = (json: string) =>
    column(sql`select concat(a, '/', n, '/', yes) from ${duckdb.jsonRows(text(json), columns)} as r`)

  test.each<[string, string, readonly string[]]>([
    ['none', '[]', []],
    [
      'several, in their order',
      '[{"a":"x","n":1,"yes":true},{"a":"y","n":-2,"yes":false}]',
      ['x/1/true', 'y/-2/false'],
    ],
    ['what is not there is NULL', '[{"n":null},{}]', ['//', '//']],
    ['whole numbers to the end of 64 bits', '[{"n":9223372036854775807}]', ['/9223372036854775807/']],
    ['texts that look like SQL', '[{"a":"\'); drop table x; --\\"$1"}]', [`'); drop table x; --"$1//`]],
    ['texts with line ends, NUL and more than 16 bits', '[{"a":"a\\n\\u0000\\ud83d\\ude00é"}]', ['a\n\0😀é//']],
  ])('%s', async (_, json, expected) => {
    expect(await rows(json)).toEqual(expected)
  })

  test('half a surrogate pair of an answer that was cut is replaced', async () => {
    const rows = rowsAtHand({ dialect: duckdb }, { a: 'text' }, [{ a: 'x\ud83d' }])
    expect(await column(sql`select a from ${rows} as r`)).toEqual(['x\ufffd'])
  })
})

describe('buckets', () => {
  test('are even, and from 0 to one less', async () => {
    const bucket = duckdb.bucket(sql`cast(i as VARCHAR)`, 'key', 10)
    const counts = (
      await column(sql`select count(*) from range(10000) as t(i) group by ${bucket} order by ${bucket}`)
    ).map(Number)
    expect(counts.length).toBe(10)
    expect(Math.min(...counts)).toBeGreaterThan(900)
    expect(await column(sql`select distinct ${bucket} from range(10000) as t(i) order by 1`)).toEqual(
      Array.from({ length: 10 }, (_, n) => String(n)),
    )
  })

  test('are the same for the same text and the same bytes, however they came about', async () => {
    for (const same of [
      sql`lpad(cast(i % 2 as VARCHAR), 20, '0')`,
      sql`unhex(lpad(cast(i % 2 as VARCHAR), 20, '0'))`,
    ]) {
      const found = sql`select distinct ${duckdb.bucket(same, 'key', 1_000_000)} from range(1000) as t(i)`
      expect(await column(found)).toHaveLength(2)
    }
  })

  test.each([0, -1, 1.5, Number.NaN])('%p buckets are refused', (buckets) => {
    expect(() => duckdb.bucket(text('a'), 'key', buckets)).toThrow('A whole number from 1 is needed')
  })
})

test('no pattern that few values reach matches an empty text, for it would be taken for none', async () => {
  const rules = ['email', 'phone', 'device_id', 'mobile_ad_id', 'x_user_id', 'handle'] as const
  const columns = rules.map((rule) => ({ value: sql.id(rule), rule, format: 'auto' as const }))
  const { sql: statement } = duckdb.compile(
    normalisedRows(duckdb, sql`select ${sql.join(columns.map(({ value: of }) => of))} from people`, {
      kept: {},
      columns,
    }),
  )
  const patterns = [...statement.matchAll(/regexp_extract\([^']*?('(?:[^']|'')*')\) <> ''/g)].map(
    ([, pattern]) => pattern,
  )
  expect(patterns.length).toBeGreaterThan(60)
  const matching = patterns.map(
    (pattern) =>
      sql`select ${sql.lit('')} || ${sql.raw(String(pattern))} where regexp_matches('', ${sql.raw(String(pattern))})`,
  )
  expect(await column(sql.join(matching, sql` union all `))).toEqual([])
})
