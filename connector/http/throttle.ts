import type { Clock } from './clock.ts'

/**
 * Which of several limits was met, where a platform does not say: after the first refusal the shortest wait, and where a
 * request is refused that began after it, the next longer one. The waits hold for the whole account.
 */
export interface Throttle {
  /**
   * An attempt, begun then, was refused because of a limit. How long to wait, in ms, of `waitsMs`, shortest first; and
   * whether it is the first of several attempts in flight that are told the same.
   */
  refused(startedAtMs: number, waitsMs: readonly number[]): { readonly ms: number; readonly first: boolean }
  /** An attempt was not refused so: the wait, if it began after it, was long enough. */
  passed(startedAtMs: number): void
}

export function openThrottle(clock: Pick<Clock, 'monotonicMs'>): Throttle {
  let level = -1
  /** When the wait ends; who began earlier did not know of it. */
  let until = Number.NEGATIVE_INFINITY
  return {
    refused(startedAtMs, waitsMs) {
      const first = startedAtMs >= until
      if (first || level < 0) level += 1
      level = Math.min(level, waitsMs.length - 1)
      const ms = waitsMs[level] ?? 0
      if (first) until = clock.monotonicMs() + ms
      return { ms: Math.max(0, until - clock.monotonicMs()), first }
    },
    passed(startedAtMs) {
      if (startedAtMs >= until) level = -1
    },
  }
}
