import { describe, expect, test } from '@jest/globals'
import { type Gate, openGate } from '../../connector/http/gate.ts'
import { jumpingClock } from './calls.ts'

/** The largest number of starts in any second, where each arrives up to `travelMs` after it was sent. */
function fullestSecond(starts: readonly number[], travelMs: () => number): number {
  const arrivals = starts.map((start) => start + travelMs()).sort((a, b) => a - b)
  let first = 0
  let fullest = 0
  arrivals.forEach((arrival, last) => {
    while ((arrivals[first] ?? 0) <= arrival - 1000) first += 1
    fullest = Math.max(fullest, last - first + 1)
  })
  return fullest
}

/** Numbers from 0 to below `max` that are the same in every run. */
function numbers(max: number): () => number {
  let seed = 42
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return (seed / 2_147_483_648) * max
  }
}

async function startsOf(requestsPerSecond: number, count: number, lateMs: () => number): Promise<readonly number[]> {
  const clock = jumpingClock(lateMs)
  const gate = openGate({ requestsPerSecond, concurrency: 4 }, clock)
  const starts: number[] = []
  for (let i = 0; i < count; i++) {
    await gate.enter()
    starts.push(clock.ms)
    gate.leave()
  }
  return starts
}

describe('starts', () => {
  test('stand 3 % further apart than the rate says, and who comes late catches up 100 ms', async () => {
    const starts = await startsOf(10, 10, () => 0)
    expect(starts.map((start) => Math.round(start - 5000))).toEqual([0, 3, 106, 209, 312, 415, 518, 621, 724, 827])
  })

  test.each([1, 10, 25, 100, 500])(
    'at %i a second: never more in any second, and 95 %% of the rate used',
    async (rate) => {
      const count = rate * 10
      for (const late of [0, 3, 30]) {
        const starts = await startsOf(rate, count, numbers(late))
        expect(fullestSecond(starts, numbers(24))).toBeLessThanOrEqual(rate)
        const seconds = ((starts.at(-1) ?? 0) - (starts[0] ?? 0)) / 1000
        expect((count - 1) / seconds).toBeGreaterThan(rate * 0.95)
      }
    },
  )

  test('a machine that stands still for a while does not make up for it', async () => {
    let i = 0
    const starts = await startsOf(10, 60, () => (++i % 15 === 0 ? 700 : 0))
    expect(fullestSecond(starts, () => 0)).toBeLessThanOrEqual(10)
  })

  test('none in a pause, and pauses that overlap count once', async () => {
    const clock = jumpingClock()
    const gate = openGate({ requestsPerSecond: 1000, concurrency: 4 }, clock)
    expect(gate.hold(300)).toBe(300)
    expect(gate.hold(200)).toBe(0)
    expect(gate.hold(500)).toBe(200)
    await gate.enter()
    expect(clock.ms).toBe(5500)
  })
})

describe('a rate that is too high', () => {
  /** Between starts, without the first interval: 100 ms of a late start are caught up in it. */
  const intervals = async (gate: Gate, clock: { ms: number }, count: number): Promise<readonly number[]> => {
    const starts: number[] = []
    for (let i = 0; i < count; i++) {
      await gate.enter()
      starts.push(clock.ms)
      gate.leave()
    }
    return starts
      .slice(1)
      .map((start, i) => Math.round(start - (starts[i] ?? 0)))
      .slice(1)
  }

  test('is lowered by a fifth each time, to an eighth at most, and comes back after a minute without', async () => {
    const clock = jumpingClock()
    const gate = openGate({ requestsPerSecond: 1, concurrency: 4 }, clock)
    await intervals(gate, clock, 3)
    gate.slow(0)
    expect(await intervals(gate, clock, 4)).toEqual([1288, 1288])
    gate.slow(0)
    expect(await intervals(gate, clock, 4)).toEqual([1609, 1609])
    for (let i = 0; i < 20; i++) gate.slow(0)
    expect(await intervals(gate, clock, 4)).toEqual([8240, 8240])
    clock.ms += 60_000
    for (const ms of await intervals(gate, clock, 4)) expect([1025, 1030]).toContain(ms)
  })

  test('a pause that comes first does not count as that minute', async () => {
    const clock = jumpingClock()
    const gate = openGate({ requestsPerSecond: 1, concurrency: 4 }, clock)
    await gate.enter()
    gate.leave()
    gate.slow(300_000)
    gate.hold(300_000)
    expect(await intervals(gate, clock, 4)).toEqual([1288, 1288])
  })
})

describe('places', () => {
  const openPlaces = () => openGate({ requestsPerSecond: 1_000_000, concurrency: 2 }, jumpingClock())

  /** Whether there is a place for one more. */
  const fits = async (gate: Gate): Promise<boolean> => {
    let entered = false
    gate.enter().then(() => {
      entered = true
    })
    await new Promise(setImmediate)
    return entered
  }

  test('are given in order', async () => {
    const gate = openPlaces()
    const order: number[] = []
    await gate.enter()
    await gate.enter()
    const waiting = [1, 2, 3].map(async (n) => {
      await gate.enter()
      order.push(n)
    })
    await new Promise(setImmediate)
    expect(order).toEqual([])
    gate.leave()
    await waiting[0]
    expect(order).toEqual([1])
    gate.leave()
    gate.leave()
    await Promise.all(waiting)
    expect(order).toEqual([1, 2, 3])
  })

  test('who gives up waiting takes none', async () => {
    const gate = openPlaces()
    const drain = new AbortController()
    await gate.enter()
    await gate.enter()
    const given = gate.enter(drain.signal)
    drain.abort()
    expect(await given).toBe(false)
    expect(await gate.enter(drain.signal)).toBe(false)
    gate.leave()
    gate.leave()
    expect(await Promise.all([gate.enter(), gate.enter()])).toEqual([true, true])
    expect(await fits(gate)).toBe(false)
  })

  test('who gives up in a pause gives the place back', async () => {
    const drain = new AbortController()
    // A pause that lasts until somebody gives up.
    const clock = jumpingClock()
    const jump = clock.sleep
    clock.sleep = (ms, signal) =>
      signal === undefined ? jump(ms) : new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
    const gate = openGate({ requestsPerSecond: 1_000_000, concurrency: 2 }, clock)
    gate.hold(1000)
    const waiting = [gate.enter(drain.signal), gate.enter(drain.signal)]
    await new Promise(setImmediate)
    drain.abort()
    expect(await Promise.all(waiting)).toEqual([false, false])
    expect(await Promise.all([gate.enter(), gate.enter()])).toEqual([true, true])
    expect(await fits(gate)).toBe(false)
  })
})
