import { closeRun } from '../../sql/control.ts'
import { insertRun, type RunFacts } from '../../sql/runs.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { type RunRequest, scopeOf } from './context.ts'
import type { Held } from './migrate.ts'
import { settleDelta } from './settle.ts'

/**
 * Step 3: what an earlier attempt left open is settled with the receipts it managed to write, and its row is written.
 * True where there was one.
 */
export const recover = async (request: RunRequest, { lease, control }: Held, suffix: string): Promise<boolean> => {
  if (control.run_open !== 'true') return false
  const run = { ...runFacts(request), ...crashed, ...factsOfCrash(control) }
  const openFence = control.open_fence ?? null
  request.log.warn('recover', {
    activation: request.activation.name,
    crashed_run_id: run.runId,
    message: `An earlier run of ${request.activation.name} did not come to its end; what it sent is settled first.`,
  })
  const scope = scopeOf(request, suffix, openFence ?? lease.hold.fence)
  if (openFence === null) {
    await lease.update('recover', closeRun(scope, lease.hold, 0), [insertRun(scope, run)])
  } else {
    await settleDelta(request, lease, {
      scope,
      run,
      tookMs: () => null,
      openFence,
      quietMs: 0,
      highestStarted: null,
      smooth: false,
    })
  }
  return true
}

const crashed = {
  status: 'failed',
  apiCalls: 0,
  apiRetries: 0,
  throttledMs: 0,
  errorCode: 'crashed',
  errorMessage: 'The run did not come to its end; the next run settled what it had sent.',
} as const

/** What the run that crashed kept of itself: it may have been another version with another configuration. */
export const factsOfCrash = (
  control: Row,
): Pick<
  RunFacts,
  'runId' | 'runKey' | 'connectorVersion' | 'configHash' | 'orchestrator' | 'orchestratorRunId' | 'dbtInvocationId'
> => ({
  runId: control.run_id ?? '',
  runKey: control.run_key ?? '',
  connectorVersion: control.run_connector_version ?? null,
  configHash: control.run_config_hash ?? null,
  orchestrator: control.run_orchestrator ?? null,
  orchestratorRunId: control.run_orchestrator_run_id ?? null,
  dbtInvocationId: control.run_dbt_invocation_id ?? null,
})

/** What `runs` says of every attempt of this activation. */
export const runFacts = (request: RunRequest) => {
  const { activation } = request
  return {
    runId: request.runId,
    runKey: request.runKey,
    segment: activation.segment.name,
    destination: activation.destination.name,
    platform: activation.destination.type,
    accountId: activation.destination.accountId,
    audienceName: activation.audience.name,
    orchestrator: request.orchestrator.name,
    orchestratorRunId: request.orchestrator.runId,
    dbtInvocationId: request.dbtInvocationId,
    connectorVersion: request.connectorVersion,
    configHash: activation.configHash,
    tookMs: null,
  }
}
