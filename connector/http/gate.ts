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
}

/**
 * Starts stand 3 % further apart than the rate says, and a start that comes late lets the next ones catch up by at most
 * 10 ms. So no window of a second holds more than the rate, not even when one of them travels 20 ms longer than
 * another, and 97 % of the rate are used. (A queue that lets a second's worth start at once would use all of it, but the
 * platform counts arrivals in windows of its own.)
 */
const spread = 1.03
const catchUpMs = 10

export function openGate(
  rules: { readonly requestsPerSecond: number; readonly concurrency: number },
  clock: Clock,
): Gate {
  const intervalMs = (1000 / rules.requestsPerSecond) * spread
  const places = openPlaces(rules.concurrency)
  let due = Number.NEGATIVE_INFINITY
  let heldUntil = Number.NEGATIVE_INFINITY
  let lastTurn: Promise<unknown> = Promise.resolve()

  async function turn(signal?: AbortSignal): Promise<boolean> {
    while (!signal?.aborted) {
      const now = clock.monotonicMs()
      const waitMs = Math.max(due - catchUpMs, heldUntil) - now
      if (waitMs <= 0) {
        due = Math.max(due, now) + intervalMs
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
