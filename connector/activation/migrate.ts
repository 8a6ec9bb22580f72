import { extendLease, raiseVersion, readControl } from '../../sql/control.ts'
import { type Migration, migrations } from '../../sql/migrations.ts'
import { recordVersion } from '../../sql/shared.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { acquireLease, type Lease, type LeaseRequest, leaseLost } from './lease.ts'

/** The lease of an activation whose state is of this version. */
export interface Held {
  readonly lease: Lease
  /** The control row as it was when the lease was taken. */
  readonly control: Row
}

export type HoldRequest = LeaseRequest & { readonly connectorVersion: string }

/** Takes the lease and migrates an older state under it. Throws RunStopped (75) when another run has it. */
export const acquireState = async (request: HoldRequest): Promise<Held> => {
  const lease = await acquireLease(request)
  try {
    if (!(await migrate(request, lease, migrations))) return { lease, control: lease.taken }
    const [control] = await request.warehouse.rows('control', readControl(request.scope))
    if (!control) throw new Error('The control row is gone')
    return { lease, control }
  } catch (error) {
    const reason = await lease.reasonOf(error)
    await lease.release()
    throw reason
  }
}

/**
 * Brings a state from the version it was seen to have to the last of `steps`, an open delta included: one transaction
 * for each step, whose last statements check the fence. True where there was anything to do. Throws RunStopped (75) where
 * the lease is lost.
 */
export const migrate = async (request: HoldRequest, lease: Lease, steps: readonly Migration[]): Promise<boolean> => {
  const { scope, warehouse, version, connectorVersion, log } = request
  const left = steps.filter((step) => step.version > version)
  const open = lease.taken.run_open === 'true' ? (lease.taken.open_fence ?? null) : null
  for (const step of left) {
    // Before it, too: a warehouse may commit each DDL by itself.
    await lease.update('migrate', extendLease(scope, lease.hold, request.leaseMs))
    const migrated = await lease.withoutHeartbeat(() =>
      warehouse.transaction('migrate', [
        ...step.activation(scope),
        ...(open === null ? [] : (step.openDelta?.(scope.ofFence(open)) ?? [])),
        recordVersion(scope, 'activation', step.version, connectorVersion),
        // Last: some warehouses alter no table of which a row was changed in the same transaction.
        { statement: raiseVersion(scope, lease.hold, step.version), exactly: 1 },
      ]),
    )
    if (!migrated) throw leaseLost(scope.activation)
    log.info('state_migrated', {
      activation: scope.activation,
      state_version: step.version,
      message: `The state of ${scope.activation} was brought to version ${step.version}; an older Tidemark cannot run it any more.`,
    })
  }
  return left.length > 0
}
