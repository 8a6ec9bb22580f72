import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { countNullKeys, rejectNullKeys } from '../../sql/rejections.ts'
import { insertRun, type RunFacts } from '../../sql/runs.ts'
import { everyRow } from '../../sql/scope.ts'
import { settle } from '../../sql/settle.ts'
import { openTestWarehouse } from './warehouse.ts'

let world: Awaited<ReturnType<typeof openTestWarehouse>>
beforeAll(async () => {
  world = await openTestWarehouse()
})
afterAll(() => world.warehouse.close())

const facts: RunFacts = {
  runId: 'r1',
  runKey: 'k',
  segment: 'a',
  destination: 'x',
  platform: 'x_ads',
  accountId: 'acc',
  audienceName: 'a',
  status: 'succeeded',
  apiCalls: 0,
  apiRetries: 0,
  throttledMs: 0,
  errorCode: null,
  errorMessage: null,
  orchestrator: null,
  orchestratorRunId: null,
  dbtInvocationId: null,
  connectorVersion: 'test',
  configHash: 'h',
  tookMs: null,
}
const times = async (run: RunFacts): Promise<unknown> => {
  await world.run(
    sql`delete from ${world.scope.publicTable('runs')} where ${everyRow}`,
    sql`update ${world.scope.stateTable('control')} set run_id = 'r1', run_key = 'k', attempt = 1, run_full = false, run_overridden = false,
      run_started_at = timestamp '2026-01-01 00:00:00' where ${everyRow}`,
    insertRun(world.scope, run),
  )
  return (
    await world.raw(`select cast(duration_ms as varchar) as ms, cast(finished_at as varchar) as at from tidemark.runs`)
  )[0]
}

test('a run ends as long after its begin as the runner says', async () => {
  expect(await times({ ...facts, tookMs: 61_234.4 })).toEqual({ ms: '61234', at: '2026-01-01 00:01:01.234' })
})

test('of a run that nobody timed, the end is now', async () => {
  const daysMs = 86_400_000 * 300
  expect(Number(((await times(facts)) as { ms: string }).ms)).toBeGreaterThan(daysMs)
})

test('settle asks how long the run took when everything else is done: the clock of its transaction stands still', async () => {
  let asked = 0
  const parts = settle(
    world.scope,
    { runId: 'r1', fence: '1' },
    {
      run: facts,
      tookMs: () => {
        asked += 1
        return 777
      },
      openFence: '1',
      highestStarted: null,
      atomic: true,
      smooth: false,
      quietMs: 0,
      quarantineDays: 30,
      membershipDays: null,
      fieldOfType: {},
    },
  )
  const last = parts.at(-1)
  expect(asked).toBe(0)
  if (!last || !('late' in last)) throw new Error('the row of the run is written too early')
  expect(world.scope.dialect.compile(last.late()).sql).toMatch(/777/)
})

test('a late part of a transaction is written when its turn has come', async () => {
  let n = 0
  const insert = () => sql`insert into t values (cast(${String(n++)} as integer))`
  await world.warehouse.execute('test', sql`create table t (n integer)`)
  expect(n).toBe(0)
  const committed = await world.warehouse.transaction('test', [
    { late: insert },
    { statement: sql`update t set n = n where ${everyRow}`, exactly: 1 },
    { late: insert },
  ])
  expect([committed, (await world.raw('select cast(n as varchar) as n from t order by n')).map((r) => r.n)]).toEqual([
    true,
    ['0', '1'],
  ])
})

test('NULL keys stand rejected as often as they were counted last, and not at all when there are none', async () => {
  const stands = async () => (await world.rows(countNullKeys(world.scope)))[0]?.identifiers
  expect(await stands()).toBe('0')
  for (const [run, n] of [3, 5, 0, 2].entries()) {
    await world.run(...rejectNullKeys(world.scope, `nulls-${run}`, n))
    expect(await stands()).toBe(String(n))
  }
})
