import type { Clock } from './clock.ts'

/** Lets requests of one ad account start: in order, at the permitted rate, and never too many at once. */
export interface Gate {
  /**
   * Waits for a place and for its turn. False when `signal` aborted first: no place is held then. After true, `leave`
   * must be called once.
   */
  enter(signal?: AbortSignal): Promise<boolean>
  leave(): void
  /** Lets nobody start for `ms` from now. Returns by how many ms this lengthens the pause that was in force. */
  hold(ms: number): number
  /** The rate is more than the platform permits now: starts stand a quarter further apart, until a minute after the next `ms`. */
  slow(ms: number): void
}

/**
 * Starts stand 3 % further apart than the rate says. A start that comes late, on a busy machine, lets the next ones
 * catch up, but never so that more than the rate start within 1,025 ms. So no second holds too many on arrival either,
 * as long as no request travels 25 ms longer than another, and 97 % of the rate are used. (A queue that lets a second's
 * worth start at once would use all of it, but the platform's seconds begin elsewhere.)
 */
const spread = 1.03
const windowMs = 1025
const catchUpMs = 100
/** Others may use the account too: what is left of its rate is found out by being refused, once a minute at most. */
const slower = 1.25
const slowestFactor = 8
const slowMs = 60_000

/** Nobody starts more in a second, so a window of more need not be remembered. */
const most = 10_000

export function openGate(
  rules: { readonly requestsPerSecond: number; readonly concurrency: number },
  clock: Clock,
): Gate {
  const intervalMs = (1000 / rules.requestsPerSecond) * spread
  const perWindow = Math.min(Math.ceil(rules.requestsPerSecond), most)
  /** The times of the last `perWindow` starts, as a ring. */
  const starts: number[] = []
  let count = 0
  const places = openPlaces(rules.concurrency)
  let factor = 1
  let slowUntil = Number.NEGATIVE_INFINITY
  let due = Number.NEGATIVE_INFINITY
  let heldUntil = Number.NEGATIVE_INFINITY
  let lastTurn: Promise<unknown> = Promise.resolve()

  async function turn(signal?: AbortSignal): Promise<boolean> {
    while (!signal?.aborted) {
      const now = clock.monotonicMs()
      if (now >= slowUntil) factor = 1
      const windowEnd = (starts[count % perWindow] ?? Number.NEGATIVE_INFINITY) + windowMs
      const waitMs = Math.max(due, windowEnd, heldUntil) - now
      if (waitMs <= 0) {
        starts[count++ % perWindow] = now
        due = Math.max(due, now - catchUpMs) + intervalMs * factor
        return true
      }
      await clock.sleep(waitMs, signal)
    }
    return false
  }

  return {
    async enter(signal) {
      if (!(await places.take(signal))) return false
      // One after the other, so that only the first in the queue looks at the clock.
      const mine = lastTurn.then(() => turn(signal))
      lastTurn = mine
      const started = await mine
      if (!started) places.give()
      return started
    },
    leave: () => places.give(),
    hold(ms) {
      const now = clock.monotonicMs()
      const before = Math.max(heldUntil, now)
      heldUntil = Math.max(before, now + ms)
      return heldUntil - before
    },
    slow(ms) {
      factor = Math.min(slowestFactor, factor * slower)
      slowUntil = clock.monotonicMs() + ms + slowMs
    },
  }
}

interface Places {
  take(signal?: AbortSignal): Promise<boolean>
  give(): void
}

/** A number of places, given to those who wait in the order they came. */
function openPlaces(count: number): Places {
  let free = count
  const waiting = new Set<() => void>()
  return {
    take(signal) {
      if (signal?.aborted) return Promise.resolve(false)
      if (free > 0) {
        free -= 1
        return Promise.resolve(true)
      }
      return new Promise((resolve) => {
        const settle = (taken: boolean) => {
          waiting.delete(accept)
          signal?.removeEventListener('abort', refuse)
          resolve(taken)
        }
        const accept = () => settle(true)
        const refuse = () => settle(false)
        waiting.add(accept)
        signal?.addEventListener('abort', refuse)
      })
    },
    give() {
      const [next] = waiting
      if (next === undefined) free += 1
      else next()
    },
  }
}
