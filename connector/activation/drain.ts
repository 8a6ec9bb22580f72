/** SIGTERM, SIGINT or the end of standard input asked the run to come to an end soon. */
export interface Drain {
  /** Aborted from then on. */
  readonly signal: AbortSignal
  /** Milliseconds left until the process ends whatever happens; Infinity while nobody asked. */
  msLeft(): number
}

export const neverDrains: Drain = { signal: new AbortController().signal, msLeft: () => Number.POSITIVE_INFINITY }

/** A drain of `seconds` that begins when `begin` is called. */
export const createDrain = (seconds: number): Drain & { begin(): void } => {
  const controller = new AbortController()
  let endsAt = Number.POSITIVE_INFINITY
  return {
    signal: controller.signal,
    msLeft: () => endsAt - performance.now(),
    begin: () => {
      if (controller.signal.aborted) return
      endsAt = performance.now() + seconds * 1000
      controller.abort()
    },
  }
}
