import type { Settlement } from '../../sql/outcomes.ts'
import type { Scope } from '../../sql/scope.ts'
import { prepareSettle, settle } from '../../sql/settle.ts'
import { fieldsByType } from '../destination/destination.ts'
import type { RunRequest } from './context.ts'
import type { Delivery } from './delivery-state.ts'
import { type Lease, leaseLost } from './lease.ts'
import type { DeltaMeasures } from './measures.ts'

/** What a delivery came to. */
type Attempted = Pick<Settlement, 'run' | 'tookMs' | 'openFence' | 'quietMs' | 'highestStarted' | 'smooth'>

/** Step 11: the outcomes move the ledger, in one transaction, once. Throws RunStopped where the lease is lost. */
export const settleDelta = async (
  request: RunRequest,
  lease: Lease,
  /** The run tables of `scope` carry the fence under which the delta was stored. */
  delta: Attempted & { readonly scope: Scope },
): Promise<void> => {
  const { scope } = delta
  const { warehouse } = request
  const settled = await lease.withoutHeartbeat(() =>
    warehouse.withScratch(async () => {
      for (const statement of prepareSettle(scope)) await warehouse.execute('settle', statement)
      return warehouse.transaction('settle', settle(scope, lease.hold, settlementOf(request, delta)))
    }),
  )
  if (!settled) throw leaseLost(request.activation.name)
}

/** See `Settlement.smooth`. */
export const isSmooth = ({ whole }: Delivery, { rows }: DeltaMeasures): boolean =>
  whole && (rows.hold?.identifiers ?? 0) === 0 && Object.values(rows).every(({ waiting }) => waiting === 0)

const settlementOf = ({ destination, activation }: RunRequest, delta: Attempted): Settlement => ({
  run: delta.run,
  tookMs: delta.tookMs,
  openFence: delta.openFence,
  smooth: delta.smooth,
  atomic: destination.atomic,
  quietMs: delta.quietMs,
  highestStarted: delta.highestStarted,
  quarantineDays: activation.quarantineDays,
  membershipDays: destination.membershipDays(activation.destination),
  fieldOfType: fieldsByType(destination),
})
