import { closeRun, readControl } from '../../sql/control.ts'
import { countNullKeys, rejectNullKeys } from '../../sql/rejections.ts'
import { finishedRun, insertRun, logActivation, runById } from '../../sql/runs.ts'
import type { Scope } from '../../sql/scope.ts'
import { stateVersion } from '../../sql/state.ts'
import type { Row } from '../warehouse/warehouse.ts'
import type { Calls } from './calls.ts'
import { configurationChange } from './changed.ts'
import { activationFacts, type RunRequest, scopeOf } from './context.ts'
import type { Delivery } from './delivery-state.ts'
import { checkFormer, hasAudience } from './former.ts'
import { memberKeyName } from './identity.ts'
import type { Lease } from './lease.ts'
import { acquireState, type Held } from './migrate.ts'
import { runFacts } from './recover.ts'
import { createState, upgradeShared, versionOf } from './state.ts'
import { exits, RunStopped } from './stop.ts'
import { type ActivationResult, summaryOf } from './summary.ts'
import { formerOf, takeOver } from './take-over.ts'

/** An attempt under its lease. */
export interface LiveRun {
  readonly request: RunRequest
  readonly scope: Scope
  readonly lease: Lease
  readonly calls: Calls
  /** On our monotonic clock: when the attempt began. */
  readonly startedAt: number
  /** On our monotonic clock: nothing is sent before. */
  readonly quietUntil: number
  /** From the opening of the delta until it is settled, or nothing of it was applied for certain. */
  unsettled: boolean
}

export interface RunEnd {
  readonly stop: RunStopped | null
  readonly unchanged: boolean
}

/** Makes the state where there is none; brings what activations share to this version. Returns the version there is. */
export const prepareState = async (request: RunRequest, suffix: string): Promise<number> => {
  const { activation, schema, connectorVersion } = request
  const state = { ...request, suffix, scope: scopeOf(request, suffix, '0') }
  const version = await versionOf(state)
  if (version === null) {
    await formerOf(request)
    await checkFormer(request)
    await createState(state, memberKeyName(activation.segment.memberKey), connectorVersion)
    request.log.info('state_created', { activation: activation.name, schema })
  } else if (version < stateVersion) await upgradeShared(state, connectorVersion)
  return version ?? stateVersion
}

/** Guarantee 5: a run_key that succeeded is answered from its row, and nothing is sent. */
export const finishedBefore = async (request: RunRequest, suffix: string): Promise<ActivationResult | null> => {
  const [row] = await request.warehouse.rows('run_key', finishedRun(scopeOf(request, suffix, '0'), request.runKey))
  if (!row) return null
  const { name } = request.activation
  const finishedAt = row.finished_at ?? ''
  request.log.warn('run_key_done', {
    activation: name,
    run_id: row.run_id ?? '',
    finished_at: finishedAt,
    message: `${name} was not run: the run key ${request.runKey} succeeded at ${finishedAt}, and that run's summary is given again. A new run needs a --run-key of its own, or none.`,
  })
  return { summary: summaryOf(row), exit: 0, unchanged: false }
}

/**
 * What an activation held under a name that it had comes to it, or is left behind by a decision; and is it still the one
 * that ran last? Throws RunStopped (78).
 */
export const inherit = async (request: RunRequest, taken: Held, suffix: string): Promise<Held> => {
  const held = await takeOver(request, taken, suffix)
  const former = hasAudience(held.control) ? null : await checkFormer(request)
  if (former !== null)
    request.log.warn('former_activation', { activation: request.activation.name, message: `${former}.` })
  const scope = scopeOf(request, suffix, held.lease.hold.fence)
  const changed = await configurationChange(request, scope, held.control)
  if (changed !== null)
    request.log.warn('configuration_changed', { activation: request.activation.name, message: `${changed}.` })
  return held
}

/** `version`: that of the state, as it was seen. */
export const takeLease = (request: RunRequest, suffix: string, version: number): Promise<Held> =>
  acquireState({
    scope: scopeOf(request, suffix, '0'),
    warehouse: request.warehouse,
    runId: request.runId,
    leaseMs: request.leaseSeconds * 1000,
    quietMs: request.activation.destination.request.quietMs,
    version,
    connectorVersion: request.connectorVersion,
    log: request.log,
  })

export const beginning = (request: RunRequest, control: Row) => ({
  ...runFacts(request),
  full: request.full,
  overridden: overridden(request, control),
  accountId: request.activation.destination.accountId,
  memberKey: memberKeyName(request.activation.segment.memberKey),
})

/** An override holds for all attempts of its run_key. */
export const overridden = (request: RunRequest, control: Row): boolean =>
  request.overrideGuards || control.override_run_key === request.runKey

export const readAgain = async ({ request, scope }: LiveRun): Promise<Row> => {
  const [control] = await request.warehouse.rows('control', readControl(scope))
  if (!control) throw new Error('The control row is gone')
  return control
}

/** What a delivery that was not wholly accepted means for the run. */
export const stopAfter = ({ stop, accepted }: Delivery): RunStopped | null => {
  if (!stop || stop.exit === exits.aborted || accepted === 0) return stop
  const when = stop.exit === exits.tryAgain ? 'the next run does' : 'once this is put right, a run does'
  const message = `${stop.message} What was accepted before is settled; ${when} the rest.`
  return new RunStopped(stop.exit, stop.code, message, stop.exit === exits.tryAgain ? 'partial' : stop.status)
}

export const outcome = ({ calls }: LiveRun, stop: RunStopped | null) => ({
  status: stop?.status ?? 'succeeded',
  ...calls.counts,
  errorCode: stop?.code ?? null,
  errorMessage: stop?.message ?? null,
})

/** Nothing but the number of NULL keys can have changed. */
export const closeUnchanged = async (run: LiveRun, nullKeys: number): Promise<void> => {
  const [stands] = await run.request.warehouse.rows('close', countNullKeys(run.scope))
  await close(run, null, Number(stands?.identifiers) === nullKeys ? null : nullKeys)
}

/**
 * The attempt ends without a settle: its row is written, the ledger stays as it was. `nullKeys`: so many stand rejected from
 * now on; null: as many as before.
 */
export const close = async (run: LiveRun, stop: RunStopped | null, nullKeys: number | null = null): Promise<void> => {
  const { request, scope, lease } = run
  if (stop?.code === 'lease_lost') return
  const facts = { ...runFacts(request), ...outcome(run, stop) }
  await lease.update('close', closeRun(scope, lease.hold, run.calls.quietMs()), [
    ...(nullKeys === null ? [] : rejectNullKeys(scope, request.runId, nullKeys)),
    insertRun(scope, facts, nullKeys ?? 0),
    logActivation(scope, activationFacts(request)),
  ])
}

export const answer = async (
  { request, scope }: LiveRun,
  stop: RunStopped | null,
  unchanged: boolean,
): Promise<ActivationResult> => {
  const [row] = await request.warehouse.rows('summary', runById(scope, request.runId))
  if (!row)
    throw (
      stop ??
      new RunStopped(exits.bug, 'no_run_row', 'The row of this run is not in the warehouse. Please report this.')
    )
  return { summary: summaryOf(row), exit: stop?.exit ?? 0, unchanged }
}
