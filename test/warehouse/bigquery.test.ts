import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { probeSegment } from '../../connector/activation/segment.ts'
import { stopOf } from '../../connector/activation/stop-of.ts'
import type { Activation } from '../../connector/config/activation.ts'
import { openBigquery } from '../../connector/warehouse/bigquery.ts'
import { type Statement, type Warehouse, WarehouseError } from '../../connector/warehouse/warehouse.ts'
import { bigquery as dialect } from '../../sql/dialect/bigquery.ts'
import { emptyProject } from './bigquery-project.ts'
import { expectTrial } from './trial.ts'

let project: ReturnType<typeof emptyProject>
let warehouse: Warehouse
beforeEach(async () => {
  project = emptyProject()
  warehouse = await openBigquery(project.settings)
  await project.say('create schema shop', 'create table shop.t (id bigint, name varchar)')
})
afterEach(async () => {
  await warehouse.close()
  await project.destroy()
})

const insert = (id: number): Statement => sql`insert into shop.t (id, name) values (${sql.lit(id)}, 'n')`
const ids = async (): Promise<unknown> => (await project.say('select id from shop.t order by id')).map((row) => row.id)
const errorOf = async (work: Promise<unknown>): Promise<unknown> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  return error instanceof WarehouseError ? { fault: error.fault, code: error.code } : error
}

test('rows come in pages, all of them, whole numbers above 2^53 digit by digit', async () => {
  await project.say('insert into shop.t select 9007199254740993 + i, null from range(25000) as r(i)')
  const rows = await warehouse.rows('test', sql`select cast(id as string) as id, name from shop.t order by shop.t.id`)
  expect(rows).toHaveLength(25_000)
  expect(rows[0]).toEqual({ id: '9007199254740993', name: null })
  expect(rows.at(-1)).toEqual({ id: '9007199254765992', name: null })
  expect((await project.jobs()).at(-1)).toMatchObject({ fetched: 25_000 })
})

test('columns are asked for without reading a row, or a byte that is billed', async () => {
  await project.say(
    'create table shop.kinds (a varchar, b bigint, c double, d boolean, e date, f blob, g varchar[], h decimal(10, 2))',
  )
  const asked = (await project.jobs()).length
  expect(await warehouse.columns('segment', sql`select * from shop.kinds as s limit 0`)).toEqual([
    { name: 'a', type: 'string', asText: true },
    { name: 'b', type: 'integer', asText: true },
    { name: 'c', type: 'float', asText: false },
    { name: 'd', type: 'boolean', asText: false },
    { name: 'e', type: 'date', asText: false },
    { name: 'f', type: 'bytes', asText: false, bytes: true },
    { name: 'g', type: 'string', asText: false },
    { name: 'h', type: 'numeric', asText: false },
  ])
  // A dry run is no job.
  expect(await project.jobs()).toHaveLength(asked)
})

test('each job is read in UTC, also one that begins a session or ends it, whatever the project says', async () => {
  await project.say("set global timezone = 'Pacific/Auckland'")
  const hour = sql`select cast(extract(hour from timestamp '2026-06-01 20:00:00+00') as string) as hour`
  const [before] = await warehouse.rows('test', hour)
  const scratch = sql.id('tidemark_scratch')
  await warehouse.withScratch(async () => {
    await warehouse.execute('test', dialect.createScratchAs(scratch, sql`select 1 as a`))
    await warehouse.transaction('test', [sql`insert into shop.t (id) select a from ${scratch}`])
  })
  expect(before).toEqual({ hour: '20' })
  const jobs = await project.jobs()
  expect(jobs.map(({ session }) => session !== null)).toEqual([false, true, true, true])
  expect(jobs.map(({ time_zone }) => time_zone)).toEqual(['UTC', 'UTC', 'UTC', 'UTC'])
})

test('each job says in its labels for whom it is', async () => {
  const labelled = await openBigquery({ ...project.settings, labels: { team: 'crm' } })
  const other = await labelled.another({ activation: 'People.X_Ads', runId: 'Run-1' })
  await other.execute('settle', insert(1))
  expect((await project.jobs()).at(-1)?.labels).toEqual({
    team: 'crm',
    tidemark_activation: 'people_x_ads',
    tidemark_run: 'run-1',
    tidemark_step: 'settle',
  })
})

