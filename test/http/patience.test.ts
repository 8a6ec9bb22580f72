import { describe, expect, test } from '@jest/globals'
import type { Call, DestinationSettings, Fault } from '../../connector/destination/destination.ts'
import { xAds } from '../../connector/destination/x-ads.ts'
import type { CallOptions } from '../../connector/http/call.ts'
import { openChannel } from '../../connector/http/channel.ts'
import { openPatience } from '../../connector/http/patience.ts'
import { parseAuthorization, signature } from '../../connector/simulator/oauth1.ts'
import { always, answering, jumpingClock, open } from './calls.ts'
import { serve } from './server.ts'

const minute = 60_000
/** Each status is 200 or a refusal that asks for so many milliseconds. */
const callOf = (): Call<string> => ({
  request: () => ({ method: 'POST', url: 'http://platform.invalid/', headers: {} }),
  read: ({ status, headers }) => {
    if (status === 200) return { ok: true, value: 'ok' }
    const fault: Fault = {
      code: 'SLOW',
      message: 'Too fast.',
      next: 'retry',
      applied: 'no',
      retryAfterMs: Number(headers.wait),
    }
    return { ok: false, fault }
  },
})
/** A channel on such a clock; `answers` says how long the nth request is asked to wait, 0 for success. */
const asked = (answers: (nth: number) => number) => {
  const clock = jumpingClock()
  let sent = 0
  const channel = openChannel({
    requestsPerSecond: 1000,
    concurrency: 4,
    timeoutMs: 1000,
    clock,
    retry: { minMs: 1, maxMs: 2 },
    send: async () => {
      sent += 1
      const wait = answers(sent)
      return { status: wait === 0 ? 200 : 429, headers: { wait: String(wait) }, body: '' }
    },
  })
  return { channel, clock, sent: () => sent }
}

