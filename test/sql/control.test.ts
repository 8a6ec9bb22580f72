import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import {
  beginRun,
  closeRun,
  extendLease,
  type Hold,
  markSending,
  readControl,
  releaseLease,
  storeAudience,
  storeIntent,
  storeMark,
  takeLease,
} from '../../sql/control.ts'
import { insertReceipts, type Receipt } from '../../sql/receipts.ts'
import { forgetControl } from '../../sql/reset.ts'
import { createScope, type Sql } from '../../sql/scope.ts'
import { recordVersion } from '../../sql/shared.ts'
import { activationState, stateVersion } from '../../sql/state.ts'
import { takeControl } from '../../sql/take-over.ts'
import { openTestWarehouse } from './warehouse.ts'

let world: Awaited<ReturnType<typeof openTestWarehouse>>
beforeAll(async () => {
  world = await openTestWarehouse()
})
afterAll(() => world.warehouse.close())
beforeEach(async () => {
  await world.raw(`drop table ${control}`)
  await world.raw('delete from tidemark.runs')
  await world.raw('delete from tidemark.receipts')
  await world.run(...activationState(world.scope, 'id', recordVersion(world.scope, 'activation', stateVersion, 'test')))
})

const control = 'tidemark_state."control_a-x"'
const set = (assignments: string) => world.raw(`update ${control} set ${assignments}`)
const touched = (statement: Sql): Promise<number> => world.warehouse.execute('test', statement)
const read = async (...columns: readonly string[]) => {
  const [row] = await world.rows(readControl(world.scope))
  return columns.map((column) => row?.[column])
}
const quietMs = async (): Promise<number> => Number((await read('quiet_ms'))[0])
const mine: Hold = { runId: 'me', fence: '7' }
const liveRun = "owner = 'me', fence = 7, lease_until = now()::timestamp + interval '1 minute'"
const ago = (minutes: number): string => `now()::timestamp - interval '${minutes} minutes'`
const ahead = (minutes: number): string => `now()::timestamp + interval '${minutes} minutes'`
const minuteMs = 60_000

describe('taking the lease', () => {
  const take = (alone = false, quiet = 0): Promise<number> =>
    touched(takeLease(world.scope, { runId: 'me', leaseMs: minuteMs, quietMs: quiet, alone, version: stateVersion }))

  test('whoever comes first has it, with a fence that is higher than any before, and until it ends', async () => {
    await set('fence = 4')
    expect(await take()).toBe(1)
    expect(await read('owner', 'fence')).toEqual(['me', '5'])
    expect(Number((await read('lease_ms'))[0])).toBeGreaterThan(minuteMs / 2)
  })

  test('nobody takes it from a live run', async () => {
    await set(`owner = 'other', fence = 4, lease_until = ${ahead(1)}`)
    expect(await take()).toBe(0)
    expect(await read('owner', 'fence')).toEqual(['other', '4'])
  })

  test('a lease that has run out is free', async () => {
    await set(`owner = 'other', lease_until = ${ago(1)}`)
    expect(await take()).toBe(1)
  })

  test('so is one of a run that cannot live any more', async () => {
    await set(`owner = 'other', lease_until = ${ahead(1)}`)
    expect(await take(true)).toBe(1)
  })

  test.each([1, -1])('never over the state of another version (%i)', async (more) => {
    await set(`state_version = ${stateVersion + more}`)
    expect(await take()).toBe(0)
  })

  const quietAfter = async (assignments: string): Promise<number> => {
    await set(assignments)
    await take(true, 10 * minuteMs)
    return Math.round((await quietMs()) / minuteMs)
  }
  test.each([
    ['who sent nothing leaves nothing to wait for', `sending = false, lease_until = ${ahead(2)}`, 0],
    ['of a run that died now, all of it is left', `sending = true, lease_until = ${ahead(2)}`, 10],
    ['of one that died long ago, it began at the end of its lease', `sending = true, lease_until = ${ago(4)}`, 6],
    ['of one without a lease, it begins now', 'sending = true, lease_until = null', 10],
    ['a longer one that was told of stands', `sending = true, lease_until = ${ago(4)}, quiet_until = ${ahead(8)}`, 8],
    ['also where nothing is on its way', `sending = false, quiet_until = ${ahead(8)}`, 8],
  ])('quiet time: %s', async (_, assignments, minutes) => {
    expect(await quietAfter(`owner = 'dead', ${assignments}`)).toBe(minutes)
  })
})

