import { beginRun, closeRun, type Hold, readControl, storeMark } from '../../sql/control.ts'
import { finishedRun, insertRun, logActivation, noChange, runById } from '../../sql/runs.ts'
import type { Scope } from '../../sql/scope.ts'
import { createState, stateExists } from '../../sql/state.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { audienceInStep, ensureAudience } from './audience.ts'
import { type Calls, createCalls } from './calls.ts'
import { mappedColumns, type RunRequest, scopeOf } from './context.ts'
import { type Delivery, deliver } from './deliver.ts'
import { cutDelta, type DeltaContext, findChangedMembers, findDelta, fingerprintSegment } from './delta.ts'
import { deltaGuards, enforceGuards, segmentGuards } from './guards.ts'
import { checkIdentity, knownAudience, ledgerStanding, memberKeyName } from './identity.ts'
import { acquireLease, type Lease } from './lease.ts'
import { pause } from './pause.ts'
import { recover, runFacts } from './recover.ts'
import { dropOldRunTables, dropRunTables } from './run-tables.ts'
import { probeSegment } from './segment.ts'
import { settleDelta } from './settle.ts'
import { exits, RunStopped } from './stop.ts'
import { stopOf } from './stop-of.ts'
import { type ActivationResult, summaryOf, summaryWithoutRow } from './summary.ts'

/** Runs one activation, as section 3 of the design says. Throws nothing: however it ends, there is a summary and an exit code. */
export const runActivation = async (request: RunRequest, suffix: string): Promise<ActivationResult> => {
  const startedAt = performance.now()
  try {
    await probeSegment(request)
    await prepareState(request, suffix)
    const stored = await finishedBefore(request, suffix)
    if (stored) return stored
    const lease = await takeLease(request, suffix)
    try {
      return await runUnderLease(request, lease, suffix)
    } finally {
      await lease.release()
    }
  } catch (error) {
    const stop = stopOf(error)
    return {
      summary: summaryWithoutRow(request.activation.name, request.runId, startedAt, stop),
      exit: stop.exit,
      unchanged: false,
    }
  }
}

/** Steps 2 to 11 under the lease; whatever stops them closes the attempt with its reason. */
const runUnderLease = async (request: RunRequest, lease: Lease, suffix: string): Promise<ActivationResult> => {
  const scope = scopeOf(request, suffix, lease.hold.fence)
  const calls = createCalls(request, lease)
  await checkIdentity(request, scope, lease.control)
  const recovered = await recover(request, lease, suffix)
  await dropOldRunTables(request, lease, suffix)
  await lease.update('begin', beginRun(scope, lease.hold, beginning(request, lease.control)))
  const run: LiveRun = {
    request,
    scope,
    lease,
    calls,
    quietUntil: performance.now() + quietMs(request, lease.control, recovered),
    unsettled: false,
  }
  const end = await endOf(run)
  return answer(run, end.stop, end.unchanged)
}

interface RunEnd {
  readonly stop: RunStopped | null
  readonly unchanged: boolean
}

/**
 * Closes the attempt when a step fails. Except where something may have been sent that is not settled: then the attempt
 * stays open with its delta, as after a crash, and the next run settles it with the receipts there are.
 */
const endOf = async (run: LiveRun): Promise<RunEnd> => {
  try {
    return await steps(run)
  } catch (error) {
    const stop = stopOf(error)
    if (run.unsettled) throw stop
    await close(run, stop)
    return { stop, unchanged: false }
  } finally {
    if (!run.unsettled) await dropRunTables(run.request, run.scope)
  }
}

interface LiveRun {
  readonly request: RunRequest
  readonly scope: Scope
  readonly lease: Lease
  readonly calls: Calls
  /** On our monotonic clock: nothing is sent before. */
  readonly quietUntil: number
  /** From the opening of the delta until it is settled, or nothing of it was applied for certain. */
  unsettled: boolean
}

/** Steps 4 to 11. */
const steps = async (run: LiveRun): Promise<RunEnd> => {
  const { request, lease, scope } = run
  const { activation, progress } = request
  const context: DeltaContext = {
    activation,
    scope,
    destination: request.destination,
    columns: mappedColumns(activation, request.destination),
    warehouse: request.warehouse,
    full: request.full,
    dry: false,
  }
  const control = await readAgain(run)
  const known = knownAudience(control)

  progress.step('Comparing the segment with the ledger')
  const segment = await fingerprintSegment(context)
  enforceGuards(activation, segmentGuards(activation, segment), overridden(request, control))
  const changed = await findChangedMembers(context)
  if (changed === 0 && (known.id === null || audienceInStep(request, known))) {
    await close(run, null)
    return { stop: null, unchanged: true }
  }

  progress.step(`Working out the delta of ${changed} changed members`)
  goOn(run)
  const delta = await findDelta(context, segment)
  enforceGuards(
    activation,
    deltaGuards(activation, delta, ledgerStanding(control, request.full)),
    overridden(request, control),
  )

  goOn(run)
  const travels = (delta.rows['add']?.identifiers ?? 0) + (delta.rows['remove']?.identifiers ?? 0) > 0
  await quietTime(run)
  const audienceId = travels || known.id !== null ? await ensureAudience(run, known) : ''
  const batches = await cutDelta(context, audienceId)

  progress.step(`Sending ${batches.length} batches`)
  run.unsettled = true
  await lease.update('mark', storeMark(scope, lease.hold, 0, request.leaseSeconds * 1000), [
    logActivation(scope, activationFacts(request)),
  ])
  const delivery = await deliver({ ...run, audienceId }, batches)

  progress.step('Settling')
  const stop = stopAfter(delivery)
  if (stop && delivery.nothingApplied) {
    run.unsettled = false
    throw stop
  }
  await settleDelta(request, lease, {
    scope,
    openFence: lease.hold.fence,
    quietMs: run.calls.quietMs(),
    highestStarted: delivery.highestStarted,
    run: { ...runFacts(request), ...outcome(run, stop) },
  })
  run.unsettled = false
  return { stop, unchanged: false }
}

