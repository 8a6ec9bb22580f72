import { describe, expect, test } from '@jest/globals'
import type { Call } from '../../connector/destination/destination.ts'
import { always, answering, callTo, jumpingClock, open } from './calls.ts'
import { closedPort, serve } from './server.ts'

describe('one call', () => {
  test('done at once', async () => {
    const { url } = await answering([200])
    expect(await open().call(callTo(url), always)).toMatchObject({
      kind: 'done',
      value: 'body',
      attempts: 1,
      lastStatus: 200,
      lastCode: null,
      requestId: 'r1',
      unanswered: false,
      throttledMs: 0,
      firstStartedAt: expect.any(Number),
      lastEndedAt: expect.any(Number),
    })
  })

  test('every attempt has a nonce and a time of its own', async () => {
    const { url, requests } = await answering([500, 500, 200])
    const result = await open().call(callTo(url), always)
    expect(result).toMatchObject({ kind: 'done', attempts: 3, unanswered: true })
    expect(new Set(requests.map(({ headers }) => headers['x-nonce'])).size).toBe(3)
    expect(new Set(requests.map(({ headers }) => headers['x-now'])).size).toBe(3)
  })

  test('given up after five attempts', async () => {
    const { url, requests } = await answering([429])
    expect(await open().call(callTo(url), always)).toMatchObject({
      kind: 'given_up',
      applied: 'no',
      because: 'attempts',
      attempts: 5,
      lastStatus: 429,
      lastCode: 'c429',
      unanswered: false,
      fault: { code: 'c429' },
    })
    expect(requests).toHaveLength(5)
  })

  test('the caller may set the number of attempts', async () => {
    const { url } = await answering([500])
    expect(await open().call(callTo(url), { ...always, retries: 1 })).toMatchObject({ attempts: 2, applied: 'maybe' })
  })

  test.each([
    ['refused', { next: 'refused', culpritRows: [1] }],
    ['stopped', { next: 'stop', exit: 77, reason: 'permission' }],
  ] as const)('%s at once', async (kind, fault) => {
    const { url } = await answering([400])
    const result = await open().call(callTo(url, { 400: fault }), always)
    expect(result).toMatchObject({ kind, attempts: 1, fault, requestId: 'r2', unanswered: false })
  })

  test.each([0, 500])('what may have been applied (%i) stays so, though a later attempt is refused', async (first) => {
    const { url } = await answering([first, 400])
    const calls: [string, number][] = []
    const result = await open().call(callTo(url, { 400: { next: 'refused' } }), {
      ...always,
      onAttempt: (at) => calls.push(['attempt', at]),
      onUnanswered: (at) => calls.push(['unanswered', at]),
    })
    expect(result).toMatchObject({ kind: 'refused', attempts: 2, unanswered: true })
    expect(calls.map(([hook]) => hook)).toEqual(['attempt', 'unanswered', 'attempt'])
    expect(calls[1]?.[1]).toBe(calls[0]?.[1])
  })

  test('a last attempt that was not applied does not hide one that may have been', async () => {
    const { url } = await answering([0, 429])
    expect(await open().call(callTo(url), { ...always, retries: 1 })).toMatchObject({
      kind: 'given_up',
      applied: 'maybe',
      unanswered: true,
      lastStatus: 429,
    })
  })

  test('unreachable is not applied', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`
    expect(await open().call(callTo(url), always)).toMatchObject({
      kind: 'given_up',
      applied: 'no',
      unanswered: false,
      attempts: 5,
      lastStatus: null,
      lastCode: 'unreachable',
      fault: { message: expect.stringContaining('could not be reached') },
    })
  })

  test('a time-out is no answer', async () => {
    const { url } = await serve(() => {})
    const result = await open({ timeoutMs: 50 }).call(callTo(url), { ...always, retries: 0 })
    expect(result).toMatchObject({ kind: 'given_up', applied: 'maybe', lastStatus: null, lastCode: 'no_answer' })
  })

  test('what must be done once is not repeated after it may have been done', async () => {
    const { url, requests } = await answering([429, 0, 200])
    const result = await open().call(callTo(url), { ...always, once: true })
    expect(result).toMatchObject({ kind: 'given_up', applied: 'maybe', attempts: 2 })
    expect(requests).toHaveLength(2)
  })

  test('what a reader or a hook throws is thrown on, without another attempt', async () => {
    const { url, requests } = await answering([200])
    const broken: Call<string> = {
      ...callTo(url),
      read: () => {
        throw new TypeError('a bug')
      },
    }
    await expect(open().call(broken, always)).rejects.toThrow('a bug')
    const lost = { mayStart: () => Promise.reject(new Error('the warehouse is gone')) }
    await expect(open().call(callTo(url), lost)).rejects.toThrow('the warehouse is gone')
    expect(requests).toHaveLength(1)
  })
})

describe('lease and drain', () => {
  test('nothing is sent without the lease', async () => {
    const { url, requests } = await answering([200])
    const channel = open({ concurrency: 1 })
    const result = await channel.call(callTo(url), { mayStart: async () => false })
    expect(result).toMatchObject({ kind: 'not_started', because: 'lease', attempts: 0, firstStartedAt: null })
    expect(requests).toHaveLength(0)
    expect(await channel.call(callTo(url), always)).toMatchObject({ kind: 'done' })
  })

  test('nothing is repeated without the lease', async () => {
    const { url, requests } = await answering([500])
    let asked = 0
    const result = await open().call(callTo(url), { mayStart: () => ++asked < 3 })
    expect(result).toMatchObject({ kind: 'given_up', because: 'lease', applied: 'maybe', attempts: 2 })
    expect(requests).toHaveLength(2)
  })

  test('the lease counts once more when the connection stands: what took too long to get there is not sent', async () => {
    const { url, requests } = await answering([500])
    const asked: number[] = []
    const beginTwice = (leftMs: number): boolean => asked.push(leftMs) < 3
    const never = await open().call(callTo(url), { ...always, mayBegin: () => false })
    expect(never).toMatchObject({ kind: 'not_started', because: 'lease', attempts: 0 })
    expect(requests).toHaveLength(0)
    const result = await open().call(callTo(url), { ...always, mayBegin: beginTwice })
    expect(result).toMatchObject({ kind: 'given_up', because: 'lease', applied: 'maybe', attempts: 2 })
    expect(requests).toHaveLength(2)
    expect(asked.every((leftMs) => leftMs > 0 && leftMs <= 2000)).toBe(true)
    // Stopped for longer than an attempt may take.
    const clock = jumpingClock()
    const onAttempt = (): void => {
      clock.ms += 2001
    }
    expect(await open({ clock }).call(callTo(url), { ...always, onAttempt })).toMatchObject({
      kind: 'not_started',
      attempts: 0,
    })
    expect(requests).toHaveLength(2)
  })

  test('a drain lets the request in flight finish, and starts none of those that wait', async () => {
    const drain = new AbortController()
    const { url, requests } = await serve((_request, response) => {
      drain.abort()
      setTimeout(() => response.end('late'), 50)
    })
    const channel = open({ concurrency: 1 })
    const options = { ...always, signal: drain.signal }
    const results = await Promise.all([1, 2, 3].map(() => channel.call(callTo(url), options)))
    expect(results[0]).toMatchObject({ kind: 'done', value: 'late' })
    expect(results[1]).toMatchObject({ kind: 'not_started', because: 'drain' })
    expect(results[2]).toMatchObject({ kind: 'not_started', because: 'drain' })
    expect(requests).toHaveLength(1)
  })

  test('a drain ends the pause between attempts', async () => {
    const drain = new AbortController()
    const { url } = await answering([500])
    setTimeout(() => drain.abort(), 50)
    const started = performance.now()
    const result = await open({ retry: { minMs: 60_000, maxMs: 60_000 } }).call(callTo(url), {
      ...always,
      signal: drain.signal,
    })
    expect(result).toMatchObject({ kind: 'given_up', because: 'drain', applied: 'maybe', attempts: 1 })
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('a drain ends the wait that the platform asked for', async () => {
    const drain = new AbortController()
    const { url, requests } = await answering([429], { 'retry-after': '60000' })
    setTimeout(() => drain.abort(), 100)
    const result = await open().call(callTo(url), { ...always, signal: drain.signal })
    expect(result).toMatchObject({ kind: 'given_up', because: 'drain', applied: 'no', attempts: 1 })
    expect(requests).toHaveLength(1)
  })
})