describe('a job', () => {
  test('whose answer is lost is found under its id, and not run again', async () => {
    await project.fail({ match: 'insert', times: 1, reason: 'backendError', message: 'Again', status: 503, lost: true })
    expect(await warehouse.execute('test', insert(1))).toBe(1)
    expect(await ids()).toEqual([1])
  })

  test.each([
    ['backendError', 503],
    ['rateLimitExceeded', 403],
    ['jobRateLimitExceeded', 400],
  ])('that fails by %s is asked for again', async (reason, status) => {
    await project.fail({ match: 'insert', times: 2, reason, message: 'Again', status })
    expect(await warehouse.execute('test', insert(1))).toBe(1)
    expect(await ids()).toEqual([1])
  })

  test('is not tried again when the warehouse is closed', async () => {
    await project.fail({ match: 'insert', times: 9, reason: 'backendError', message: 'Again', status: 503 })
    const inserting = errorOf(warehouse.execute('test', insert(1)))
    await warehouse.close()
    expect(await inserting).toMatchObject({ code: 'warehouse_closed' })
    expect(await errorOf(warehouse.execute('test', insert(2)))).toMatchObject({ code: 'warehouse_closed' })
  })

  test('nor is a session ended then: it ends by itself', async () => {
    await warehouse.withScratch(async () => {
      await warehouse.rows('test', sql`select 1 as n`)
      await warehouse.close()
    })
    expect((await project.jobs()).filter((job) => job.sql.includes('abort_session'))).toEqual([])
  })

  test.each([
    ['accessDenied', 'Access Denied: Table', 403, { fault: 'permission', code: 'warehouse_permission' }],
    ['bytesBilledLimitExceeded', 'Query exceeded', 400, { fault: 'configuration', code: 'warehouse_bytes' }],
    ['billingNotEnabled', 'Billing', 403, { fault: 'configuration', code: 'warehouse_billing' }],
    ['stopped', 'Job was cancelled', 400, { fault: 'later', code: 'warehouse_cancelled' }],
    ['resourcesExceeded', 'Resources', 400, { fault: 'later', code: 'warehouse_memory' }],
    ['somethingNew', 'What?', 400, { fault: 'bug', code: 'warehouse_error' }],
  ])('that is refused by %s says what to do next', async (reason, message, status, error) => {
    await project.fail({ match: 'insert', times: 1, reason, message, status })
    expect(await errorOf(warehouse.execute('test', insert(1)))).toEqual(error)
    expect(await ids()).toEqual([])
  })
})

test.each([
  ['select from', 'sql_syntax'],
  ['select * from shop.missing', 'no_such_relation'],
  ['select * from missing.t', 'warehouse_no_schema'],
  ['select nothing from shop.t', 'no_such_column'],
  ['select no_such_function(1)', 'sql_extension'],
  ["select cast('a' as int64)", 'sql_value'],
])('of a segment that reads %s it is told what is wrong', async (text, code) => {
  expect(await errorOf(warehouse.rows('segment', sql.raw(text)))).toEqual({ fault: 'configuration', code })
})

/** As BigQuery says them; of what is not in the SQL, the stand-in says what DuckDB does. */
test.each([
  [
    'accessDenied',
    403,
    'Access Denied: Table shop-1:crm.people: User does not have permission to query table shop-1:crm.people, or perhaps it does not exist.',
    /^77 warehouse_permission: .*the principal has not the right to the table "shop-1:crm\.people".*grant it on the dataset/,
  ],
  [
    'accessDenied',
    403,
    'Access Denied: Project shop-1: User does not have bigquery.jobs.create permission in project shop-1.',
    /^77 .*to the project "shop-1" that this needs \(bigquery\.jobs\.create\)/,
  ],
  [
    'notFound',
    404,
    'Not found: Table shop-1:crm.people was not found in location EU',
    /^78 no_such_relation: .*reads the table "shop-1:crm\.people", which does not exist in the location EU\. Correct the name or warehouse\.location/,
  ],
  [
    'invalidQuery',
    400,
    'Syntax error: Expected end of input but got identifier "peple" at [2:9]',
    /^78 sql_syntax: Segment people: its sql cannot be parsed, in line 2, column 2, at "peple"; correct/,
  ],
  [
    'invalidQuery',
    400,
    'Unrecognized name: emial; Did you mean email? at [1:23]',
    /^78 no_such_column: .*, in line 1, column 8, at "emial"; correct/,
  ],
])('a segment that meets %s (%i) is told what it is about', async (reason, status, message, says) => {
  await project.fail({ match: 'emial', times: 1, reason, message, status })
  const segment = { name: 'people', source: { sql: 'select emial from\n\tpeple' }, where: [] }
  const activation = { segment, fields: [], name: 'people.x' } as unknown as Activation
  const stop = stopOf(await probeSegment({ activation, warehouse }).catch((thrown: unknown) => thrown))
  expect(`${stop.exit} ${stop.code}: ${stop.message}`).toMatch(says)
})

