/** Time as the channel sees it; tests put their own in. */
export interface Clock {
  /** The wall clock, which signatures carry. */
  now(): Date
  /** Milliseconds that never go back, from any origin. */
  monotonicMs(): number
  /** Ends after `ms`, or as soon as `signal` aborts; never fails. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, ms)
      signal?.addEventListener('abort', end)
    }),
}
