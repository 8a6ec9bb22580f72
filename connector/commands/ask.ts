import { stoppedBy } from '../activation/calls.ts'
import type { Call, DestinationSettings } from '../destination/destination.ts'
import type { CallOptions } from '../http/call.ts'
import { openChannel } from '../http/channel.ts'
import { openPatience } from '../http/patience.ts'
import { openWaits, type Waits } from './waits.ts'

/** Whoever waits sits in front of it: a platform that asks for longer is asked again by hand. */
const patienceMs = 60_000

/** Makes one call; throws RunStopped where it did not do what was asked. `what`: `listing the ad accounts`. */
export type Ask = <T>(call: Call<T>, what: string, options?: Pick<CallOptions, 'once'>) => Promise<T>

/** Questions to one ad account outside of runs, at its pace. `waits`: shared by all destinations of a command. */
export const askOf = (
  { baseUrl, requestsPerSecond, request }: DestinationSettings,
  waits: Waits = openWaits(),
): Ask => {
  const channel = openChannel({ requestsPerSecond, concurrency: request.concurrency, timeoutMs: request.timeoutMs })
  const patience = openPatience(patienceMs)
  return async (call, what, options) => {
    const result = await channel.call(call, {
      ...options,
      mayStart: () => true,
      patience,
      onWait: (ms, because) => waits(baseUrl, ms, because),
    })
    if (result.kind === 'done') return result.value
    throw stoppedBy(result, what)
  }
}
