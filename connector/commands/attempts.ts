import { randomUUID } from 'node:crypto'
import type { CallCounts } from '../activation/context.ts'
import type { RunStopped } from '../activation/stop.ts'
import { type ActivationResult, summaryWithoutRow } from '../activation/summary.ts'

interface Attempt {
  readonly runId: string
  startedAt: number
  result: ActivationResult | null
  readonly counts: CallCounts
}

/** What became of each activation of a run so far: its summary names them all, whenever it has to be written. */
export class Attempts {
  readonly #attempts = new Map<string, Attempt>()

  constructor(activations: readonly string[]) {
    for (const name of activations)
      this.#attempts.set(name, {
        runId: randomUUID(),
        startedAt: performance.now(),
        result: null,
        counts: { apiCalls: 0, apiRetries: 0, throttledMs: 0 },
      })
  }

  /** The run id under which this activation is attempted. */
  start(activation: string): string {
    const attempt = this.#of(activation)
    attempt.startedAt = performance.now()
    return attempt.runId
  }

  /** What it has sent, which its run counts. */
  countsOf(activation: string): CallCounts {
    return this.#of(activation).counts
  }

  end(activation: string, result: ActivationResult): void {
    this.#of(activation).result = result
  }

  /** The attempt wrote no row of its own. */
  stopped(activation: string, stop: RunStopped): ActivationResult {
    const { runId, startedAt, counts } = this.#of(activation)
    const summary = summaryWithoutRow(activation, runId, startedAt, stop, counts.apiCalls)
    return { summary, exit: stop.exit, unchanged: false }
  }

  /** In the order they were named; who has not come to an end was stopped by `stop`. */
  results(stop: (activation: string) => RunStopped): readonly ActivationResult[] {
    return [...this.#attempts].map(([name, { result }]) => result ?? this.stopped(name, stop(name)))
  }

  #of(activation: string): Attempt {
    const attempt = this.#attempts.get(activation)
    if (!attempt) throw new Error(`${activation} is not attempted`)
    return attempt
  }
}
