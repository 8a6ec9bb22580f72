import { constants } from 'node:os'

const signals = ['SIGTERM', 'SIGINT'] as const
export type EndSignal = (typeof signals)[number]

const kept: EndSignal[] = []
let keeping = false
let listener = (signal: EndSignal): void => {
  kept.push(signal)
}

/**
 * From the first line of the program on: whoever is asked to end while the rest still loads has not yet said who listens.
 * PID 1 of a container has no default handlers, so that a signal nobody catches would be lost there.
 */
export const keepSignals = (): void => {
  if (keeping) return
  keeping = true
  for (const signal of signals) process.on(signal, () => listener(signal))
}

/** Hands over what came before, and whatever comes. */
export const onSignal = (listen: (signal: EndSignal) => void): void => {
  listener = listen
  for (const signal of kept.splice(0)) listen(signal)
}

/** Ends at once, as by default, where a command has no handler of its own. */
export const endOnSignals = (): void => {
  for (const signal of signals) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal])
    })
  }
}

/**
 * Ends the process by a signal of its own: it waits for nothing, and shells and containers say 128 + its number all the
 * same. PID 1 has no default handlers and only goes on.
 */
export const dieOf = (signal: 'SIGTERM' | 'SIGKILL'): void => {
  if (process.pid === 1) return
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}
