import { describe, expect, test } from '@jest/globals'
import type { Clock } from '../../connector/http/clock.ts'
import { type Gate, openGate } from '../../connector/http/gate.ts'

/** A clock that jumps to the end of each sleep, and up to `lateMs` beyond it as a busy machine does. */
function jumpingClock(lateMs: () => number): Clock & { ms: number } {
  const clock = {
    ms: 5000,
    now: () => new Date(clock.ms),
    monotonicMs: () => clock.ms,
    sleep: async (ms: number, _signal?: AbortSignal) => {
      clock.ms += ms + lateMs()
    },
  }
  return clock
}

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
    const clock = jumpingClock(() => 0)
    const gate = openGate({ requestsPerSecond: 1000, concurrency: 4 }, clock)
    expect(gate.hold(300)).toBe(300)
    expect(gate.hold(200)).toBe(0)
    expect(gate.hold(500)).toBe(200)
    await gate.enter()
    expect(clock.ms).toBe(5500)
  })
})

describe('places', () => {
  const openPlaces = () =>
    openGate(
      { requestsPerSecond: 1_000_000, concurrency: 2 },
      jumpingClock(() => 0),
    )

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
    const clock = jumpingClock(() => 0)
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
