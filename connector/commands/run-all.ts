import { suffixOf } from '../activation/context.ts'
import type { Drain } from '../activation/drain.ts'
import { runActivation } from '../activation/run.ts'
import { exits, RunStopped } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import type { ActivationResult } from '../activation/summary.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import type { MissingCredentials } from '../config/missing.ts'
import { contractOf } from '../destination/registry.ts'
import { type Channel, openChannel } from '../http/channel.ts'
import type { Log } from '../log.ts'
import { connectorVersion } from '../version.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Attempts } from './attempts.ts'
import { overrideCommand } from './override-command.ts'
import { withoutCredentials } from './selection.ts'
import type { Follower } from './voice.ts'

export interface Work {
  readonly configuration: Configuration
  readonly activations: readonly Activation[]
  readonly missing: MissingCredentials
  readonly attempts: Attempts
  readonly full: boolean
  readonly retryRefused: boolean
  readonly secondAudience: boolean
  readonly overrideGuards: boolean
  readonly runKey: string
  readonly log: Log
  readonly drain: Drain
  /** Told of the warehouse as soon as it is open. */
  readonly onOpen: (warehouse: Warehouse) => void
  readonly follower: Follower
}

/** Tests move the warehouse's clock by this. */
export const clockOffset = (): { readonly clockOffsetMs?: number } => {
  const offset = process.env.TIDEMARK_TEST_CLOCK_OFFSET_MS
  return offset === undefined ? {} : { clockOffsetMs: Number(offset) }
}

/** Tests wait less for requests to be repeated. */
const patience = (): { readonly patienceMs?: number } => {
  const ms = process.env.TIDEMARK_TEST_PATIENCE_MS
  return ms === undefined ? {} : { patienceMs: Number(ms) }
}

/** All activations, whatever happens to others: ad accounts side by side, the activations of one account in turn. */
export const runAll = async (work: Work): Promise<readonly ActivationResult[]> => {
  let warehouse: Warehouse
  try {
    warehouse = await openWarehouse(work.configuration.warehouse, { log: work.log })
  } catch (error) {
    const stop = stopOf(error)
    const results = work.attempts.results(() => stop)
    for (const result of results) work.follower.ended(result)
    return results
  }
  work.onOpen(warehouse)
  try {
    const accounts = Map.groupBy(
      work.activations,
      ({ destination: { type, accountId, baseUrl } }) => `${type}/${accountId}/${baseUrl}`,
    )
    await Promise.all([...accounts.values()].map((activations) => runAccount(work, warehouse, activations)))
    return work.attempts.results(notStarted)
  } finally {
    await warehouse.close()
  }
}

const notStarted = (activation: string): RunStopped =>
  new RunStopped(
    exits.aborted,
    'aborted',
    `${activation} was not begun: the run was asked to end. The next run begins with it.`,
  )

const runAccount = async (work: Work, warehouse: Warehouse, activations: readonly Activation[]): Promise<void> => {
  const [first] = activations
  if (!first) return
  const { requestsPerSecond, request } = first.destination
  const channel = openChannel({ requestsPerSecond, concurrency: request.concurrency, timeoutMs: request.timeoutMs })
  for (const activation of activations) {
    if (work.drain.signal.aborted) return
    const runId = work.attempts.start(activation.name)
    const result = await runOne(work, warehouse, channel, activation, runId).catch((error) =>
      work.attempts.stopped(activation.name, stopOf(error)),
    )
    work.attempts.end(activation.name, result)
    work.follower.ended(result)
  }
}

const runOne = async (
  work: Work,
  warehouse: Warehouse,
  channel: Channel,
  activation: Activation,
  runId: string,
): Promise<ActivationResult> => {
  const stop = withoutCredentials(work.missing, activation)
  if (stop !== null) throw stop
  const destination = contractOf(activation.destination)
  const connection = await warehouse.another({ activation: activation.name, runId })
  const progress = work.follower.begin(activation.name)
  try {
    return await runActivation(
      {
        activation,
        destination,
        account: destination.account(activation.destination),
        channel,
        warehouse: connection,
        schema: work.configuration.warehouse.schema,
        leaseSeconds: work.configuration.run.leaseSeconds,
        runId,
        runKey: work.runKey,
        full: work.full,
        retryRefused: work.retryRefused,
        inFile: work.configuration.activations.map(({ name }) => name),
        secondAudience: work.secondAudience,
        overrideGuards: work.overrideGuards,
        overrideCommand: overrideCommand(activation.name, {
          ...work,
          file: work.configuration.file,
        }),
        log: work.log,
        progress,
        drain: work.drain,
        orchestrator: orchestrator(),
        dbtInvocationId: null,
        connectorVersion: connectorVersion(),
        counts: work.attempts.countsOf(activation.name),
        ...clockOffset(),
        ...patience(),
      },
      suffixOf(activation.name),
    )
  } finally {
    progress.end()
    await connection.close()
  }
}

const orchestrator = (): { readonly name: string | null; readonly runId: string | null } => {
  const runId = process.env.AIRFLOW_CTX_DAG_RUN_ID ?? null
  return { name: runId === null ? null : 'airflow', runId }
}
