import { describe, expect, test } from '@jest/globals'
import { tiktokAds } from '../../connector/destination/tiktok-ads.ts'
import { openChannel } from '../../connector/http/channel.ts'
import { openPatience } from '../../connector/http/patience.ts'
import { openThrottle } from '../../connector/http/throttle.ts'
import { cases as tiktokAdsCases } from '../destination/tiktok-ads.cases.ts'
import { always, jumpingClock } from './calls.ts'

const waits = [1000, 300_000, 3_000_000]

describe('which limit was met', () => {
  test('who is refused after a wait is told the next longer one, the longest again and again', () => {
    const clock = jumpingClock()
    const throttle = openThrottle(clock)
    const met = () => {
      const { ms, first } = throttle.refused(clock.ms, waits)
      clock.ms += ms
      return [ms, first]
    }
    expect([met(), met(), met(), met()]).toEqual([1000, 300_000, 3_000_000, 3_000_000].map((ms) => [ms, true]))
  })

  test('attempts that were in flight together are one refusal, and wait for the same moment', () => {
    const clock = jumpingClock()
    const throttle = openThrottle(clock)
    const began = clock.ms
    expect(throttle.refused(began, waits)).toEqual({ ms: 1000, first: true })
    clock.ms += 400
    expect(throttle.refused(began + 5, waits)).toEqual({ ms: 600, first: false })
    // An answer to what began before the wait says nothing of it.
    throttle.passed(began + 6)
    clock.ms += 600
    expect(throttle.refused(clock.ms, waits)).toEqual({ ms: 300_000, first: true })
  })

  test('after a wait that was long enough it begins anew', () => {
    const clock = jumpingClock()
    const throttle = openThrottle(clock)
    for (let i = 0; i < 2; i++) clock.ms += throttle.refused(clock.ms, waits).ms
    throttle.passed(clock.ms)
    expect(throttle.refused(clock.ms, waits)).toEqual({ ms: 1000, first: true })
  })
})

/** TikTok's answers to a removal, one after the other, at a quarter to midnight by its own clock. */
const asTiktok = (codes: readonly number[]) => {
  const clock = jumpingClock()
  const starts: number[] = []
  const channel = openChannel({
    requestsPerSecond: 10,
    concurrency: 4,
    timeoutMs: 1000,
    clock,
    retry: { minMs: 1, maxMs: 2 },
    send: async () => {
      starts.push(clock.ms)
      const code = codes[Math.min(starts.length, codes.length) - 1]
      const headers = { date: 'Thu, 26 Nov 2026 23:45:00 GMT' }
      return { status: 200, headers, body: JSON.stringify({ code, message: 'Too many requests.', data: {} }) }
    },
  })
  const batch = { op: 'remove', audienceId: '7', types: ['EMAIL_SHA256'], rows: '', rowCount: 1 } as const
  const call = tiktokAds.account(tiktokAdsCases.settings).send(batch)
  const waited = () => starts.slice(1).map((start, i) => Math.round(start - (starts[i] ?? 0)))
  return {
    clock,
    waited,
    call: (patienceMs: number) => channel.call(call, { ...always, patience: openPatience(patienceMs, clock) }),
  }
}

describe("TikTok's limits of a second, a minute and a day (2.2)", () => {
  test('the next second, then five minutes', async () => {
    const { call, waited } = asTiktok([40100, 40100, 0])
    expect(await call(1_800_000)).toMatchObject({ kind: 'done', attempts: 3, throttledMs: 301_000 })
    expect(waited()).toEqual([1000, 300_000])
  })

  test('then until 00:00 UTC, where that is near', async () => {
    const { call, waited } = asTiktok([40100, 40133, 61000, 0])
    expect(await call(1_800_000)).toMatchObject({ kind: 'done', attempts: 4 })
    expect(waited()).toEqual([1000, 300_000, 900_000])
  })

  test('a wait longer than the run may wait is told and not waited for', async () => {
    const { call, waited } = asTiktok([40100])
    expect(await call(600_000)).toMatchObject({
      kind: 'given_up',
      because: 'patience',
      applied: 'no',
      attempts: 3,
      fault: { code: '40100', retryAfterMs: 900_000 },
    })
    expect(waited()).toEqual([1000, 300_000])
  })

  test('requests that come later go slower', async () => {
    const { call, waited } = asTiktok([40100, 0])
    for (let i = 0; i < 4; i++) await call(1_800_000)
    // 10 a second stand 103 ms apart, 129 after one refusal; 100 ms of a late start are caught up.
    expect(waited()).toEqual([1000, 29, 129, 129])
  })

  test('also after a wait of minutes: the minute begins when it is over', async () => {
    const { call, waited } = asTiktok([40100, 40100, 0])
    for (let i = 0; i < 4; i++) await call(1_800_000)
    // Two refusals: 103 ms times 1.25 twice.
    expect(waited()).toEqual([1000, 300_000, 61, 161, 161])
  })
})
