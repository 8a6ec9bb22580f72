import { closeRun, readControl } from '../../sql/control.ts'
import { forgetControl, forgetLedger, measureReset } from '../../sql/reset.ts'
import { insertRun, type RunFacts } from '../../sql/runs.ts'
import type { Scope } from '../../sql/scope.ts'
import { stateVersion } from '../../sql/state.ts'
import { lastKnown } from '../../sql/status.ts'
import type { Activation } from '../config/activation.ts'
import type { Log } from '../log.ts'
import type { Row, Warehouse } from '../warehouse/warehouse.ts'
import { acquireState } from './migrate.ts'
import { factsOfCrash } from './recover.ts'
import { dropOldRunTables } from './run-tables.ts'
import { upgradeShared } from './state.ts'

export interface ForgetRequest {
  /** Of the state, as it was seen. */
  readonly version: number
  /** Null: it is not in the configuration any more. */
  readonly activation: Activation | null
  readonly scope: Scope
  readonly suffix: string
  readonly warehouse: Warehouse
  readonly schema: string
  readonly leaseSeconds: number
  /** Stands where a run id would, in events and control. */
  readonly resetId: string
  readonly connectorVersion: string
  readonly log: Log
}

/** What there is to forget. */
export interface Memory {
  readonly audienceId: string | null
  readonly audienceName: string | null
  /** Of the audience. */
  readonly accountId: string | null
  /** Name of an audience whose creation was asked for and never answered. */
  readonly intent: string | null
  readonly identifiers: number
  /** Members who entered and have not left. */
  readonly members: number
}

/** What the activation remembers, by a scope in which its state is of this version. It changes nothing. */
export const recall = async ({ warehouse, scope }: Pick<ForgetRequest, 'warehouse' | 'scope'>): Promise<Memory> => {
  const [control] = await warehouse.rows('control', readControl(scope))
  const [row] = await warehouse.rows('reset', measureReset(scope))
  return {
    audienceId: control?.audience_id ?? null,
    audienceName: control?.audience_name ?? null,
    accountId: control?.account_id ?? null,
    intent: control?.audience_intent ?? null,
    identifiers: Number(row?.identifiers),
    members: Number(row?.members),
  }
}

/**
 * Forgets ledger and audience under the lease, in one transaction. `mayForget` is asked once more then and throws where it
 * may not be. Calls no platform. Throws RunStopped (75) while a run is at work.
 */
export const forget = async (request: ForgetRequest, mayForget: (memory: Memory) => void): Promise<Memory> => {
  const { scope, activation, resetId } = request
  const quietMs = activation?.destination.request.quietMs ?? defaultQuietMs
  if (request.version < stateVersion) await upgradeShared(request, request.connectorVersion)
  const leaseMs = request.leaseSeconds * 1000
  const { lease, control } = await acquireState({ ...request, runId: resetId, leaseMs, quietMs })
  try {
    const memory = await recall(request)
    mayForget(memory)
    const forgetting = [forgetControl(scope, lease.hold), ...forgetLedger(scope, resetId)] as const
    if (control.run_open === 'true') {
      const crashed = insertRun(scope, await crashedRun(request, control))
      await lease.update('reset', closeRun(scope, lease.hold, 0), [crashed, ...forgetting])
    } else {
      const [first, ...rest] = forgetting
      await lease.update('reset', first, rest)
    }
    await dropOldRunTables(request, lease, request.suffix)
    return memory
  } finally {
    await lease.release()
  }
}

/** Quiet time of an activation whose destination is not known any more: that of the default request time-out. */
const defaultQuietMs = 120_000

/** The row of a run that died and will never be settled. */
const crashedRun = async (request: ForgetRequest, control: Row): Promise<RunFacts> => {
  const { activation, scope, warehouse } = request
  const [known] = await warehouse.rows('reset', lastKnown(scope))
  return {
    ...factsOfCrash(control),
    segment: activation?.segment.name ?? known?.segment ?? '',
    destination: activation?.destination.name ?? known?.destination ?? '',
    platform: activation?.destination.type ?? known?.platform ?? '',
    accountId: control.account_id ?? known?.account_id ?? '',
    audienceName: control.audience_name ?? known?.audience_name ?? '',
    status: 'failed',
    apiCalls: 0,
    apiRetries: 0,
    throttledMs: 0,
    errorCode: 'crashed',
    errorMessage:
      'The run did not come to its end, and the activation was reset: what it had sent is not in the ledger.',
    tookMs: null,
  }
}
