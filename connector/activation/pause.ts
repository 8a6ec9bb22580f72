import { setTimeout as sleep } from 'node:timers/promises'

/** Waits so many milliseconds, or less where the signal is aborted. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
