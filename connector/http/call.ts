import type { Fault } from '../destination/destination.ts'
import type { Patience } from './patience.ts'

/** What a caller says of one call, and what comes back. */

export interface CallOptions {
  /** Asked right before each attempt. False: nothing (more) is sent. */
  readonly mayStart: () => boolean | Promise<boolean>
  /**
   * Asked once more when the connection stands, right before the first byte: may an attempt begin that takes `leftMs` at most?
   * False: it does not, and none follows.
   */
  readonly mayBegin?: (leftMs: number) => boolean
  /** Each attempt, right before it is sent, with its time by the clock's `monotonicMs`. */
  readonly onAttempt?: (startedAtMs: number) => void
  /** Each attempt that the platform may have applied without saying so, with the time it started. */
  readonly onUnanswered?: (startedAtMs: number) => void
  /** Drain: no attempt starts once it aborts; one in flight is left to finish. */
  readonly signal?: AbortSignal
  /** Attempts after the first; the channel's own number when absent. */
  readonly retries?: number
  /** A request that must not be done twice: repeated only while no attempt can have been applied. */
  readonly once?: boolean
  /** What is left of it bounds every wait; it is shared by all calls of a run. Absent: without end. */
  readonly patience?: Patience
  /** A call waits to be repeated, and that is news (see `Patience`): for how many ms at least, and why. */
  readonly onWait?: (ms: number, because: Fault) => void
}

/** How a call ended, by what the caller does next. */
export type CallResult<T> = Trail &
  (
    | { readonly kind: 'done'; readonly value: T }
    | { readonly kind: 'refused'; readonly fault: Fault }
    | { readonly kind: 'stopped'; readonly fault: Fault }
    /** No more attempts. `applied`: of all attempts together. `because`: why no further one was made. */
    | {
        readonly kind: 'given_up'
        readonly applied: 'no' | 'maybe'
        readonly because: Ended
        readonly fault: Fault
      }
    /** Nothing was ever sent. */
    | { readonly kind: 'not_started'; readonly because: NotStarted }
  )
export type NotStarted = 'lease' | 'drain'
/** `patience`: the platform asked for a longer wait than is left, or nothing is left. */
export type Ended = NotStarted | 'attempts' | 'patience'

/** What a call left behind, however it ended. Times are by the clock's `monotonicMs`. */
export interface Trail {
  readonly attempts: number
  /** Of the last attempt; null when it got no answer. */
  readonly lastStatus: number | null
  /** The platform's code of the last attempt, or a word of ours; null after success. */
  readonly lastCode: string | null
  readonly requestId: string | null
  /** An attempt may have been applied without the platform saying so, whatever a later one was told. */
  readonly unanswered: boolean
  /** By how much this call made the whole account wait, because the platform asked for it. */
  readonly throttledMs: number
  readonly firstStartedAt: number | null
  readonly lastEndedAt: number | null
}
