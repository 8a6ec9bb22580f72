import type { Exit, Status } from '../activation/stop.ts'
import type { ActivationResult, ActivationSummary } from '../activation/summary.ts'

/** The JSON document that every `run` ends with (design section 6). */
export interface RunSummary {
  readonly schema: 'tidemark.summary/1'
  readonly run_key: string
  readonly status: Status
  readonly activations: readonly ActivationSummary[]
  /** Only where no activation could be started. */
  readonly error?: { readonly code: string; readonly message: string }
}

const precedence = [143, 70, 75, 76, 77, 78, 65, 0] as const
const worstFirst: readonly Status[] = ['aborted', 'failed', 'guarded', 'partial', 'succeeded']

export const summarise = (runKey: string, results: readonly ActivationResult[]): RunSummary => ({
  schema: 'tidemark.summary/1',
  run_key: runKey,
  status: topStatus(results.map((r) => r.summary.status)),
  activations: results.map((r) => r.summary),
})

/** The summary where no activation could be started. */
export const summaryOfFailure = (
  runKey: string,
  error: { readonly code: string; readonly message: string },
  status: Status = 'failed',
): RunSummary => ({ schema: 'tidemark.summary/1', run_key: runKey, status, activations: [], error })

/** The worst, `partial` where some succeeded and others did not. */
const topStatus = (statuses: readonly Status[]): Status => {
  const worst = worstFirst.find((status) => statuses.includes(status)) ?? 'succeeded'
  if (worst === 'aborted' || worst === 'succeeded') return worst
  return statuses.some((status) => status === 'succeeded' || status === 'partial') ? 'partial' : worst
}

/** Exit of several activations: the first present of 143, 70, 75, 76, 77, 78, 65, 0. */
export const worstExit = (exits: readonly (0 | Exit)[]): number => precedence.find((code) => exits.includes(code)) ?? 0

/** As `worstExit`, and 99 only where it was asked for and all were unchanged. */
export const exitOf = (results: readonly ActivationResult[], exitWhenUnchanged: boolean): number => {
  const exit = worstExit(results.map((r) => r.exit))
  return exit === 0 && exitWhenUnchanged && results.every((r) => r.unchanged) ? 99 : exit
}
