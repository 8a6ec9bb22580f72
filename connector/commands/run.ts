import { createHash, randomUUID } from 'node:crypto'
import { tableSuffix } from '../activation/context.ts'
import { createDrain, type Drain } from '../activation/drain.ts'
import { noProgress, type Progress } from '../activation/progress.ts'
import { runActivation } from '../activation/run.ts'
import { exits, RunStopped } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import { type ActivationResult, summaryWithoutRow } from '../activation/summary.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { ConfigurationError, loadConfiguration, selectActivations, UsageError } from '../config/load.ts'
import { destinationOf } from '../destination/registry.ts'
import { type Channel, openChannel } from '../http/channel.ts'
import { createLog, type Log } from '../log.ts'
import { connectorVersion } from '../version.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { forPerson, printLine, printSummary } from './output.ts'
import { exitOf, type RunSummary, summarise } from './summary.ts'

export interface RunOptions {
  readonly config: string
  readonly json?: boolean
  readonly all?: boolean
  readonly runKey?: string
  readonly full?: boolean
  readonly overrideGuards?: boolean
  readonly drainSeconds: number
  readonly drainOnStdinEnd?: boolean
  readonly exitCodeWhenUnchanged?: boolean
}

/** `tidemark run`. Prints the summary as the last line of standard output, whatever happens; returns the exit code. */
export const run = async (names: readonly string[], options: RunOptions): Promise<number> => {
  if (names.length === 0 && !options.all) throw new UsageError('Name the activations to run, or say --all.')
  if (names.length > 0 && options.all) throw new UsageError('Name activations or say --all, not both.')
  if (options.overrideGuards && names.length === 0)
    throw new UsageError('--override-guards needs the activation by name.')
  const runKey = options.runKey ?? `manual/${randomUUID()}`
  const log = createLog(process.stderr.isTTY && !options.json ? 'text' : 'json')
  const drain = createDrain(options.drainSeconds)
  listenForTheEnd(drain, options, log)
  const { summary, results } = await attempt(names, options, runKey, log, drain)
  if (forPerson(options)) await printTable(summary)
  printSummary(summary)
  if (!results) return summary.error?.code === 'bug' ? exits.bug : errorExit
  return exitOf(results, options.exitCodeWhenUnchanged ?? false)
}

/** Exit of a run that could start no activation; set where the reason is known. */
let errorExit: number = exits.configuration

const attempt = async (
  names: readonly string[],
  options: RunOptions,
  runKey: string,
  log: Log,
  drain: Drain,
): Promise<{ readonly summary: RunSummary; readonly results: readonly ActivationResult[] | null }> => {
  try {
    const configuration = await loadConfiguration(options.config, process.env)
    const activations = options.all ? configuration.activations : selectActivations(configuration, names)
    const results = await runAll({ configuration, activations, options, runKey, log, drain })
    for (const { summary } of results) {
      if (summary.error)
        log.error('activation_stopped', {
          activation: summary.activation,
          status: summary.status,
          code: summary.error.code,
          message: summary.error.message,
        })
    }
    return { summary: summarise(runKey, results), results }
  } catch (error) {
    if (error instanceof UsageError) throw error
    const stop =
      error instanceof ConfigurationError
        ? new RunStopped(exits.configuration, 'configuration', error.message)
        : stopOf(error)
    errorExit = stop.exit
    log.error('not_started', { code: stop.code, message: stop.message })
    return {
      summary: {
        schema: 'tidemark.summary/1',
        run_key: runKey,
        status: stop.status,
        activations: [],
        error: { code: stop.code, message: stop.message },
      },
      results: null,
    }
  }
}

interface Job {
  readonly configuration: Configuration
  readonly activations: readonly Activation[]
  readonly options: RunOptions
  readonly runKey: string
  readonly log: Log
  readonly drain: Drain
}

/** All activations, whatever happens to others: ad accounts side by side, the activations of one account in turn. */
const runAll = async (job: Job): Promise<readonly ActivationResult[]> => {
  const startedAt = performance.now()
  let warehouse: Warehouse
  try {
    warehouse = await openWarehouse(job.configuration.warehouse)
  } catch (error) {
    const stop = stopOf(error)
    return job.activations.map((a) => ({
      summary: summaryWithoutRow(a.name, randomUUID(), startedAt, stop),
      exit: stop.exit,
      unchanged: false,
    }))
  }
  try {
    const accounts = Map.groupBy(
      job.activations,
      (a) => `${a.destination.type}/${a.destination.accountId}/${a.destination.baseUrl}`,
    )
    const results = await Promise.all(
      [...accounts.values()].map((activations) => runAccount(job, warehouse, activations)),
    )
    const byName = new Map(results.flat().map((result) => [result.summary.activation, result]))
    return job.activations.flatMap((a) => byName.get(a.name) ?? [])
  } finally {
    await warehouse.close()
  }
}

