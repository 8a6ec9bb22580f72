import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { probeSegment } from '../../connector/activation/segment.ts'
import { stopOf } from '../../connector/activation/stop-of.ts'
import type { Activation } from '../../connector/config/activation.ts'
import { openSnowflake } from '../../connector/warehouse/snowflake.ts'
import { type Statement, type Warehouse, WarehouseError } from '../../connector/warehouse/warehouse.ts'
import { snowflake as dialect } from '../../sql/dialect/snowflake.ts'
import { emptyAccount } from './snowflake-account.ts'
import { expectTrial } from './trial.ts'

let account: ReturnType<typeof emptyAccount>
let warehouse: Warehouse
beforeEach(async () => {
  account = emptyAccount()
  warehouse = await openSnowflake(account.settings)
  await account.say('create schema "SHOP"', 'create table shop.t (id bigint, name varchar)')
})
afterEach(async () => {
  await warehouse.close()
  await account.destroy()
})

const insert = (id: number): Statement => sql`insert into shop.t (id, name) values (${sql.lit(id)}, 'n')`
const ids = async (): Promise<unknown> => (await account.say('select id from shop.t order by id')).map((row) => row.id)
const errorOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.catch((thrown: unknown) => thrown)
  return error instanceof WarehouseError ? { fault: error.fault, code: error.code } : error
}

test('rows come all, under names in lower case, whole numbers above 2^53 digit by digit', async () => {
  await account.say('insert into shop.t select 9007199254740993 + i, null from range(25000) as r(i)')
  const rows = await warehouse.rows('test', sql`select cast(id as varchar) as id, name from shop.t order by t.id`)
  expect(rows).toHaveLength(25_000)
  expect(rows[0]).toEqual({ id: '9007199254740993', name: null })
  expect(rows.at(-1)).toEqual({ id: '9007199254765992', name: null })
})

test('what the columns of a relation are', async () => {
  await account.say(
    'create table shop.kinds (a varchar, b bigint, c double, d boolean, e date, f blob, g varchar[], h decimal(10, 2), i decimal(38, 0))',
  )
  expect(await warehouse.columns('segment', sql`select * from shop.kinds as s limit 0`)).toEqual([
    { name: 'A', type: 'text', asText: true },
    { name: 'B', type: 'fixed', asText: true },
    { name: 'C', type: 'real', asText: false },
    { name: 'D', type: 'boolean', asText: false },
    { name: 'E', type: 'date', asText: false },
    { name: 'F', type: 'binary', asText: false, bytes: true },
    { name: 'G', type: 'array', asText: false },
    { name: 'H', type: 'fixed', asText: false },
    { name: 'I', type: 'fixed', asText: true },
  ])
})

test('each statement says in its tag for whom it is', async () => {
  const tagged = await openSnowflake({ ...account.settings, queryTag: 'crm' })
  const other = await tagged.another({ activation: 'people.x', runId: 'run-1' })
  await other.execute('settle', insert(1))
  expect(JSON.parse((await account.jobs()).at(-1)?.tag ?? '')).toEqual({
    app: 'tidemark',
    step: 'settle',
    activation: 'people.x',
    run: 'run-1',
    tag: 'crm',
  })
  await other.close()
  await tagged.close()
})

test.each([
  ['select from', 'sql_syntax'],
  ['select 1; select 2', 'sql_several'],
  ['select * from shop.missing', 'no_such_relation'],
  ['select nothing from shop.t', 'no_such_column'],
  ['select no_such_function(1)', 'sql_extension'],
  ["select cast('a' as number(38, 0))", 'sql_value'],
  ['select ?', 'sql_parameters'],
])('of a segment that reads %s it is told what is wrong', async (text, code) => {
  expect(await errorOf(warehouse.rows('segment', sql.raw(text)))).toEqual({ fault: 'configuration', code })
})