describe('patience', () => {
  test('goes while anybody waits, once for all of them, and never below nothing', () => {
    let now = 1000
    const patience = openPatience(100, { monotonicMs: () => now })
    now += 30
    expect(patience.leftMs()).toBe(100)
    expect([patience.begin(20, 'SLOW'), patience.begin(20, 'SLOW')]).toEqual([true, false])
    now += 20
    expect(patience.leftMs()).toBe(80)
    patience.end()
    now += 20
    expect(patience.leftMs()).toBe(60)
    patience.end()
    now += 500
    expect(patience.leftMs()).toBe(60)
    expect(patience.begin(20, 'SLOW')).toBe(true)
    now += 61
    expect(patience.leftMs()).toBe(0)
    patience.end()
    expect(patience.leftMs()).toBe(0)
  })

  test('a wait is news where nobody waits, where it is much longer, and for another reason where it ends later', () => {
    let now = 1000
    const patience = openPatience(1_000_000, { monotonicMs: () => now })
    const begins: readonly (readonly [ms: number, reason: string, news: boolean])[] = [
      [1000, 'SLOW', true],
      // Pauses are drawn from one to two times the shortest.
      [1999, 'SLOW', false],
      [1000, 'DOWN', false],
      [1001, 'DOWN', true],
      [2001, 'DOWN', false],
      [300_000, 'SLOW', true],
      [300_000, 'DOWN', false],
    ]
    expect(begins.map(([ms, reason]) => patience.begin(ms, reason))).toEqual(begins.map(([, , news]) => news))
    now += 1000
    // Twice as long, though not until later than all that is told.
    expect(patience.begin(200_000, 'DOWN')).toBe(false)
    for (let i = 0; i < 8; i += 1) patience.end()
    expect(patience.begin(1, 'SLOW')).toBe(true)
  })

  test('is one for all calls of a run: where it is at its end, nothing is repeated', async () => {
    // Every other request is asked to wait ten minutes.
    const { channel, clock, sent } = asked((nth) => (nth % 2 === 1 ? 10 * minute : 0))
    const options: CallOptions = { ...always, patience: openPatience(30 * minute, clock) }
    for (let i = 0; i < 3; i += 1)
      expect(await channel.call(callOf(), options)).toMatchObject({ kind: 'done', attempts: 2 })
    expect(options.patience?.leftMs()).toBe(0)
    expect(await channel.call(callOf(), options)).toMatchObject({
      kind: 'given_up',
      because: 'patience',
      attempts: 1,
      applied: 'no',
    })
    expect(sent()).toBe(7)
    // What needs no waiting still goes.
    expect(await channel.call(callOf(), options)).toMatchObject({ kind: 'done', attempts: 1 })
  })

  test('is not spent four times by four calls that wait at once, and one of them says so', async () => {
    const { channel, clock } = asked((nth) => (nth <= 4 ? 10 * minute : 0))
    const said: (string | number)[] = []
    const options: CallOptions = {
      ...always,
      patience: openPatience(30 * minute, clock),
      onWait: (ms, { code }) => said.push(Math.round(ms / minute), code),
    }
    const results = await Promise.all([1, 2, 3, 4].map(() => channel.call(callOf(), options)))
    expect(results.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done'])
    expect(said).toEqual([10, 'SLOW'])
    expect(options.patience?.leftMs()).toBeGreaterThan(19 * minute)
  })

  test('a longer wait while another is under way is said too, and why', async () => {
    // Of four calls at once two are asked to wait a second, the others a quarter of an hour.
    const { channel, clock } = asked((nth) => [1000, 1000, 15 * minute, 15 * minute][nth - 1] ?? 0)
    const said: number[] = []
    const options: CallOptions = {
      ...always,
      patience: openPatience(30 * minute, clock),
      onWait: (ms) => said.push(ms),
    }
    await Promise.all([1, 2, 3, 4].map(() => channel.call(callOf(), options)))
    expect(said).toEqual([1000, 15 * minute])
  })

  test('does not begin a wait that is longer than what is left, and holds up nobody for it', async () => {
    const { channel, clock } = asked((nth) => (nth === 1 ? 14 * minute : 0))
    const began = clock.monotonicMs()
    const options: CallOptions = { ...always, patience: openPatience(10 * minute, clock) }
    expect(await channel.call(callOf(), options)).toMatchObject({
      kind: 'given_up',
      because: 'patience',
      throttledMs: 0,
    })
    expect(await channel.call(callOf(), options)).toMatchObject({ kind: 'done' })
    expect(clock.monotonicMs() - began).toBeLessThan(minute)
  })

  test('is not spent by a drain that ends a wait', async () => {
    const drain = new AbortController()
    const { url } = await answering([503])
    const patience = openPatience(minute)
    setTimeout(() => drain.abort(), 50)
    const retry = { minMs: 30_000, maxMs: 30_000 }
    const call: Call<string> = { ...callOf(), request: () => ({ method: 'POST', url, headers: {} }) }
    const result = await open({ retry }).call(call, { ...always, patience, signal: drain.signal })
    expect(result).toMatchObject({ kind: 'given_up', because: 'drain' })
    const left = patience.leftMs()
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(patience.leftMs()).toBe(left)
  })
})

test('on the wire, each attempt on X has a nonce of its own and a signature that fits it', async () => {
  const { url, requests } = await serve((_request, response, number) => {
    const body = number < 3 ? '' : '{"data":{"success_count":1,"total_count":1}}'
    response.writeHead(number < 3 ? 503 : 200).end(body)
  })
  const settings: DestinationSettings = {
    name: 'x',
    type: 'x_ads',
    accountId: '18ce54d4x5t',
    credentials: { consumer_key: 'ck', consumer_secret: 'cs', access_token: 'at', access_token_secret: 'ats' },
    baseUrl: url,
    own: {},
    requestsPerSecond: 25,
    request: { timeoutMs: 1000, quietMs: 1000, concurrency: 1, maxBytes: 1000, combinedRows: false },
  }
  const batch = { op: 'add', audienceId: '1nmth', types: ['email'], rows: '{"email":["00"]}', rowCount: 1 } as const
  const result = await open().call(xAds.account(settings).send(batch), always)
  expect(result).toMatchObject({ kind: 'done', attempts: 3 })
  const parameters = requests.map(
    ({ headers }) => parseAuthorization(headers.authorization ?? '') ?? new Map<string, string>(),
  )
  expect(new Set(parameters.map((p) => p.get('oauth_nonce'))).size).toBe(3)
  expect(new Set(parameters.map((p) => p.get('oauth_signature'))).size).toBe(3)
  for (const [i, p] of parameters.entries()) {
    const signed = [...p].filter(([name]) => name !== 'oauth_signature')
    const expected = signature('POST', `${url}${requests[i]?.url}`, signed, 'cs', 'ats')
    expect(p.get('oauth_signature')).toBe(expected)
  }
})
