import { randomUUID } from 'node:crypto'
import { createDrain } from '../activation/drain.ts'
import { exits, RunStopped } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { UsageError } from '../config/load.ts'
import type { Log } from '../log.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { Attempts } from './attempts.ts'
import { failureOf } from './document.ts'
import { listenForTheEnd } from './listen.ts'
import { ownRunKey } from './override-command.ts'
import { runAll } from './run-all.ts'
import { configured, demandSelection, noActivation, type SelectionOptions, selected } from './selection.ts'
import { exitOf, type RunSummary, summarise, summaryOfFailure } from './summary.ts'
import { openVoice, type Voice } from './voice.ts'

export interface RunOptions extends SelectionOptions {
  readonly config: string
  readonly json?: boolean
  readonly runKey?: string
  readonly full?: boolean
  readonly overrideGuards?: boolean
  readonly retryRefused?: boolean
  readonly secondAudience?: boolean
  readonly drainSeconds: number
  readonly drainOnStdinEnd?: boolean
  readonly exitCodeWhenUnchanged?: boolean
}

/** How a run ended. */
interface End {
  readonly summary: RunSummary
  readonly exit: number
}

/** `tidemark run`. Prints the summary as the last line of standard output, whatever happens; returns the exit code. */
export const run = async (names: readonly string[], options: RunOptions): Promise<number> => {
  checkUsage(names, options)
  return runAs(options, (configuration) => selected(configuration, names, options))
}

/** Throws UsageError where it holds no text. */
export const checkRunKey = (runKey: string | undefined): void => {
  if (runKey?.trim() === '') throw new UsageError('--run-key needs a text; it was empty.')
}

/** Runs the activations that `choose` gives. */
export const runAs = async (
  options: RunOptions,
  choose: (configuration: Configuration, log: Log) => readonly Activation[] | Promise<readonly Activation[]>,
): Promise<number> => {
  const runKey = options.runKey ?? `${ownRunKey}${randomUUID()}`
  const voice = await openVoice(options)
  const { log } = voice
  const drain = createDrain(options.drainSeconds)
  let attempts = new Attempts([])
  let warehouse: Warehouse | null = null
  listenForTheEnd({
    drain,
    seconds: options.drainSeconds,
    onStdinEnd: options.drainOnStdinEnd ?? false,
    log,
    overdue: () => {
      const message = 'The time to drain was over before this could be settled; the next run settles it and goes on.'
      return endAtOnce(voice, runKey, attempts, new RunStopped(exits.aborted, 'drain_over', message))
    },
    crashed: (error) => {
      const stop = stopOf(error)
      log.error('crashed', { code: stop.code, message: stop.message })
      return endAtOnce(voice, runKey, attempts, stop)
    },
    leave: () => {
      warehouse?.interrupt?.()
      // While it opens there is nothing yet that could be interrupted: a long write-ahead log takes seconds to be read.
      return warehouse !== null
    },
  })
  const attempt = async (): Promise<End> => {
    const { configuration, activations, missing } = await configured(options.config, (all) => choose(all, log))
    const chosen = activations.map(({ name }) => name)
    attempts = new Attempts(chosen)
    if (activations.length === 0) log.warn('no_activation', { message: `${options.config}: ${noActivation}.` })
    const results = await runAll({
      configuration,
      activations,
      missing,
      attempts,
      full: options.full ?? false,
      retryRefused: options.retryRefused ?? false,
      secondAudience: options.secondAudience ?? false,
      overrideGuards: options.overrideGuards ?? false,
      runKey,
      log,
      drain,
      onOpen: (opened) => {
        warehouse = opened
      },
      follower: await voice.follow(chosen),
    })
    return { summary: summarise(runKey, results), exit: exitOf(results, options.exitCodeWhenUnchanged ?? false) }
  }
  const { summary, exit } = await attempt().catch((error) => endOf(error, runKey, log))
  voice.end(summary)
  return exit
}

const checkUsage = (names: readonly string[], options: RunOptions): void => {
  if (options.overrideGuards && names.length === 0)
    throw new UsageError('--override-guards needs the activation by name: tidemark run NAME --override-guards')
  checkRunKey(options.runKey)
  demandSelection(names, options, 'run')
}

/** No activation could be started. */
const endOf = (error: unknown, runKey: string, log: Log): End => {
  const { exit, code, message, lines } = failureOf(error)
  log.error('not_started', { code, message: lines })
  return { summary: summaryOfFailure(runKey, { code, message }), exit }
}

/** Says what there is: what is done is done; what is not is settled by the next run. Returns the exit code. */
const endAtOnce = (voice: Voice, runKey: string, attempts: Attempts, stop: RunStopped): number => {
  const results = attempts.results(() => stop)
  const { code, message } = stop
  voice.end(
    results.length > 0 ? summarise(runKey, results) : summaryOfFailure(runKey, { code, message }, stop.status),
    100,
  )
  return stop.exit
}
