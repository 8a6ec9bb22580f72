import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createState } from '../../connector/activation/state.ts'
import type { PostgresSettings } from '../../connector/config/activation.ts'
import { openPostgres } from '../../connector/warehouse/postgres.ts'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { postgres } from '../../sql/dialect/postgres.ts'
import { createScope } from '../../sql/scope.ts'
import { emptyDatabase } from './postgres-database.ts'
import { words } from './under-test.ts'

let database: Awaited<ReturnType<typeof emptyDatabase>>
beforeAll(async () => {
  database = await emptyDatabase()
})
afterAll(() => database.destroy())

const within = async <T>(
  work: (warehouse: Warehouse) => Promise<T>,
  settings: Partial<PostgresSettings> = {},
): Promise<T> => {
  const warehouse = await openPostgres({ ...database.settings, ...settings })
  try {
    return await work(warehouse)
  } finally {
    await warehouse.close()
  }
}
const raw = sql.raw
const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )

describe('a connection', () => {
  test.each([
    ['nobody listens', { port: 1 }, 'later', 'warehouse_unreachable'],
    ['there is no such host', { host: 'no..where' }, 'configuration', 'no_such_host'],
    ['the password is wrong', { password: 'CANARY-of-a-password' }, 'permission', 'warehouse_login'],
    ['there is no such user', { user: 'nobody' }, 'permission', 'warehouse_login'],
    ['there is no such database', { database: 'nowhere' }, 'configuration', 'no_such_database'],
    ['TLS is asked for where there is none', { sslmode: 'verify-full' }, 'configuration', 'warehouse_tls'],
    [
      'a file of a certificate is not there',
      { sslmode: 'verify-ca', sslrootcert: '/nowhere.pem' },
      'configuration',
      'no_such_file',
    ],
  ] as const)('%s', async (_, settings, fault, code) => {
    const error = await failure(within(async () => undefined, settings))
    expect(error).toMatchObject({ name: 'WarehouseError', fault, code })
    expect(String(error)).not.toContain('CANARY')
  })

  test('whose PGSSLMODE has a slip of the pen is refused', async () => {
    process.env.PGSSLMODE = 'verify_full'
    try {
      const { sslmode: _, ...settings } = database.settings
      expect(await failure(openPostgres(settings))).toMatchObject({ fault: 'configuration', code: 'warehouse_tls' })
    } finally {
      delete process.env.PGSSLMODE
    }
  })

  test('that is closed stays closed', async () => {
    const warehouse = await openPostgres(database.settings)
    await warehouse.close()
    expect(await failure(warehouse.rows('test', raw('select 1')))).toMatchObject({ code: 'warehouse_closed' })
  })

  test('prefers TLS and does without where the server speaks none', () =>
    within(async (warehouse) => expect(await warehouse.rows('test', raw("select '1' as n"))).toEqual([{ n: '1' }]), {
      sslmode: 'prefer',
    }))

  test('that broke is made anew for the next statement', () =>
    within(async (warehouse) => {
      const [row] = await warehouse.rows('test', raw('select pg_backend_pid()::text as pid'))
      await database.say(`select pg_terminate_backend(${row?.pid})`)
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(await warehouse.rows('test', raw("select '1' as n"))).toEqual([{ n: '1' }])
    }))

  test('that breaks in a transaction changes nothing, and is one to try again', () =>
    within(async (warehouse) => {
      await database.say('create table broken (n int)')
      const error = await failure(
        warehouse.withScratch(async () => {
          await warehouse.execute('test', raw('insert into broken values (1)'))
          const [row] = await warehouse.rows('test', raw('select pg_backend_pid()::text as pid'))
          await database.say(`select pg_terminate_backend(${row?.pid})`)
          await warehouse.execute('test', raw('insert into broken values (2)'))
        }),
      )
      expect(error).toMatchObject({ fault: 'later' })
      expect(await database.say('select * from broken')).toEqual([])
    }))
})

