import type { createDrain } from '../activation/drain.ts'
import type { Log } from '../log.ts'
import { dieOf, type EndSignal, onSignal } from '../signals.ts'

export interface Listening {
  readonly drain: ReturnType<typeof createDrain>
  readonly seconds: number
  readonly onStdinEnd: boolean
  readonly log: Log
  /** The time is over: says what is to be said; the process ends right after it. Returns the exit code. */
  readonly overdue: () => number
  /** Something was thrown where nobody waits for it: says so; the process ends right after it. Returns the exit code. */
  readonly crashed: (error: unknown) => number
  /**
   * Right before the process ends in the middle of something: nothing may keep it. False where it cannot be broken off: a
   * process that exits would wait for it.
   */
  readonly leave: () => boolean
}

const killed = 137
/** By which a process dies that cannot exit in time, for what it was asked. */
const ownSignals: Readonly<Record<number, 'SIGKILL' | 'SIGTERM'>> = { [killed]: 'SIGKILL', 143: 'SIGTERM' }
/** npm passes a terminal's Ctrl-C on to a process that has had it already: the same one so soon after is no second one. */
const echoMs = 100
/** Kept back for the summary, so that the process ends within the time it was given. */
const reserveMs = 200

/**
 * SIGTERM, SIGINT and, where asked for, the end of standard input begin the drain; a second signal ends at once. The
 * end of standard input is none: a parent that dies after it has sent SIGTERM does not shorten the drain.
 */
export const listenForTheEnd = ({ drain, seconds, onStdinEnd, log, overdue, crashed, leave }: Listening): void => {
  const end = (exit: number): never => {
    const signal = ownSignals[exit]
    if (!leave() && signal) dieOf(signal)
    process.exit(exit)
  }
  process.prependListener('uncaughtException', (error) => end(crashed(error)))
  const begin = (because: string): void => {
    if (drain.signal.aborted) return
    log.warn('drain', {
      because,
      seconds,
      message: `Asked to end (${because}): finishing what is in flight, at most ${seconds} s.`,
    })
    drain.begin()
    setTimeout(() => end(overdue()), Math.max(0, seconds * 1000 - reserveMs)).unref()
  }
  let last = { signal: '', at: Number.NEGATIVE_INFINITY }
  onSignal((signal: EndSignal) => {
    const echo = signal === last.signal && performance.now() - last.at < echoMs
    if (last.signal !== '' && !echo) end(killed)
    last = { signal, at: performance.now() }
    begin(signal)
  })
  if (onStdinEnd) {
    process.stdin
      .on('end', () => begin('end of standard input'))
      .on('error', () => begin('end of standard input'))
      .resume()
  }
}