test.each([
  ['003001', 'Insufficient privileges', { fault: 'permission', code: 'warehouse_permission' }],
  ['000606', 'No active warehouse', { fault: 'configuration', code: 'warehouse_settings' }],
  ['000625', 'Statement aborted because lock wait', { fault: 'later', code: 'warehouse_busy' }],
  ['000604', 'SQL execution canceled', { fault: 'later', code: 'warehouse_cancelled' }],
  ['090073', 'Warehouse cannot be resumed', { fault: 'later', code: 'warehouse_quota' }],
  ['987654', 'What?', { fault: 'bug', code: 'sql_refused' }],
])('an error %s says what to do next', async (code, message, error) => {
  await account.fail({ match: 'insert', times: 1, code, message })
  expect(await errorOf(warehouse.execute('test', insert(1)))).toEqual(error)
  expect(await ids()).toEqual([])
})

/** As Snowflake says them; of what is not in the SQL, the stand-in says what DuckDB does. */
test.each([
  [
    '003001',
    "SQL access control error:\nInsufficient privileges to operate on table 'PEOPLE'",
    /^77 warehouse_permission: .*the user's default role has not the right to the table "PEOPLE" that this needs.*copy_grants.*future tables/,
  ],
  [
    '002003',
    "SQL compilation error:\nObject 'DB.SHOP.PEOPLE' does not exist or not authorized.",
    /^78 no_such_relation: .*reads "DB\.SHOP\.PEOPLE", which does not exist, or which the user's default role may not see.*future tables/,
  ],
  [
    '001003',
    "SQL compilation error:\nsyntax error line 2 at position 5 unexpected 'peple'.",
    /^78 sql_syntax: Segment people: its sql cannot be parsed, in line 2, column 6, at "peple"; correct/,
  ],
  [
    '000904',
    "SQL compilation error: error line 1 at position 22\ninvalid identifier 'EMIAL'",
    /^78 no_such_column: .*, in line 1, column 8, at "emial"; correct/,
  ],
])('a segment that meets an error %s is told what it is about', async (code, message, says) => {
  await account.fail({ match: 'emial', times: 1, code, message })
  const segment = { name: 'people', source: { sql: 'select emial\nfrom peple' }, where: [] }
  const activation = { segment, fields: [], name: 'people.x' } as unknown as Activation
  const stop = stopOf(await probeSegment({ activation, warehouse }).catch((thrown: unknown) => thrown))
  expect(`${stop.exit} ${stop.code}: ${stop.message}`).toMatch(says)
})

describe('a transaction', () => {
  const touches = (n: number) => ({ statement: sql`update shop.t set name = 'm' where id = 1`, exactly: n })

  test('commits all of it', async () => {
    expect(await warehouse.transaction('settle', [insert(1), touches(1), insert(2)])).toBe(true)
    expect(await ids()).toEqual([1, 2])
  })

  test('that touches other rows than it should changes nothing, and says so', async () => {
    expect(await warehouse.transaction('settle', [insert(1), touches(2), insert(2)])).toBe(false)
    expect(await ids()).toEqual([])
  })

  test('in which a statement fails is rolled back: what went before could be committed', async () => {
    const fails = warehouse.transaction('settle', [insert(1), sql`select nothing from shop.t`])
    expect(await errorOf(fails)).toMatchObject({ code: 'no_such_column' })
    expect(await ids()).toEqual([])
    expect(await warehouse.transaction('settle', [insert(2)])).toBe(true)
    expect(await ids()).toEqual([2])
  })

  test('makes tables before it: each would commit what is open', async () => {
    const create = sql`create table ${sql.id('shop', 'u')} (a number(38, 0))`
    expect(await warehouse.transaction('delta', [insert(1), create, touches(2)])).toBe(false)
    expect(await ids()).toEqual([])
    expect(await account.say('select a from shop.u')).toEqual([])
  })

  test('that a killed client left open is in the way for now, until the service breaks it off', async () => {
    await account.say("insert into shop.t values (1, 'n')")
    const killed = await openSnowflake(account.settings)
    await killed.execute('mark', sql.raw('begin transaction'))
    await killed.execute('mark', sql`update shop.t set name = 'killed' where id = 1`)
    const update = () => warehouse.execute('lease', sql`update shop.t set name = 'next' where id = 1`)
    expect(await errorOf(update())).toEqual({ fault: 'later', code: 'warehouse_busy' })
    while ((await errorOf(update())) !== 1) await setTimeout(500)
    expect(await account.say('select name from shop.t')).toEqual([{ name: 'next' }])
    await killed.close()
  }, 60_000)

  test('is not read into by others on the same connection', async () => {
    const [, before] = await Promise.all([
      warehouse.transaction('settle', [insert(1), touches(2)]),
      warehouse.rows('test', sql`select cast(count(*) as varchar) as n from shop.t`),
    ])
    expect(before).toEqual([{ n: '0' }])
  })
})