test('every statement is said in UTC, whatever the database or the environment say', async () => {
  const zoned = await emptyDatabase()
  await zoned.say(...words.defaultZone('Pacific/Auckland'))
  process.env.PGTZ = 'America/Los_Angeles'
  const warehouse = await openPostgres(zoned.settings)
  const second = await warehouse.another()
  try {
    const zone = raw("select current_setting('TimeZone') as zone")
    const inUtc = [{ zone: 'UTC' }]
    for (const one of [warehouse, second]) {
      expect(await one.rows('test', zone)).toEqual(inUtc)
      expect(await one.withScratch(() => one.rows('test', zone))).toEqual(inUtc)
      await one.execute(
        'test',
        raw("create temp table said on commit preserve rows as select current_setting('TimeZone') as zone"),
      )
      await one.transaction('test', [raw("insert into said select current_setting('TimeZone')")])
      expect(await one.rows('test', raw('select zone from said'))).toEqual([...inUtc, ...inUtc])
    }
  } finally {
    delete process.env.PGTZ
    await second.close()
    await warehouse.close()
    await zoned.destroy()
  }
})

describe('a transaction', () => {
  test('has its connection to itself: what fails beside it undoes nothing of it', () =>
    within(async (warehouse) => {
      await database.say('create table together (n int)')
      const [whole, beside] = await Promise.all([
        warehouse.transaction('test', [
          raw('insert into together values (1)'),
          raw('select pg_sleep(0.2)'),
          raw('insert into together values (2)'),
        ]),
        failure(warehouse.rows('test', raw('select 1 / 0'))),
      ])
      expect([whole, beside]).toMatchObject([true, { code: 'sql_value' }])
      expect(await database.say('select n from together order by n')).toEqual([{ n: 1 }, { n: 2 }])
    }))

  test('in which something failed without a word is not taken for committed', () =>
    within(async (warehouse) => {
      await database.say('create table unnoticed (n int)')
      const work = warehouse.withScratch(async () => {
        await warehouse.execute('test', raw('insert into unnoticed values (1)'))
        await failure(warehouse.rows('test', raw('select 1 / 0')))
      })
      expect(await failure(work)).toMatchObject({ fault: 'later', code: 'warehouse_rolled_back' })
      expect(await database.say('select * from unnoticed')).toEqual([])
    }))
})

describe('statements', () => {
  test.each([
    ['a syntax', 'selec 1', 'sql_syntax'],
    ['two of them', 'select 1; select 2', 'sql_several'],
    ['a relation that is not there', 'select * from nowhere', 'no_such_relation'],
    ['a column that is not there', 'select nothing from (select 1 as n) as x', 'no_such_column'],
    ['a function that is not there', 'select nothing(1)', 'no_such_column'],
    ['a parameter that nothing fills', 'select $1::int', 'sql_parameters'],
    ['a value that does not fit', "select 'CANARY'::int", 'sql_value'],
    ['a division by zero', 'select 1 / 0', 'sql_value'],
    ['a column of two relations', 'select n from (select 1 as n) as a, (select 1 as n) as b', 'sql_refused'],
  ])('of the user with %s are to be corrected by the user', async (_, text, code) =>
    within(async (warehouse) => {
      const error = await failure(warehouse.rows('segment', raw(text)))
      expect(error).toMatchObject({ fault: 'configuration', code })
      expect(String(error)).not.toContain('CANARY')
      expect(await failure(warehouse.rows('settle', raw(text)))).toMatchObject({ fault: 'bug', code })
    }),
  )

  test('that wait too long for a lock of another session end, to be tried again', () =>
    within(
      async (warehouse) => {
        await database.say('create table locked (n int)', 'insert into locked values (1)')
        await within(async (other) => {
          await other.withScratch(async () => {
            await other.execute('test', raw('update locked set n = 2'))
            expect(await failure(warehouse.execute('test', raw('update locked set n = 3')))).toMatchObject({
              fault: 'later',
              code: 'warehouse_busy',
            })
          })
        })
        expect(await warehouse.execute('test', raw('update locked set n = 3'))).toBe(1)
      },
      { lockTimeoutMs: 100 },
    ))

  test('carry step, activation and run where the server shows them', () =>
    within(async (warehouse) => {
      const labelled = await warehouse.another({ activation: 'a.x', runId: 'run-1*/ drop' })
      const [row] = await labelled.rows(
        'mark',
        raw('select query as q from pg_stat_activity where pid = pg_backend_pid()'),
      )
      await labelled.close()
      expect(row?.q).toMatch(/^\/\* tidemark step=mark activation=a\.x run=run-1 drop \*\/ select query/)
    }))
})

