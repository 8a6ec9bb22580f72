import { stoppedBy } from '../activation/calls.ts'
import type { Call, DestinationSettings } from '../destination/destination.ts'
import type { CallOptions, CallResult } from '../http/call.ts'
import { openChannel } from '../http/channel.ts'
import { openPatience } from '../http/patience.ts'
import { openWaits, type Waits } from './waits.ts'

/** Whoever waits sits in front of it: a platform that asks for longer is asked again by hand. */
const patienceMs = 60_000

/** Makes one call; throws RunStopped where it did not do what was asked. `what`: `listing the ad accounts`. */
export type Ask = <T>(call: Call<T>, what: string, options?: Pick<CallOptions, 'once'>) => Promise<T>

/** Questions to one ad account outside of runs, at its pace. `waits`: shared by all destinations of a command. */
export const askOf = (settings: DestinationSettings, waits?: Waits): Ask => {
  const call = callOf(settings, waits)
  return async (asked, what, options) => {
    const result = await call(asked, options)
    if (result.kind === 'done') return result.value
    throw stoppedBy(result, what)
  }
}

/** Makes one call, and says how it ended. */
export const callOf = ({ baseUrl, requestsPerSecond, request }: DestinationSettings, waits: Waits = openWaits()) => {
  const channel = openChannel({ requestsPerSecond, concurrency: request.concurrency, timeoutMs: request.timeoutMs })
  const patience = openPatience(patienceMs)
  return <T>(call: Call<T>, options?: Pick<CallOptions, 'once'>): Promise<CallResult<T>> =>
    channel.call(call, {
      ...options,
      mayStart: () => true,
      patience,
      onWait: (ms, because) => waits(baseUrl, ms, because),
    })
}
