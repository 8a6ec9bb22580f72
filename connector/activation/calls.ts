import type { Receipt, ReceiptOp, ReceiptStatus } from '../../sql/receipts.ts'
import type { Call, Fault } from '../destination/destination.ts'
import type { CallResult } from '../http/channel.ts'
import type { RunRequest } from './context.ts'
import type { Lease } from './lease.ts'
import { exits, RunStopped } from './stop.ts'

/** Every request of a run goes through here: lease, drain, counts and quiet time are kept in one place. */
export interface Calls {
  /** What the run has sent so far. */
  readonly counts: { apiCalls: number; apiRetries: number; throttledMs: number }
  /** `once`: a request that must not be repeated blindly. */
  send<T>(call: Call<T>, options?: { readonly once?: boolean }): Promise<CallResult<T>>
  /** How long, in ms from now, something unanswered may still be applied; 0 when all was answered. */
  quietMs(): number
}

export const createCalls = (request: RunRequest, lease: Lease): Calls => {
  const { timeoutMs, quietMs } = request.activation.destination.request
  const counts = { apiCalls: 0, apiRetries: 0, throttledMs: 0 }
  let unansweredAt = Number.NEGATIVE_INFINITY
  /** Start of the last attempt of each call that is open: a drain may end before it is answered. */
  const open = new Map<symbol, number>()
  return {
    counts,
    quietMs: () => Math.max(0, Math.ceil(Math.max(unansweredAt, ...open.values()) + quietMs - performance.now())),
    send: async (call, options = {}) => {
      const id = Symbol('call')
      const sending = request.channel.call(call, {
        onAttempt: (startedAt) => open.set(id, startedAt),
        // No request starts, and none is retried, unless the lease lasts longer than a request may take.
        mayStart: () => lease.lasts(timeoutMs),
        onUnanswered: (startedAt) => {
          unansweredAt = Math.max(unansweredAt, startedAt)
        },
        signal: request.drain.signal,
        once: options.once ?? false,
      })
      const result = await sending.finally(() => open.delete(id))
      counts.apiCalls += result.attempts
      counts.apiRetries += Math.max(0, result.attempts - 1)
      counts.throttledMs += result.throttledMs
      return result
    },
  }
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
  if (result.kind === 'not_started') {
    return result.because === 'drain'
      ? new RunStopped(
          exits.aborted,
          'aborted',
          `Stopped before ${what}: the run was asked to end. The next run goes on from here.`,
        )
      : new RunStopped(
          exits.tryAgain,
          'lease_short',
          `Stopped before ${what}: the lease could not be extended in time. Run again.`,
        )
  }
  return faultStop(result.fault, result.kind === 'given_up', what)
}

const faultStop = (fault: Fault, gaveUp: boolean, what: string): RunStopped => {
  if (gaveUp || fault.next === 'retry')
    return new RunStopped(exits.tryAgain, fault.code, `Gave up on ${what}: ${fault.message}`)
  if (fault.next === 'stop') return new RunStopped(fault.exit, fault.code, `${sentence(what)} failed: ${fault.message}`)
  return new RunStopped(exits.notUnderstood, fault.code, `${sentence(what)} was refused: ${fault.message}`)
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