test('a rehearsal leaves nothing behind', async () => {
  const refusal = { match: 'insert into', times: 1, code: '003001', message: 'Insufficient privileges' }
  await expectTrial(warehouse, account, refusal)
})

test('scratch tables are the session’s own', async () => {
  const scratch = sql.id('tidemark_scratch')
  await warehouse.withScratch(async () => {
    await warehouse.execute('test', dialect.createScratchAs(scratch, sql`select 1 as a`))
    expect(await warehouse.rows('test', sql`select cast(a as varchar) as a from ${scratch}`)).toEqual([{ a: '1' }])
  })
  const other = await warehouse.another()
  expect(await errorOf(other.rows('segment', sql`select * from ${scratch}`))).toMatchObject({
    code: 'no_such_relation',
  })
  await other.close()
})

test('a wrong password is no reason to try again, and nothing is written down where the driver likes to', async () => {
  const login = { authenticator: 'SNOWFLAKE', password: 'wrong' }
  expect(await errorOf(openSnowflake({ ...account.settings, login }))).toEqual({
    fault: 'permission',
    code: 'warehouse_login',
  })
  expect(existsSync('snowflake.log')).toBe(false)
})

describe('who cannot connect is told where, as whom, why and what to do', () => {
  const endOf = async (work: Promise<unknown>): Promise<string> => {
    const { exit, code, message } = stopOf(await work.catch((thrown: unknown) => thrown))
    return `${exit} ${code}: ${message}`
  }
  test('nobody listens', async () => {
    expect(await endOf(openSnowflake({ ...account.settings, role: 'R', accessUrl: 'http://127.0.0.1:9' }))).toMatch(
      /^75 warehouse_unreachable: .*\(127\.0\.0\.1:9, account "test", user "tester", role "R", database "TEST_\w+"\): the connection was refused.*warehouse\.access_url/,
    )
  }, 120_000)
  test('there is no such host', async () => {
    expect(await endOf(openSnowflake({ ...account.settings, accessUrl: 'http://no..where' }))).toMatch(
      /^78 no_such_host: There is no host "no\.\.where".*warehouse\.account/,
    )
  }, 120_000)
  test('the password is wrong', async () => {
    const login = { authenticator: 'SNOWFLAKE', password: 'wrong' }
    expect(await endOf(openSnowflake({ ...account.settings, login }))).toMatch(
      /^77 warehouse_login: Snowflake refused the password of user "tester".*Correct warehouse\.user and warehouse\.password/,
    )
  })
  test('nobody answers for the account', async () => {
    const front = createServer((_, answer) => answer.writeHead(404).end()).listen(0, '127.0.0.1')
    await once(front, 'listening')
    const accessUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
    expect(await endOf(openSnowflake({ ...account.settings, accessUrl }))).toMatch(
      /^78 no_such_account: Nobody answers for the account "test" there .*HTTP 404/,
    )
    front.close()
  })
})
