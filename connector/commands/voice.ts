import { noProgress, type Progress } from '../activation/progress.ts'
import type { ActivationResult } from '../activation/summary.ts'
import { createLog, type Log } from '../log.ts'
import { forPerson, printLine, writeResult } from './output.ts'
import type { RunSummary } from './summary.ts'

/** How a run speaks: to a person on a terminal, else to who reads a log and to the program behind standard output. */
export interface Voice {
  readonly log: Log
  /** Begins to tell how these activations come on. */
  follow(activations: readonly string[]): Promise<Follower>
  /** Nothing is said after it: the summary, for a person an account of it, and in either case the file for Airflow. */
  end(summary: RunSummary, patienceMs?: number): void
}

/** Told how the activations of a run come on. */
export interface Follower {
  /** This one begins. */
  begin(activation: string): Progress
  ended(result: ActivationResult): void
  close(): void
}

export const openVoice = async (options: { readonly json?: boolean }): Promise<Voice> => {
  const watched = process.stderr.isTTY === true && !options.json
  const log = createLog(watched ? 'text' : 'json')
  // Loaded before anything can go wrong, and only for a person.
  const account = forPerson(options) ? (await import('./account.ts')).accountOf : null
  let follower = inLog(log)
  return {
    log,
    follow: async (activations) => {
      if (watched) follower = (await import('../terminal.ts')).onTerminal(activations)
      return follower
    },
    end: (summary, patienceMs) => {
      follower.close()
      const line = JSON.stringify(summary)
      writeResult(line)
      const text = account === null ? line : account(summary, { errors: !watched })
      if (text !== '') printLine(text, patienceMs)
    },
  }
}

/** For who reads a log: one event as each ends, with its counts. */
const inLog = (log: Log): Follower => ({
  begin: () => noProgress,
  ended: ({ summary }) => {
    const { run_id: _, audience_id: __, segment_members: ___, reachable_members: ____, error, ...facts } = summary
    if (error) log.error('activation_stopped', { ...facts, code: error.code, message: error.message })
    else log.info('activation_ended', facts)
  },
  close: () => undefined,
})