const begin = {
  runKey: 'k2',
  full: false,
  overridden: false,
  accountId: 'acc',
  memberKey: 'id',
  connectorVersion: 'test',
  configHash: 'h',
  orchestrator: null,
  orchestratorRunId: null,
  dbtInvocationId: null,
}
const receipt = (batchNo: number): Receipt => ({
  op: 'add',
  batchNo,
  members: 1,
  identifiers: 1,
  status: 'accepted',
  httpStatus: 200,
  platformCode: null,
  requestId: null,
  attempts: 1,
  message: null,
  sentMsAgo: 1000,
  answeredMsAgo: 0,
})
const facts = { platform: 'x_ads', audienceId: 'aud', audienceName: 'A' }
const audience = { id: 'aud', name: 'A', description: null }

describe.each<[string, (hold: Hold) => Sql]>([
  ['the heartbeat', (hold) => extendLease(world.scope, hold, minuteMs)],
  ['the begin of an attempt', (hold) => beginRun(world.scope, hold, begin)],
  ['the mark', (hold) => storeMark(world.scope, hold, 3, minuteMs)],
  ['a request that is no batch', (hold) => markSending(world.scope, hold)],
  ['the intent of an audience', (hold) => storeIntent(world.scope, hold, 'A')],
  ['the audience', (hold) => storeAudience(world.scope, hold, audience)],
  ['receipts', (hold) => insertReceipts(world.scope, hold, facts, [receipt(1)])],
  ['the end of an attempt', (hold) => closeRun(world.scope, hold, 0)],
  ['giving the lease back', (hold) => releaseLease(world.scope, hold)],
  ['a reset', (hold) => forgetControl(world.scope, hold)],
])('%s', (what, statement) => {
  beforeEach(() => set(`${liveRun}, run_open = ${what !== 'the begin of an attempt'}`))
  test.each([
    ['is stored by who has the lease', mine, 1],
    ['not by who lost it to another', { runId: 'another', fence: '7' }, 0],
    ['not under a fence of before', { runId: 'me', fence: '6' }, 0],
  ])('%s', async (_, hold, rows) => {
    expect(await touched(statement(hold))).toBe(rows)
  })
})

describe('taking over from another name', () => {
  const theirs = 'tidemark_state."control_b-x"'
  const former = () =>
    createScope({ dialect: world.scope.dialect, schema: 'tidemark', activation: 'b.x', suffix: 'b-x', fence: '0' })
  const take = (hold = mine): Promise<number> => touched(takeControl(world.scope, hold, former()))
  beforeEach(async () => {
    await world.run(...activationState(former(), 'key', recordVersion(former(), 'activation', stateVersion, 'test')))
    await world.raw(`update ${theirs} set audience_id = 'aud', account_id = 'acc', member_rows = 4, identifier_rows = 6,
      ledger_members = 3, quiet_until = ${ahead(2)}, fence = 9`)
    await set(liveRun)
  })
  afterEach(() => world.raw(`drop table ${theirs}`))

  test('brings audience, counts and quiet time, and neither name nor fence', async () => {
    await set(`quiet_until = ${ahead(1)}`)
    expect(await take()).toBe(1)
    const columns = ['activation', 'fence', 'audience_id', 'account_id', 'member_key', 'member_rows', 'identifier_rows']
    expect(await read(...columns, 'ledger_members')).toEqual(['a.x', '7', 'aud', 'acc', 'key', '4', '6', '3'])
    expect(await quietMs()).toBeGreaterThan(minuteMs)
  })

  test('keeps a longer quiet time of its own', async () => {
    await set(`quiet_until = ${ahead(9)}`)
    expect(await take()).toBe(1)
    expect(await quietMs()).toBeGreaterThan(8 * minuteMs)
  })

  test.each([
    ['an audience', "audience_id = 'mine'"],
    ['an audience that it asked for', "audience_intent = 'mine'"],
    ['identifiers', 'identifier_rows = 1'],
    ['an attempt that is open', 'run_open = true'],
  ])('is not for a name that has %s', async (_, has) => {
    await set(has)
    expect(await take()).toBe(0)
  })

  test.each([
    ['who lost the lease to another', { runId: 'another', fence: '7' }],
    ['a fence of before', { runId: 'me', fence: '6' }],
  ])('is not for %s', async (_, hold) => {
    expect(await take(hold)).toBe(0)
  })
})