test('tables just filled are analysed where they are ours alone, whatever the schemas are called', () => {
  const fill = async (warehouse: Warehouse): Promise<void> => {
    await database.say(
      'create schema tidemark_shop',
      'create schema tidemark_shop_state',
      'create table tidemark_shop.facts (n int)',
      'create table tidemark_shop_state.own (n int)',
    )
    const rows = (n: number) => raw(`select i from generate_series(1, ${n}) as s(i)`)
    const known = async (table: string): Promise<unknown> =>
      (await database.say(`select reltuples::int as n from pg_class where oid = '${table}'::regclass`))[0]?.n
    await warehouse.execute('test', sql`insert into "tidemark_shop"."facts" (n) ${rows(2000)}`)
    await warehouse.execute('test', sql`insert into "tidemark_shop_state"."own" (n) ${rows(999)}`)
    expect([await known('tidemark_shop.facts'), await known('tidemark_shop_state.own')]).toEqual([-1, -1])
    await warehouse.execute('test', sql`insert into "tidemark_shop_state"."own" (n) ${rows(1001)}`)
    expect(await known('tidemark_shop_state.own')).toBe(2000)
    await warehouse.withScratch(async () => {
      await warehouse.execute('test', sql`create temp table "tidemark_scratch" on commit drop as ${rows(1000)}`)
      expect(
        await warehouse.rows(
          'test',
          raw("select reltuples::text as n from pg_class where relname = 'tidemark_scratch'"),
        ),
      ).toEqual([{ n: '1000' }])
      // Of an empty one it would expect ten pages; what is still to be filled says nothing yet, and then whatever its size.
      const [none, later] = [sql.id('tidemark_none'), sql.id('tidemark_later')]
      const sizes = async () =>
        (
          await warehouse.rows(
            'test',
            raw(
              "select reltuples::text as n from pg_class where relname in ('tidemark_none', 'tidemark_later') order by relname",
            ),
          )
        ).map(({ n }) => n)
      await warehouse.execute('test', postgres.createScratchAs(none, sql`select 1 as i where 1 = 0`))
      await warehouse.execute('test', postgres.createScratch(later, sql`i bigint`))
      expect(await sizes()).toEqual(['-1', '0'])
      for (const table of [none, later]) await warehouse.execute('test', sql`insert into ${table} (i) select 1`)
      expect(await sizes()).toEqual(['1', '1'])
    })
  }
  return within(fill, { schema: 'tidemark_shop' })
})

describe('columns', () => {
  test('are texts and whole numbers, or their text is a matter of format', () =>
    within(async (warehouse) => {
      await database.say(
        "create type mood as enum ('calm')",
        'create domain cents as numeric(12, 0)',
        'create domain shop_id as cents',
        `create table typed (t text, v varchar(9), c char(3), n name, i2 int2, i4 int4, i8 int8, u uuid, m mood, whole numeric(9, 0),
          d cents, dd shop_id, loose numeric, part numeric(9, 2), f float8, b boolean, y bytea, at timestamptz, day date, j jsonb, a text[])`,
      )
      const columns = await warehouse.columns('segment', raw('select * from typed limit 0'))
      const named = (asText: boolean) => columns.filter((c) => c.asText === asText).map(({ name }) => name)
      expect(named(true)).toEqual(['t', 'v', 'c', 'n', 'i2', 'i4', 'i8', 'u', 'm', 'whole', 'd', 'dd'])
      expect(named(false)).toEqual(['loose', 'part', 'f', 'b', 'y', 'at', 'day', 'j', 'a'])
    }))
})

test('any number may make the state at once', async () => {
  const make = (n: number) =>
    within(async (warehouse) => {
      const suffix = `a${n}-x`
      const scope = createScope({
        dialect: warehouse.dialect,
        schema: 'crowd',
        activation: `a${n}.x`,
        suffix,
        fence: '0',
      })
      await createState({ warehouse, schema: 'crowd', suffix, scope }, 'id', 'test')
    })
  await Promise.all(Array.from({ length: 20 }, (_, n) => make(n % 10)))
  expect(
    await database.say(
      `select count(*)::int as n from information_schema.tables where table_schema = 'crowd_state' and table_name like 'control%'`,
    ),
  ).toEqual([{ n: 10 }])
})