const prepareState = async (request: RunRequest, suffix: string): Promise<void> => {
  const { warehouse, schema, activation } = request
  const [row] = await warehouse.rows('state', stateExists(schema, suffix))
  if (Number(row?.['there']) > 0) return
  for (const statement of createState(
    scopeOf(request, suffix, '0'),
    memberKeyName(request.activation.segment.memberKey),
  )) {
    await warehouse.execute('state', statement)
  }
  request.log.info('state_created', { activation: activation.name, schema })
}

/** Guarantee 5: a run_key that succeeded is answered from its row, and nothing is sent. */
const finishedBefore = async (request: RunRequest, suffix: string): Promise<ActivationResult | null> => {
  const [row] = await request.warehouse.rows('run_key', finishedRun(scopeOf(request, suffix, '0'), request.runKey))
  if (!row) return null
  request.log.info('run_key_done', {
    activation: request.activation.name,
    run_id: row['run_id'] ?? '',
    message: `Run key ${request.runKey} has succeeded before; here is its summary again.`,
  })
  return { summary: summaryOf(row), exit: 0, unchanged: false }
}

const takeLease = (request: RunRequest, suffix: string): Promise<Lease> =>
  acquireLease({
    scope: scopeOf(request, suffix, '0'),
    warehouse: request.warehouse,
    runId: request.runId,
    leaseMs: request.leaseSeconds * 1000,
    quietMs: request.activation.destination.request.quietMs,
    log: request.log,
  })

const beginning = (request: RunRequest, control: Row) => ({
  runKey: request.runKey,
  full: request.full,
  overridden: overridden(request, control),
  accountId: request.activation.destination.accountId,
  memberKey: memberKeyName(request.activation.segment.memberKey),
})

/** An override holds for all attempts of its run_key. */
const overridden = (request: RunRequest, control: Row): boolean =>
  request.overrideGuards || control['override_run_key'] === request.runKey

const quietMs = (_request: RunRequest, control: Row, _recovered: boolean): number => Number(control['quiet_ms'] ?? 0)

/** Step 2: nothing is sent while a request of an earlier run may still be applied. */
const quietTime = async ({ request, quietUntil }: LiveRun): Promise<void> => {
  const ms = Math.ceil(quietUntil - performance.now())
  if (ms <= 0) return
  request.log.info('quiet_time', {
    activation: request.activation.name,
    ms,
    message: `Waiting ${Math.ceil(ms / 1000)} s: a request of an earlier run of ${request.activation.name} got no answer and may still be applied.`,
  })
  await pause(ms, request.drain.signal)
  if (request.drain.signal.aborted) throw aborted(request)
}

const goOn = ({ request }: LiveRun): void => {
  if (request.drain.signal.aborted) throw aborted(request)
}

const aborted = ({ activation }: RunRequest): RunStopped =>
  new RunStopped(
    exits.aborted,
    'aborted',
    `The run of ${activation.name} was asked to end; the next run goes on from here.`,
  )

const readAgain = async ({ request, scope }: LiveRun): Promise<Row> => {
  const [control] = await request.warehouse.rows('control', readControl(scope))
  if (!control) throw new Error('The control row is gone')
  return control
}

/** What a delivery that was not wholly accepted means for the run. */
const stopAfter = ({ stop, accepted }: Delivery): RunStopped | null => {
  if (!stop || stop.exit === exits.aborted) return stop
  if (stop.exit === exits.tryAgain)
    return new RunStopped(exits.tryAgain, stop.code, stop.message, accepted > 0 ? 'partial' : 'failed')
  return stop
}

const outcome = ({ calls }: LiveRun, stop: RunStopped | null) => ({
  status: stop?.status ?? 'succeeded',
  ...calls.counts,
  errorCode: stop?.code ?? null,
  errorMessage: stop?.message ?? null,
})

/** The attempt ends without a settle: its row is written, the ledger stays as it was. */
const close = async (run: LiveRun, stop: RunStopped | null): Promise<void> => {
  const { request, scope, lease } = run
  if (stop?.code === 'lease_lost') return
  const facts = { ...runFacts(request), ...outcome(run, stop) }
  await lease.update('close', closeRun(scope, lease.hold, run.calls.quietMs()), [
    insertRun(scope, facts, noChange),
    logActivation(scope, activationFacts(request)),
  ])
}

const activationFacts = ({ activation }: RunRequest) => ({
  segment: activation.segment.name,
  destination: activation.destination.name,
  platform: activation.destination.type,
  accountId: activation.destination.accountId,
  audienceName: activation.audience.name,
  audienceDescription: activation.audience.description,
  fields: activation.fields.map((f) => `${f.field}: ${f.column}`).join(', '),
  schedule: activation.schedule,
  configHash: activation.configHash,
})

const answer = async (
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

export type { Hold }
