import { closeRun } from '../../sql/control.ts'
import { insertRun, type RunFacts } from '../../sql/runs.ts'
import { type RunRequest, scopeOf } from './context.ts'
import type { Lease } from './lease.ts'
import { settleDelta } from './settle.ts'

/**
 * Step 3: what an earlier attempt left open is settled with the receipts it managed to write, and its row is written.
 * True where there was one.
 */
export const recover = async (request: RunRequest, lease: Lease, suffix: string): Promise<boolean> => {
  const { control } = lease
  if (control.run_open !== 'true') return false
  const run = crashedRun(request, control.run_id ?? '')
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

const crashedRun = (request: RunRequest, runId: string): RunFacts => ({
  ...runFacts(request),
  runId,
  status: 'failed',
  apiCalls: 0,
  apiRetries: 0,
  throttledMs: 0,
  errorCode: 'crashed',
  errorMessage: 'The run did not come to its end; the next run settled what it had sent.',
})

/** What `runs` says of every attempt of this activation. */
export const runFacts = (
  request: RunRequest,
): Omit<RunFacts, 'status' | 'apiCalls' | 'apiRetries' | 'throttledMs' | 'errorCode' | 'errorMessage'> => {
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