describe('a transaction', () => {
  const touches = (n: number) => ({ statement: sql`update shop.t set name = 'm' where id = 1`, exactly: n })

  test('is one script, and commits all of it', async () => {
    const asked = (await project.jobs()).length
    expect(await warehouse.transaction('settle', [insert(1), touches(1), insert(2)])).toBe(true)
    expect(await ids()).toEqual([1, 2])
    expect(await project.jobs()).toHaveLength(asked + 1)
  })

  test('that touches other rows than it should changes nothing, and says so', async () => {
    expect(await warehouse.transaction('settle', [insert(1), touches(2), insert(2)])).toBe(false)
    expect(await ids()).toEqual([])
  })

  test('in which a statement fails changes nothing', async () => {
    const fails = warehouse.transaction('settle', [insert(1), sql`select error('no')`])
    expect(await errorOf(fails)).toMatchObject({ fault: 'bug' })
    expect(await ids()).toEqual([])
  })

  test('makes tables before it: they cannot be part of it', async () => {
    const create = sql`create table ${sql.id('shop', 'u')} (${sql.id('a')} int64)`
    const into = sql`insert into ${sql.id('shop', 'u')} (a) values (1)`
    expect(await warehouse.transaction('delta', [insert(1), create, into])).toBe(true)
    expect(await project.say('select a from shop.u')).toEqual([{ a: 1 }])
  })

  test('that another job got in the way of is tried again', async () => {
    const message = 'Transaction is aborted due to concurrent update against table shop.t'
    await project.fail({ match: 'begin transaction', times: 2, reason: 'invalidQuery', message, status: 400 })
    expect(await warehouse.transaction('settle', [insert(1)])).toBe(true)
    expect(await ids()).toEqual([1])
  })
})

describe('scratch tables', () => {
  const scratch = sql.id('tidemark_scratch')
  const make = dialect.createScratchAs(scratch, sql`select 1 as a`)

  test('last as long as the work, in a session that nobody else sees, and that is ended', async () => {
    await warehouse.withScratch(async () => {
      await warehouse.execute('test', make)
      expect(await warehouse.rows('test', sql`select cast(a as string) as a from ${scratch}`)).toEqual([{ a: '1' }])
      const other = await warehouse.another()
      expect(await errorOf(other.rows('segment', sql`select * from ${scratch}`))).toMatchObject({
        fault: 'configuration',
      })
      expect(await warehouse.transaction('test', [sql`insert into shop.t (id) select a from ${scratch}`])).toBe(true)
    })
    expect(await ids()).toEqual([1])
    const sessions = (await project.jobs()).filter((job) => job.session !== null)
    expect(new Set(sessions.map((job) => job.session)).size).toBe(1)
    expect(sessions.at(-1)?.sql).toBe('call bq.abort_session()')
  })

  test('go when the work fails, too', async () => {
    const failing = warehouse.withScratch(async () => {
      await warehouse.execute('test', make)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect((await project.jobs()).at(-1)?.sql).toBe('call bq.abort_session()')
  })
})

test.each([
  [
    'http://127.0.0.1:9',
    /^75 warehouse_unreachable: .*\(127\.0\.0\.1:9, project "\S+", location "\w+"\): the connection was refused.*warehouse\.api_endpoint/,
  ],
  ['http://no..where', /^78 no_such_host: There is no host "no\.\.where"/],
])(
  'of %s it is told why it cannot be reached',
  async (apiEndpoint, says) => {
    const opening = openBigquery({ ...project.settings, apiEndpoint })
    const { exit, code, message } = stopOf(await opening.catch((thrown: unknown) => thrown))
    expect(`${exit} ${code}: ${message}`).toMatch(says)
  },
  60_000,
)

test('credentials that are not there are told before anything is asked', async () => {
  const { apiEndpoint: _, ...settings } = project.settings
  for (const key of [{ keyFile: 'no-such-key.json' }, { keyJson: '{}' }])
    expect(await errorOf(openBigquery({ ...settings, ...key }))).toEqual({
      fault: 'permission',
      code: 'warehouse_login',
    })
})

test('a rehearsal leaves nothing behind', async () => {
  const refusal = { match: 'insert into', times: 1, reason: 'accessDenied', status: 403, message: 'Access Denied' }
  await expectTrial(warehouse, project, refusal)
})
