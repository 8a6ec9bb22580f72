import { type Clock, systemClock } from './clock.ts'

/**
 * How long a run waits, in all, for requests to be repeated: pauses between attempts and waits that a platform asks for.
 * Time in which several calls wait counts once.
 */
export interface Patience {
  /** Never below 0. */
  leftMs(): number
  /**
   * A call waits from now on, for `ms` at least. True where that is news: no other call waits, or all that was told since
   * one did ends earlier, and for this reason no wait of more than half of it was told.
   */
  begin(ms: number, reason: string): boolean
  end(): void
}

/** Pauses of several calls after the same attempt differ by less: they are drawn from one to two times the shortest. */
const muchLonger = 2

export function openPatience(ms: number, clock: Pick<Clock, 'monotonicMs'> = systemClock): Patience {
  let waiting = 0
  let since = 0
  let spent = 0
  /** When the longest wait that was told ends, and how long the longest of each reason is: while anybody waits. */
  let until = 0
  const longest = new Map<string, number>()
  const isNews = (ms: number, reason: string): boolean => {
    const end = clock.monotonicMs() + ms
    if (longest.size > 0 && (end <= until || ms < muchLonger * (longest.get(reason) ?? 0))) return false
    until = end
    longest.set(reason, ms)
    return true
  }
  return {
    leftMs: () => Math.max(0, ms - spent - (waiting > 0 ? clock.monotonicMs() - since : 0)),
    begin(ms, reason) {
      waiting += 1
      if (waiting === 1) {
        since = clock.monotonicMs()
        longest.clear()
      }
      return isNews(ms, reason)
    },
    end() {
      waiting -= 1
      if (waiting === 0) spent += clock.monotonicMs() - since
    },
  }
}