describe('an attempt', () => {
  beforeEach(() => set(liveRun))

  test('begins with a delta that nothing of was sent, and not while another is open', async () => {
    await set('run_open = false, mark = 9, open_fence = 3')
    expect(await touched(beginRun(world.scope, mine, begin))).toBe(1)
    expect(await read('run_id', 'run_key', 'run_open', 'mark', 'open_fence', 'attempt')).toEqual([
      'me',
      'k2',
      'true',
      '0',
      null,
      '1',
    ])
    expect(await touched(beginRun(world.scope, mine, begin))).toBe(0)
  })

  test('counts the attempts of its run_key, of this activation', async () => {
    await set('run_open = false')
    const row = (activation: string, key: string): string => `('${activation}', '${key}')`
    await world.raw(
      `insert into tidemark.runs (activation, run_key) values ${[row('a.x', 'k2'), row('a.x', 'k1'), row('b.x', 'k2')].join(', ')}`,
    )
    await touched(beginRun(world.scope, mine, begin))
    expect(await read('attempt')).toEqual(['2'])
  })

  test('an override is remembered with its run_key, and an attempt without one takes nothing back', async () => {
    await set('run_open = false')
    await touched(beginRun(world.scope, mine, { ...begin, overridden: true }))
    await set('run_open = false')
    await touched(beginRun(world.scope, mine, { ...begin, runKey: 'k3' }))
    expect(await read('override_run_key', 'run_key', 'run_overridden')).toEqual(['k2', 'k3', 'false'])
  })

  test('its mark opens the delta and extends the lease, in an attempt that is open', async () => {
    await set(`run_open = true, open_fence = null, sending = false, lease_until = ${ahead(0)}`)
    expect(await touched(storeMark(world.scope, mine, 12, minuteMs))).toBe(1)
    expect(await read('mark', 'open_fence', 'sending')).toEqual(['12', '7', 'true'])
    expect(Number((await read('lease_ms'))[0])).toBeGreaterThan(minuteMs / 2)
    await set('run_open = false')
    expect(await touched(storeMark(world.scope, mine, 13, minuteMs))).toBe(0)
  })

  test('ends once; what it sent is no danger any more but for what got no answer', async () => {
    await set('run_open = true, sending = true')
    expect(await touched(closeRun(world.scope, mine, 10 * minuteMs))).toBe(1)
    expect(await read('run_open', 'sending', 'open_fence')).toEqual(['false', 'false', null])
    expect(Math.round((await quietMs()) / minuteMs)).toBe(10)
    expect(await touched(closeRun(world.scope, mine, 0))).toBe(0)
  })

  test('a shorter quiet time does not end a longer one', async () => {
    await set(`run_open = true, quiet_until = ${ahead(20)}`)
    await touched(closeRun(world.scope, mine, 10 * minuteMs))
    expect(Math.round((await quietMs()) / minuteMs)).toBe(20)
  })

  test('an audience that is stored ends the intent', async () => {
    await touched(storeIntent(world.scope, mine, 'A'))
    expect(await read('audience_intent', 'sending', 'audience_id')).toEqual(['A', 'true', null])
    await touched(storeAudience(world.scope, mine, audience))
    expect(await read('audience_intent', 'audience_intent_at', 'audience_id')).toEqual([null, null, 'aud'])
  })
})

test('a receipt is stored once, however often it comes', async () => {
  await set(`${liveRun}, run_open = true`)
  expect(await touched(insertReceipts(world.scope, mine, facts, [receipt(1), receipt(2)]))).toBe(2)
  expect(await touched(insertReceipts(world.scope, mine, facts, [receipt(2), receipt(3)]))).toBe(1)
  // Another run has a batch 1 too.
  await set("owner = 'next', fence = 8")
  expect(await touched(insertReceipts(world.scope, { runId: 'next', fence: '8' }, facts, [receipt(1)]))).toBe(1)
  const rows = await world.raw(
    "select run_id || '/' || batch_no as r, round(extract(epoch from answered_at - sent_at) * 1000)::bigint::varchar as ms from tidemark.receipts order by 1",
  )
  expect(rows).toEqual(['me/1', 'me/2', 'me/3', 'next/1'].map((r) => ({ r, ms: '1000' })))
})
