import type { Settlement } from '../../sql/outcomes.ts'
import type { Scope } from '../../sql/scope.ts'
import { prepareSettle, settle } from '../../sql/settle.ts'
import type { RunRequest } from './context.ts'
import { type Lease, leaseLost } from './lease.ts'

/** Step 11: the outcomes move the ledger, in one transaction, once. Throws RunStopped where the lease is lost. */
export const settleDelta = async (
  request: RunRequest,
  lease: Lease,
  /** The run tables of `scope` carry the fence under which the delta was stored. */
  delta: Pick<Settlement, 'run' | 'openFence' | 'quietMs' | 'highestStarted'> & { readonly scope: Scope },
): Promise<void> => {
  const { scope } = delta
  for (const statement of prepareSettle(scope)) await request.warehouse.execute('settle', statement)
  const settled = await lease.settling(() =>
    request.warehouse.transaction('settle', settle(scope, lease.hold, settlementOf(request, delta))),
  )
  if (!settled) throw leaseLost(request.activation.name)
}

const settlementOf = (
  { destination, activation }: RunRequest,
  delta: Pick<Settlement, 'run' | 'openFence' | 'quietMs' | 'highestStarted'>,
): Settlement => ({
  run: delta.run,
  openFence: delta.openFence,
  atomic: destination.atomic,
  quietMs: delta.quietMs,
  highestStarted: delta.highestStarted,
  quarantineDays: activation.quarantineDays,
  membershipDays: destination.membershipDays ?? null,
  fieldOfType: Object.fromEntries(Object.entries(destination.fields).map(([name, field]) => [field.type, name])),
})
