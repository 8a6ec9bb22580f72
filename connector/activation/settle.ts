import { claimMark } from '../../sql/control.ts'
import type { Settlement } from '../../sql/outcomes.ts'
import type { RunFacts } from '../../sql/runs.ts'
import type { Scope } from '../../sql/scope.ts'
import { prepareSettle, settle } from '../../sql/settle.ts'
import type { RunRequest } from './context.ts'
import { type Lease, leaseLost } from './lease.ts'

/** Step 11: the outcomes move the ledger, in one transaction, once. Throws RunStopped where the lease is lost. */
export const settleDelta = async (
  request: RunRequest,
  lease: Lease,
  delta: {
    /** Its run tables carry the fence under which it was stored. */
    readonly scope: Scope
    readonly run: RunFacts
    readonly openFence: string
    readonly quietMs: number
    /** Highest batch that was started, where that is known for certain; null after a crash: then the mark counts. */
    readonly highestStarted: number | null
  },
): Promise<void> => {
  const { scope } = delta
  if (delta.highestStarted !== null) await lease.update('settle', claimMark(scope, lease.hold, delta.highestStarted))
  for (const statement of prepareSettle(scope)) await request.warehouse.execute('settle', statement)
  const settled = await lease.settling(() =>
    request.warehouse.transaction('settle', settle(scope, lease.hold, settlementOf(request, delta))),
  )
  if (!settled) throw leaseLost(request.activation.name)
}

const settlementOf = (
  { destination, activation }: RunRequest,
  delta: { readonly run: RunFacts; readonly openFence: string; readonly quietMs: number },
): Settlement => ({
  run: delta.run,
  openFence: delta.openFence,
  atomic: destination.atomic,
  quietMs: delta.quietMs,
  quarantineDays: activation.quarantineDays,
  membershipDays: destination.membershipDays ?? null,
  fieldOfType: Object.fromEntries(Object.entries(destination.fields).map(([name, field]) => [field.type, name])),
})
