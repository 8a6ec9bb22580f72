import type { Receipt, ReceiptOp, ReceiptStatus } from '../../sql/receipts.ts'
import type { Call, Fault } from '../destination/destination.ts'
import type { CallResult, NotStarted } from '../http/call.ts'
import { openPatience } from '../http/patience.ts'
import type { CallCounts, RunRequest } from './context.ts'
import type { Lease } from './lease.ts'
import { exits, RunStopped } from './stop.ts'

/** Every request of a run goes through here: lease, drain, counts and quiet time are kept in one place. */
export interface Calls {
  /** What the run has sent so far. */
  readonly counts: CallCounts
  /** `once`: a request that must not be repeated blindly. */
  send<T>(call: Call<T>, options?: { readonly once?: boolean }): Promise<CallResult<T>>
  /** How long, in ms from now, something unanswered may still be applied; 0 when all was answered. */
  quietMs(): number
}

/**
 * Half an hour: twice the longest wait that a platform may ask for (X: until the end of a quarter of an hour), so that a
 * run survives being throttled, and ends where it would only wait.
 */
const patienceMs = 1_800_000

export const createCalls = (request: RunRequest, lease: Lease): Calls => {
  const { timeoutMs, quietMs } = request.activation.destination.request
  const patience = openPatience(request.patienceMs ?? patienceMs)
  const counts = request.counts ?? { apiCalls: 0, apiRetries: 0, throttledMs: 0 }
  let unansweredAt = Number.NEGATIVE_INFINITY
  /** Start of the last attempt of each call that is open: a drain may end before it is answered. */
  const open = new Map<symbol, number>()
  return {
    counts,
    quietMs: () => Math.max(0, Math.ceil(Math.max(unansweredAt, ...open.values()) + quietMs - performance.now())),
    send: async (call, options = {}) => {
      const id = Symbol('call')
      let attempts = 0
      const attempted = (all: number): void => {
        counts.apiRetries += Math.max(0, all - 1) - Math.max(0, attempts - 1)
        counts.apiCalls += all - attempts
        attempts = all
      }
      const sending = request.channel.call(call, {
        onAttempt: (startedAt) => {
          open.set(id, startedAt)
          attempted(attempts + 1)
        },
        // No request starts, and none is retried, unless the lease lasts longer than a request may take.
        mayStart: () => lease.lasts(timeoutMs),
        // A process that was stopped meanwhile (SIGSTOP) has another lease than it thought.
        mayBegin: (leftMs) => lease.lasts(leftMs),
        onUnanswered: (startedAt) => {
          unansweredAt = Math.max(unansweredAt, startedAt)
        },
        signal: request.drain.signal,
        once: options.once ?? false,
        patience,
        onWait: (ms, because) => warnOfWait(request, ms, because),
      })
      const result = await sending.finally(() => open.delete(id))
      attempted(result.attempts)
      counts.throttledMs += result.throttledMs
      return result
    },
  }
}

const warnOfWait = ({ log, activation }: RunRequest, ms: number, { code, message }: Fault): void => {
  log.warn('waiting', {
    activation: activation.name,
    code,
    ms: Math.round(ms),
    message: `Waiting ${Math.ceil(ms / 1000)} s to ask again: ${message}`,
  })
}

/** What to write of a call that was made. */
export const receiptOf = <T>(
  result: CallResult<T>,
  facts: { readonly op: ReceiptOp; readonly batchNo: number; readonly members: number; readonly identifiers: number },
): Receipt => ({
  ...facts,
  status: receiptStatus(result),
  httpStatus: result.lastStatus,
  platformCode: result.kind === 'done' ? null : 'fault' in result ? result.fault.code : null,
  requestId: result.requestId,
  attempts: result.attempts,
  message: 'fault' in result ? result.fault.message : null,
  sentMsAgo: performance.now() - (result.firstStartedAt ?? performance.now()),
  answeredMsAgo: result.lastStatus === null ? null : performance.now() - (result.lastEndedAt ?? performance.now()),
})

const receiptStatus = <T>(result: CallResult<T>): ReceiptStatus => {
  if (result.kind === 'done') return 'accepted'
  return mayHaveBeenApplied(result) ? 'uncertain' : 'refused'
}

/** Could the platform have done what was asked, although nobody said so? */
export const mayHaveBeenApplied = <T>(result: CallResult<T>): boolean =>
  result.kind !== 'done' && (result.unanswered || (result.kind === 'given_up' && result.applied === 'maybe'))

/** The error of the run for a call that did not do what was asked. */
export const stoppedBy = <T>(result: Exclude<CallResult<T>, { readonly kind: 'done' }>, what: string): RunStopped => {
  if (result.kind === 'not_started') return notStarted(result.because, `Stopped before ${what}`)
  if (result.kind !== 'given_up') return faultStop(result.fault, what)
  const { because, fault } = result
  if (because === 'attempts') return new RunStopped(exits.tryAgain, fault.code, `Gave up on ${what}: ${fault.message}`)
  if (because === 'patience') return outOfPatience(fault, what)
  return notStarted(because, `Stopped before ${what} could be repeated`)
}

const notStarted = (because: NotStarted, stopped: string): RunStopped =>
  because === 'drain'
    ? new RunStopped(exits.aborted, 'aborted', `${stopped}: the run was asked to end. The next run goes on from here.`)
    : new RunStopped(exits.tryAgain, 'lease_short', `${stopped}: the lease could not be extended in time. Run again.`)

/** The rate budget is spent (design section 6): what is left is for a later run. */
const outOfPatience = (fault: Fault, what: string): RunStopped => {
  const askedMs = fault.next === 'retry' ? (fault.retryAfterMs ?? 0) : 0
  const because =
    askedMs > 0
      ? `the platform asks for a wait of ${Math.ceil(askedMs / 1000)} s, more than this run may still wait`
      : 'this run has waited long enough for requests to be repeated'
  return new RunStopped(
    exits.tryAgain,
    fault.code,
    `Gave up on ${what}: ${fault.message} Not asked again, for ${because}.`,
  )
}

const faultStop = (fault: Fault, what: string): RunStopped => {
  if (fault.next === 'retry') return new RunStopped(exits.tryAgain, fault.code, `Gave up on ${what}: ${fault.message}`)
  if (fault.next === 'stop') return new RunStopped(fault.exit, fault.code, `${sentence(what)} failed: ${fault.message}`)
  return new RunStopped(exits.notUnderstood, fault.code, `${sentence(what)} was refused: ${fault.message}`)
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
