import { readControl } from '../../sql/control.ts'
import { latestRuns } from '../../sql/runs.ts'
import { stateExists } from '../../sql/state.ts'
import { countOpenBatches, listControls, measureState, readOwners } from '../../sql/status.ts'
import { scopeOf } from '../activation/context.ts'
import { checkVersion } from '../activation/identity.ts'
import { summaryOf } from '../activation/summary.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import type { Row, Warehouse } from '../warehouse/warehouse.ts'
import { next } from './next.ts'
import { clockOffset, suffixOf } from './run-all.ts'

/** One activation of `tidemark.status/1`. */
export interface ActivationStatus {
  readonly activation: string
  readonly destination: string
  readonly account_id: string
  readonly audience: { readonly id: string | null; readonly name: string }
  readonly schedule: string | null
  /** Who holds the lease; null when nobody does. */
  readonly running: { readonly run_id: string; readonly lease_ms: number; readonly alive: boolean } | null
  readonly segment_members: number | null
  readonly reachable_members: number | null
  readonly ledger: {
    readonly members: number
    readonly confirmed: number
    readonly unconfirmed: number
    readonly kept: number
    readonly quarantined: number
  } | null
  /** Of which something may have been sent and which is not settled. */
  readonly open_delta: { readonly run_id: string; readonly batches: number; readonly mark: number } | null
  readonly due: { readonly members: number; readonly next_at: string | null }
  readonly quiet_ms: number
  readonly runs: readonly StatusRun[]
  readonly next: string
}

type StatusRun = ReturnType<typeof runOf>

/** State in the warehouse of an activation that is not in the configuration. */
export interface Orphan {
  readonly activation: string
  readonly audience_id: string | null
  readonly ledger_members: number
  readonly next: string
}

const runsShown = 5

/** Reads the state of one activation; it changes nothing. */
export const statusOf = async (
  { warehouse: { schema } }: Configuration,
  warehouse: Warehouse,
  activation: Activation,
): Promise<ActivationStatus> => {
  const suffix = suffixOf(activation.name)
  const [there] = await warehouse.rows('state', stateExists(schema, suffix))
  if (!(Number(there?.there) > 0)) return neverRan(activation)
  const scope = scopeOf({ activation, warehouse, schema, ...clockOffset() }, suffix, '0')
  const [control = {}] = await warehouse.rows('control', readControl(scope))
  checkVersion(activation.name, control)
  const [state = {}] = await warehouse.rows('state', measureState(scope))
  const runs = (await warehouse.rows('runs', latestRuns(scope, runsShown))).map(runOf)
  const fence = control.run_open === 'true' ? (control.open_fence ?? null) : null
  const open =
    fence === null
      ? null
      : await openDelta(warehouse, control, () =>
          countOpenBatches(scopeOf({ activation, warehouse, schema }, suffix, fence)),
        )
  const status = {
    ...about(activation, control.audience_id ?? null),
    running: runningOf(control, warehouse.opensAlone),
    segment_members: control.first_synced_at == null ? null : Number(control.segment_members),
    reachable_members: control.first_synced_at == null ? null : Number(control.reachable_members),
    ledger: {
      members: Number(control.ledger_members),
      confirmed: Number(state.confirmed),
      unconfirmed: Number(state.unconfirmed),
      kept: Number(state.kept),
      quarantined: Number(state.quarantined),
    },
    open_delta: open,
    due: { members: Number(state.due_now), next_at: state.next_due_at ?? null },
    quiet_ms: Number(control.quiet_ms),
    runs,
  }
  return { ...status, next: next(status, control) }
}

const about = (activation: Activation, audienceId: string | null) => ({
  activation: activation.name,
  destination: activation.destination.name,
  account_id: activation.destination.accountId,
  audience: { id: audienceId, name: activation.audience.name },
  schedule: activation.schedule,
})

const neverRan = (activation: Activation): ActivationStatus => ({
  ...about(activation, null),
  running: null,
  segment_members: null,
  reachable_members: null,
  ledger: null,
  open_delta: null,
  due: { members: 0, next_at: null },
  quiet_ms: 0,
  runs: [],
  next: `It has never run. Begin with: tidemark run ${activation.name}`,
})

/** Where opening the warehouse proves that no runner lives, an owner is one that died. */
const runningOf = (control: Row, alone: boolean): ActivationStatus['running'] => {
  const owner = control.owner
  if (owner == null) return null
  const leaseMs = Math.max(0, Number(control.lease_ms ?? 0))
  return { run_id: owner, lease_ms: leaseMs, alive: !alone && leaseMs > 0 }
}

const openDelta = async (warehouse: Warehouse, control: Row, count: () => ReturnType<typeof countOpenBatches>) => {
  const [row] = await warehouse.rows('open_delta', count())
  return { run_id: control.run_id ?? '', batches: Number(row?.batches), mark: Number(control.mark) }
}

const runOf = (row: Row) => {
  const { activation: _, ...summary } = summaryOf(row)
  return {
    run_key: row.run_key ?? '',
    attempt: Number(row.attempt),
    started_at: row.started_at ?? null,
    finished_at: row.finished_at ?? null,
    ...summary,
  }
}

/** Activations whose state is in the warehouse and which are not in the file any more. */
export const orphansOf = async (configuration: Configuration, warehouse: Warehouse): Promise<readonly Orphan[]> => {
  const { schema } = configuration.warehouse
  const tables = (await warehouse.rows('state', listControls(schema))).map((row) => row.table_name ?? '')
  if (tables.length === 0) return []
  const known = new Set(configuration.activations.map(({ name }) => name))
  const owners = await warehouse.rows('state', readOwners(schema, tables))
  return owners.flatMap((row) => {
    const activation = row.activation ?? ''
    if (known.has(activation) || row.holds_something !== 'true') return []
    const audience = row.audience_id ?? null
    return {
      activation,
      audience_id: audience,
      ledger_members: Number(row.ledger_members),
      next: `It is not in the configuration any more, and its people stay${audience === null ? '' : ` in audience ${audience}`}. Write it back to go on, or forget it with: tidemark reset ${activation} --yes${audience === null ? '' : ' --abandon'}`,
    }
  })
}