const runAccount = async (
  job: Job,
  warehouse: Warehouse,
  activations: readonly Activation[],
): Promise<readonly ActivationResult[]> => {
  const [first] = activations
  if (!first) return []
  const { requestsPerSecond, request } = first.destination
  const channel = openChannel({ requestsPerSecond, concurrency: request.concurrency, timeoutMs: request.timeoutMs })
  const results: ActivationResult[] = []
  for (const activation of activations) results.push(await runOne(job, warehouse, channel, activation))
  return results
}

const runOne = async (
  job: Job,
  warehouse: Warehouse,
  channel: Channel,
  activation: Activation,
): Promise<ActivationResult> => {
  const destination = destinationOf(activation.destination.type)
  if (!destination) throw new Error(`A validated activation has the unknown destination ${activation.destination.type}`)
  const connection = await warehouse.another()
  const progress = await progressFor(job, activation)
  const offset = process.env['TIDEMARK_TEST_CLOCK_OFFSET_MS']
  try {
    const result = await runActivation(
      {
        activation,
        destination,
        account: destination.account(activation.destination),
        channel,
        warehouse: connection,
        schema: job.configuration.warehouse.schema,
        leaseSeconds: job.configuration.run.leaseSeconds,
        runId: randomUUID(),
        runKey: job.runKey,
        full: job.options.full ?? false,
        overrideGuards: job.options.overrideGuards ?? false,
        log: job.log,
        progress,
        drain: job.drain,
        orchestrator: orchestrator(),
        dbtInvocationId: null,
        connectorVersion: connectorVersion(),
        ...(offset === undefined ? {} : { clockOffsetMs: Number(offset) }),
      },
      tableSuffix(activation.name, (text) => createHash('sha256').update(text).digest('hex')),
    )
    job.log.info('activation_ended', {
      activation: activation.name,
      status: result.summary.status,
      duration_ms: result.summary.duration_ms,
    })
    return result
  } finally {
    progress.end()
    await connection.close()
  }
}

const orchestrator = (): { readonly name: string | null; readonly runId: string | null } => {
  const runId = process.env['AIRFLOW_CTX_DAG_RUN_ID'] ?? null
  return { name: runId === null ? null : 'airflow', runId }
}

const progressFor = async (job: Job, activation: Activation): Promise<Progress> =>
  process.stderr.isTTY && !job.options.json && job.activations.length === 1
    ? (await import('../terminal.ts')).terminalProgress(activation.name)
    : noProgress

/** SIGTERM, SIGINT and, where asked for, the end of standard input begin the drain; a second signal ends at once. */
const listenForTheEnd = (drain: ReturnType<typeof createDrain>, options: RunOptions, log: Log): void => {
  // A closed pipe must not interrupt a drain.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const begin = (because: string): void => {
    if (drain.signal.aborted) process.exit(137)
    log.warn('drain', {
      because,
      seconds: options.drainSeconds,
      message: `Asked to end (${because}): finishing what is in flight, at most ${options.drainSeconds} s.`,
    })
    drain.begin()
    setTimeout(() => {
      printLine(
        JSON.stringify({
          schema: 'tidemark.summary/1',
          run_key: options.runKey ?? null,
          status: 'aborted',
          activations: [],
          error: {
            code: 'drain_over',
            message: 'The time to drain was over before the run could be settled; the next run settles it.',
          },
        }),
      )
      process.exit(exits.aborted)
    }, options.drainSeconds * 1000).unref()
  }
  process.on('SIGTERM', () => begin('SIGTERM'))
  process.on('SIGINT', () => begin('SIGINT'))
  if (options.drainOnStdinEnd) {
    process.stdin
      .on('end', () => begin('end of standard input'))
      .on('error', () => undefined)
      .resume()
  }
}

const printTable = async (summary: RunSummary): Promise<void> => {
  const { renderTable } = await import('./table.ts')
  if (summary.activations.length === 0) return
  printLine(
    renderTable(
      summary.activations.map((a) => ({
        activation: a.activation,
        status: a.status,
        members: a.segment_members,
        added: a.members_added,
        removed: a.members_removed,
        'ids added': a.identifiers_added,
        'ids removed': a.identifiers_removed,
        resent: a.identifiers_resent,
        rejected: a.identifiers_rejected,
        requests: a.api_calls,
        seconds: Math.round(a.duration_ms / 100) / 10,
      })),
    ),
  )
}
