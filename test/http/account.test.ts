import { describe, expect, test } from '@jest/globals'
import { always, answering, callTo, open } from './calls.ts'
import { serve } from './server.ts'

describe('the whole account', () => {
  test('waits as long as the platform asks, once', async () => {
    const { url, requests } = await answering([429, 429, 200], { 'retry-after': '300' })
    const times: number[] = []
    const channel = open({ concurrency: 2 })
    const options = { ...always, onAttempt: (at: number) => times.push(at) }
    const results = await Promise.all([1, 2, 3].map(() => channel.call(callTo(url), options)))
    expect(results.map(({ kind }) => kind)).toEqual(['done', 'done', 'done'])
    const sorted = times.sort((a, b) => a - b)
    expect((sorted[2] ?? 0) - (sorted[1] ?? 0)).toBeGreaterThan(250)
    const throttledMs = results.reduce((sum, result) => sum + result.throttledMs, 0)
    expect(throttledMs).toBeGreaterThanOrEqual(300)
    expect(throttledMs).toBeLessThan(600)
    expect(requests).toHaveLength(5)
  })

  test('gives up where the platform asks for too long a wait', async () => {
    const { url, requests } = await answering([429], { 'retry-after': '1000' })
    const result = await open({ retry: { maxAskedMs: 100 } }).call(callTo(url), always)
    expect(result).toMatchObject({ kind: 'given_up', applied: 'no', attempts: 1 })
    expect(requests).toHaveLength(1)
  })

  test('never has more in flight than permitted', async () => {
    let now = 0
    let most = 0
    const { url } = await serve((_request, response) => {
      most = Math.max(most, ++now)
      setTimeout(() => {
        now -= 1
        response.end('ok')
      }, 20)
    })
    const channel = open({ concurrency: 3 })
    await Promise.all(Array.from({ length: 12 }, () => channel.call(callTo(url), always)))
    expect(most).toBe(3)
  })

  test('200 requests bound by the rate: none throttled, 95 % of the rate used', async () => {
    const rate = 100
    // By the real clock, so a machine that is busy elsewhere gets another chance; gate.test.ts has the exact rule.
    let measured = await measure(rate)
    for (let i = 0; i < 3 && (measured.throttled > 0 || measured.perSecond < rate * 0.95); i++) {
      measured = await measure(rate)
    }
    expect(measured).toMatchObject({ sent: 200, throttled: 0 })
    expect(measured.perSecond).toBeGreaterThan(rate * 0.95)
  })
})

/** 200 requests to a server that refuses more than `rate` in any second. */
async function measure(rate: number) {
  const arrivals: number[] = []
  let throttled = 0
  const { url, requests } = await serve((_request, response) => {
    const now = performance.now()
    arrivals.push(now)
    const refused = arrivals.filter((at) => at > now - 1000).length > rate
    if (refused) throttled += 1
    response.writeHead(refused ? 429 : 200).end()
  })
  const channel = open({ requestsPerSecond: rate })
  const started = performance.now()
  await Promise.all(Array.from({ length: 200 }, () => channel.call(callTo(url), always)))
  return { sent: requests.length, throttled, perSecond: 200_000 / (performance.now() - started) }
}
