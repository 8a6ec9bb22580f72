import type { Call, Fault, Outcome } from '../../connector/destination/destination.ts'
import type { CallOptions } from '../../connector/http/call.ts'
import { type ChannelOptions, openChannel } from '../../connector/http/channel.ts'
import type { Clock } from '../../connector/http/clock.ts'
import { serve } from './server.ts'

export const open = (options: Partial<ChannelOptions> = {}) =>
  openChannel({
    requestsPerSecond: 100_000,
    concurrency: 4,
    timeoutMs: 2000,
    ...options,
    retry: { minMs: 5, maxMs: 20, ...options.retry },
  })
/** A clock that jumps to the end of each sleep, and up to `lateMs` beyond it as a busy machine does. */
export function jumpingClock(lateMs: () => number = () => 0): Clock & { ms: number } {
  const clock = {
    ms: 5000,
    now: () => new Date(clock.ms),
    monotonicMs: () => clock.ms,
    sleep: async (ms: number, _signal?: AbortSignal) => {
      clock.ms += ms + lateMs()
    },
  }
  return clock
}

export const always: CallOptions = { mayStart: () => true }

/** A call whose answers say by their status how they are meant. */
export function callTo(url: string, next: Partial<Record<number, Partial<Fault>>> = {}): Call<string> {
  return {
    request: ({ nonce, now }) => ({
      method: 'POST',
      url,
      headers: { 'x-nonce': nonce, 'x-now': now.toISOString() },
      body: ['[]'],
    }),
    read: ({ status, body, headers }): Outcome<string> => {
      if (status === 200) return { ok: true, value: body, requestId: 'r1' }
      const wait = headers['retry-after'] === undefined ? {} : { retryAfterMs: Number(headers['retry-after']) }
      const base = { code: `c${status}`, message: 'Something.', requestId: 'r2' }
      const fault = { ...base, next: 'retry', applied: status === 429 ? 'no' : 'maybe', ...wait, ...next[status] }
      return { ok: false, fault: fault as Fault }
    },
  }
}

/** Answers with these statuses one after the other, then with the last for ever; 0 breaks the connection. */
export const answering = (statuses: readonly number[], headers = {}) =>
  serve((request, response, number) => {
    const status = statuses[Math.min(number, statuses.length) - 1] ?? 200
    if (status === 0) request.socket.resetAndDestroy()
    else response.writeHead(status, headers).end('body')
  })
