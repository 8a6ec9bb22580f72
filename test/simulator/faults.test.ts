import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type FaultRule, type Simulator, startSimulators } from '../../connector/simulator/simulator.ts'
import { callTikTok, callX, send, sha } from './client.ts'

const ACCOUNT = '/12/accounts/18ce54d4x5t'
let x: Simulator
let tiktok: Simulator
let stop: () => Promise<void>
let id: string
let segment: string

beforeEach(async () => {
  ;({ x, tiktok, stop } = await startSimulators())
  id = (await callX(x.url, 'POST', `${ACCOUNT}/custom_audiences`, { query: { name: 'a' } })).json.data.id
  const body = { advertiser_id: '7000000000000000001', action: 'create', custom_audience_name: 'a' }
  segment = (await callTikTok(tiktok.url, 'segment/audience/', body)).json.data.audience_id
})
afterEach(() => stop())

const add = (...values: string[]) => change('Update', values)
const change = (operation_type: string, values: string[]) => {
  const body = [{ operation_type, params: { users: values.map((value) => ({ email: [sha(value)] })) } }]
  return callX(x.url, 'POST', `${ACCOUNT}/custom_audiences/${id}/users`, { body })
}
const map = (...values: string[]) => {
  const rows = values.map((value) => [{ id: sha(value), audience_ids: [segment] }])
  const body = { advertiser_ids: ['7000000000000000001'], id_schema: ['EMAIL_SHA256'], batch_data: rows }
  return callTikTok(tiktok.url, 'segment/mapping/', body)
}
const members = () => [...x.members(id).identifiers].map((one) => one.slice('email '.length))
const faults = (...rules: FaultRule[]) => x.addFaults(rules)

describe('faults', () => {
  test('lost before it is applied, or applied and the answer lost', async () => {
    faults(
      { match: { op: 'add' }, fault: { kind: 'drop_before' } },
      { match: { op: 'add' }, fault: { kind: 'drop_after' } },
    )
    await expect(add('a')).rejects.toThrow()
    expect(members()).toEqual([])
    await expect(add('b')).rejects.toThrow()
    expect(members()).toEqual([sha('b')])
    expect((await add('c')).status).toBe(200)
    expect(x.requests.slice(1)).toMatchObject([
      { fault: 'drop_before', status: null, appliedAt: null, users: 1 },
      { fault: 'drop_after', status: null, appliedAt: expect.any(Number) },
      { fault: null, status: 200, appliedAt: expect.any(Number) },
    ])
  })

  test('applied late', async () => {
    faults({ match: { op: 'add' }, fault: { kind: 'late', ms: 50 } })
    await expect(add('a')).rejects.toThrow()
    await change('Delete', ['a'])
    expect(members()).toEqual([])
    await x.idle()
    expect(members()).toEqual([sha('a')])
  })

  test('latency goes on when the caller has gone', async () => {
    faults({ fault: { kind: 'latency', ms: 80 } })
    const url = `${x.url}${ACCOUNT}/custom_audiences/${id}/users`
    const { authorize } = await import('./client.ts')
    const headers = { authorization: authorize('POST', url, {}), 'content-type': 'application/json' }
    const body = JSON.stringify([{ operation_type: 'Update', params: { users: [{ email: [sha('a')] }] } }])
    await expect(fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(30) })).rejects.toThrow()
    expect(members()).toEqual([])
    await x.idle()
    expect(members()).toEqual([sha('a')])
  })

  test('answers: 429, 503, 500, a TikTok code', async () => {
    faults(
      { match: { op: 'add' }, fault: { kind: 'answer', status: 429, resetAfter: 5 } },
      { match: { op: 'add' }, fault: { kind: 'answer', status: 503, retryAfter: 7 } },
      { match: { op: 'add' }, fault: { kind: 'answer', status: 500, applied: true } },
    )
    const before = Math.floor(Date.now() / 1000)
    const limited = await add('a')
    expect(limited.json.errors[0].code).toBe('TOO_MANY_REQUESTS')
    expect(Number(limited.headers.get('x-account-rate-limit-reset'))).toBeGreaterThanOrEqual(before + 5)
    const busy = await add('a')
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '7'])
    expect(members()).toEqual([])
    expect((await add('a')).status).toBe(500)
    expect(members()).toEqual([sha('a')])
    tiktok.addFaults([
      { fault: { kind: 'answer', code: 50002, message: 'Try again' } },
      { fault: { kind: 'answer', status: 502 } },
    ])
    expect((await map('a')).json).toMatchObject({ code: 50002, message: 'Try again', data: {} })
    expect(await map('a')).toMatchObject({ status: 502, json: undefined })
    expect((await map('a')).json.code).toBe(0)
  })

  test('bodies that are nonsense, half, broken off, or count too few', async () => {
    faults(
      { match: { op: 'add' }, fault: { kind: 'garbage' } },
      { match: { op: 'add' }, fault: { kind: 'truncated' } },
      { match: { op: 'add' }, fault: { kind: 'truncated', cut: true } },
      { match: { op: 'add' }, fault: { kind: 'partial', missing: 1 } },
    )
    expect(await add('a')).toMatchObject({ status: 200, json: undefined })
    expect(members()).toEqual([])
    expect(await add('a')).toMatchObject({ status: 200, json: undefined })
    await expect(add('b')).rejects.toThrow()
    expect(members()).toEqual([sha('a'), sha('b')])
    expect((await add('c', 'd')).json.data).toEqual({ success_count: 1, total_count: 2 })
    expect(members()).toEqual([sha('a'), sha('b'), sha('c')])
    tiktok.addFaults([{ fault: { kind: 'partial' } }])
    expect((await map('a', 'b')).json.code).toBe(20001)
    expect(tiktok.members(segment).persons).toEqual(new Set([sha('a')]))
  })

  test('refused identifiers: whole requests, adds and removes apart', async () => {
    faults({ match: { op: 'add' }, fault: { kind: 'refuse', digests: [sha('a')] } })
    faults({ match: { op: 'remove' }, fault: { kind: 'refuse', digests: [sha('b')] } })
    const refused = await add('b', 'a')
    expect(refused.status).toBe(400)
    expect(refused.json.operation_errors[0]).toMatchObject([{ code: 'INVALID_PARAMETER' }])
    expect(refused.text).not.toContain(sha('a'))
    expect((await add('b')).status).toBe(200)
    expect((await change('Delete', ['b'])).status).toBe(400)
    expect(members()).toEqual([sha('b')])
    tiktok.addFaults([{ fault: { kind: 'refuse', digests: [sha('a')] } }])
    expect((await map('b', 'a')).json.code).toBe(40002)
    expect((await map('b')).json.code).toBe(0)
  })

  test('rules: the nth, so many times, always, by path and audience', async () => {
    const fault = { kind: 'answer', status: 500 } as const
    faults({ match: { op: ['add', 'remove'], nth: 2 }, times: 2, fault })
    const answers = []
    for (let n = 0; n < 4; n++) answers.push((await add('a')).status)
    expect(answers).toEqual([200, 500, 500, 200])
    faults({ match: { path: '/users', audience: id }, times: 'always', fault })
    expect([(await add('a')).status, (await add('a')).status]).toEqual([500, 500])
    expect((await callX(x.url, 'GET', ACCOUNT)).status).toBe(200)
    x.clearFaults()
    expect((await add('a')).status).toBe(200)
  })
})

