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

/** Time that settling needs at the end of a drain. */
const settleMs = 1500

/** Comes when a drain has no time left but to settle; never where nothing is `flying`. */
export const nearlyOver = (drain: Drain, flying: number): Promise<void> =>
  new Promise((resolve) => {
    if (flying === 0) return
    const wait = (): void => {
      setTimeout(resolve, Math.max(0, drain.msLeft() - settleMs)).unref()
    }
    if (drain.signal.aborted) wait()
    else drain.signal.addEventListener('abort', wait, { once: true })
  })
