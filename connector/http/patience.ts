import { type Clock, systemClock } from './clock.ts'

/**
 * How long a run waits, in all, for requests to be repeated: pauses between attempts and waits that a platform asks for.
 * Time in which several calls wait counts once.
 */
export interface Patience {
  /** Never below 0. */
  leftMs(): number
  /** A call waits from now on. True where no other does: then the wait is news. */
  begin(): boolean
  end(): void
}

export function openPatience(ms: number, clock: Pick<Clock, 'monotonicMs'> = systemClock): Patience {
  let waiting = 0
  let since = 0
  let spent = 0
  return {
    leftMs: () => Math.max(0, ms - spent - (waiting > 0 ? clock.monotonicMs() - since : 0)),
    begin() {
      waiting += 1
      if (waiting === 1) since = clock.monotonicMs()
      return waiting === 1
    },
    end() {
      waiting -= 1
      if (waiting === 0) spent += clock.monotonicMs() - since
    },
  }
}