describe('people', () => {
  test('a removal by one identifier removes the person', async () => {
    x.addPersons([
      [sha('home'), 'ann'],
      [sha('work'), 'ann'],
    ])
    await add('home', 'work', 'bob')
    expect(x.members(id).persons).toEqual(new Set(['ann', sha('bob')]))
    await change('Delete', ['home'])
    expect(members()).toEqual([sha('bob')])
  })
})

describe('over HTTP', () => {
  const control = (path: string, init: RequestInit = {}) => send(`${x.url}/_simulator/${path}`, init)

  test('requests, audiences, members, summary', async () => {
    await add('a', 'b')
    expect((await control('requests')).json).toMatchObject([
      { op: 'create_audience', audience: id },
      { number: 2, op: 'add', users: 2 },
    ])
    expect((await control('requests?since=1')).json).toHaveLength(1)
    expect((await control('audiences')).json).toMatchObject([{ id, name: 'a', size: null, identifiers: 2, persons: 2 }])
    expect((await control(`audiences/${id}/members`)).text).toBe(`email ${sha('a')}\nemail ${sha('b')}\n`)
    expect((await control(`audiences/${id}/persons`)).text).toBe(`${sha('a')}\n${sha('b')}\n`)
    const summary = await control('summary')
    expect(summary.json).toMatchObject({
      platform: 'x_ads',
      total: { requests: 2, applied: 2, users: 2 },
      ops: { create_audience: { requests: 1 }, add: { requests: 1, users: 2, identifiers: 2 } },
      answers: { '200': 2 },
      audiences: 1,
      identifiers: 2,
    })
  })

  test('people as an object or as lines, faults, reset', async () => {
    await control('persons', { method: 'POST', body: JSON.stringify({ [sha('a')]: 'ann' }) })
    await control('persons', { method: 'POST', body: `${sha('b')} ann\n` })
    await add('a', 'b', 'c')
    expect(x.members(id).persons).toEqual(new Set(['ann', sha('c')]))
    const rule = { match: { op: 'add' }, times: 1, fault: { kind: 'answer', status: 500 } }
    await control('faults', { method: 'POST', body: JSON.stringify(rule) })
    expect((await add('a')).status).toBe(500)
    expect((await control('faults')).json).toEqual([{ rule, seen: 1, struck: 1 }])
    await control('reset', { method: 'POST' })
    expect((await control('summary')).json).toMatchObject({ total: { requests: 0 }, audiences: 0 })
    expect((await add('a')).status).toBe(404)
  })

  test.each([
    ['GET', 'nothing', undefined, 404],
    ['GET', 'audiences/none/members', undefined, 404],
    ['POST', 'persons', 'one two three', 400],
    ['POST', 'persons', '{"a":1}', 400],
    ['POST', 'faults', '{"fault":{"kind":"earthquake"}}', 400],
    ['POST', 'faults', '{"fault":{"kind":"late"}}', 400],
    ['POST', 'faults', '{"fault":{"kind":"latency","ms":"1"}}', 400],
    ['POST', 'faults', '{"fault":{"kind":"garbage"},"match":{"op":"ad"}}', 400],
    ['POST', 'faults', '{"fault":{"kind":"garbage"},"matches":{}}', 400],
    ['POST', 'faults', '{', 400],
  ])('%s %s with %s is %d', async (method, path, body, status) => {
    expect((await control(path, { method, ...(body === undefined ? {} : { body }) })).status).toBe(status)
  })

  test('a web page may not steer it', async () => {
    expect((await control('reset', { method: 'POST', headers: { origin: 'http://evil.example' } })).status).toBe(403)
  })

  test('1,000 members come over in a stream', async () => {
    await add(...Array.from({ length: 3_000 }, (_, n) => `${n}`))
    const text = (await control(`audiences/${id}/members`)).text
    expect(text.trimEnd().split('\n')).toHaveLength(3_000)
  })
})
