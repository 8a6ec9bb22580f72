import { readControl } from '../../sql/control.ts'
import { latestRuns } from '../../sql/runs.ts'
import { publicColumns } from '../../sql/shared.ts'
import { latestSize } from '../../sql/sizes.ts'
import { stateVersion } from '../../sql/state.ts'
import { countOpenBatches, measureState } from '../../sql/status.ts'
import { scopeOf, suffixOf } from '../activation/context.ts'
import { copyAsCurrent, type StateRequest, sharedColumns, versionOf } from '../activation/state.ts'
import { summaryOf } from '../activation/summary.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { contractOf } from '../destination/registry.ts'
import { ownersOf } from '../warehouse/catalogue.ts'
import type { Row, Warehouse } from '../warehouse/warehouse.ts'
import { next } from './next.ts'
import { clockOffset } from './run-all.ts'

/** One activation of `tidemark.status/1`. */
export interface ActivationStatus {
  readonly activation: string
  readonly destination: string
  readonly account_id: string
  readonly audience: { readonly id: string | null; readonly name: string }
  /** What the platform needs before an ad can use an audience, and how long it counts; null where it tells no sizes. */
  readonly expects: {
    readonly title: string
    readonly min_matched: number
    readonly counting_hours: readonly [number, number]
  } | null
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
  /** What the platform said of the audience when `tidemark sizes` asked last; null when it never did. */
  readonly platform: Observed | null
  readonly due: { readonly members: number; readonly next_at: string | null }
  readonly quiet_ms: number
  readonly runs: readonly StatusRun[]
  readonly next: string
}

export interface Observed {
  readonly size: number | null
  readonly ledger_members: number
  readonly notes: string | null
  readonly observed_at: string
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
export const statusOf = (
  { warehouse: { schema } }: Configuration,
  warehouse: Warehouse,
  activation: Activation,
): Promise<ActivationStatus> => warehouse.withScratch(() => readStatus(schema, warehouse, activation))

const readStatus = async (schema: string, warehouse: Warehouse, activation: Activation): Promise<ActivationStatus> => {
  const suffix = suffixOf(activation.name)
  const scopeWith = (mode?: { readonly stateless: boolean }) =>
    scopeOf({ activation, warehouse, schema, ...clockOffset() }, suffix, '0', mode)
  const state = { warehouse, schema, suffix, scope: scopeWith() }
  const version = await versionOf(state)
  if (version === null) return neverRan(activation)
  const older = version < stateVersion
  const scope = older ? scopeWith({ stateless: true }) : state.scope
  if (older) await copyAsCurrent(state, scope, version)
  const absent = older ? await absentOfRuns(state) : new Set<string>()
  const [control = {}] = await warehouse.rows('control', readControl(scope))
  const [measured = {}] = await warehouse.rows('state', measureState(scope))
  const runs = (await warehouse.rows('runs', latestRuns(scope, runsShown, absent))).map(runOf)
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
      confirmed: Number(measured.confirmed),
      unconfirmed: Number(measured.unconfirmed),
      kept: Number(measured.kept),
      quarantined: Number(measured.quarantined),
    },
    open_delta: open,
    platform: older ? null : observedOf((await warehouse.rows('sizes', latestSize(scope)))[0]),
    due: { members: Number(measured.due_now), next_at: measured.next_due_at ?? null },
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
  expects: expectationsOf(activation),
  schedule: activation.schedule,
})

const expectationsOf = ({ destination }: Activation): ActivationStatus['expects'] => {
  const { title, audience } = contractOf(destination)
  const { minMatched, countingHours } = audience
  return countingHours === null ? null : { title, min_matched: minMatched, counting_hours: countingHours }
}

const neverRan = (activation: Activation): ActivationStatus => ({
  ...about(activation, null),
  running: null,
  segment_members: null,
  reachable_members: null,
  ledger: null,
  open_delta: null,
  platform: null,
  due: { members: 0, next_at: null },
  quiet_ms: 0,
  runs: [],
  next: `It has never run. Begin with: tidemark run ${activation.name}`,
})

const observedOf = (row: Row | undefined): Observed | null =>
  row === undefined
    ? null
    : {
        size: row.platform_size == null ? null : Number(row.platform_size),
        ledger_members: Number(row.ledger_members),
        notes: row.notes ?? null,
        observed_at: row.observed_at ?? '',
      }

/** Columns that `runs` of an older version lacks. */
const absentOfRuns = async (state: StateRequest): Promise<ReadonlySet<string>> => {
  const there = await sharedColumns(state)
  return new Set(Object.keys(publicColumns.runs).filter((column) => !there.has(`runs.${column}`)))
}

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
  const known = new Set(configuration.activations.map(({ name }) => name))
  const owners = await ownersOf(warehouse, schema)
  return owners.flatMap((row) => {
    const activation = row.activation ?? ''
    if (known.has(activation) || row.holds_something !== 'true') return []
    const audience = row.audience_id ?? null
    return {
      activation,
      audience_id: audience,
      ledger_members: Number(row.ledger_members),
      next: `It is not in the configuration any more, and its people stay${audience === null ? '' : ` in audience ${audience}`}. Remove them with: tidemark empty ${activation} --yes; or write it back to go on; or forget it with: tidemark reset ${activation} --yes${audience === null ? '' : ' --abandon'}`,
    }
  })
}
