import { beginRun, storeMark } from '../../sql/control.ts'
import { logActivation } from '../../sql/runs.ts'
import { counted } from '../plural.ts'
import type { Row } from '../warehouse/warehouse.ts'
import {
  answer,
  beginning,
  close,
  closeUnchanged,
  finishedBefore,
  inherit,
  type LiveRun,
  outcome,
  overridden,
  prepareState,
  type RunEnd,
  readAgain,
  stopAfter,
  takeLease,
} from './attempt.ts'
import { audienceInStep, ensureAudience } from './audience.ts'
import { createCalls } from './calls.ts'
import { activationFacts, mappedColumns, type RunRequest, scopeOf } from './context.ts'
import { cutDelta } from './cut.ts'
import { deliver } from './deliver.ts'
import { checkKeys, compareWithLedger, type DeltaContext, findDelta } from './delta.ts'
import { deltaGuards, enforceGuards, segmentGuards, shrinking } from './guards.ts'
import { checkIdentity, knownAudience, ledgerIsEmpty, ledgerStanding } from './identity.ts'
import type { DeltaMeasures } from './measures.ts'
import type { Held } from './migrate.ts'
import { pause } from './pause.ts'
import { recover, runFacts } from './recover.ts'
import { muchRejected, type RejectedField } from './rejected.ts'
import { dropOldRunTables, dropRunTables } from './run-tables.ts'
import { probed } from './segment.ts'
import { isSmooth, settleDelta } from './settle.ts'
import { severalRowsText } from './several-rows.ts'
import { exits, RunStopped } from './stop.ts'
import { stopOf } from './stop-of.ts'
import { type ActivationResult, summaryWithoutRow } from './summary.ts'

/** Runs one activation, as section 3 of the design says. Throws nothing: however it ends, there is a summary and an exit code. */
export const runActivation = async (asked: RunRequest, suffix: string): Promise<ActivationResult> => {
  const startedAt = performance.now()
  try {
    const request = await probed(asked)
    const version = await prepareState(request, suffix)
    const stored = await finishedBefore(request, suffix)
    if (stored) return stored
    const held = await takeLease(request, suffix, version)
    try {
      return await runUnderLease(request, held, suffix)
    } catch (error) {
      throw await held.lease.reasonOf(error)
    } finally {
      await held.lease.release()
    }
  } catch (error) {
    const stop = stopOf(error)
    return {
      summary: summaryWithoutRow(asked.activation.name, asked.runId, startedAt, stop, asked.counts?.apiCalls),
      exit: stop.exit,
      unchanged: false,
    }
  }
}

/** Steps 2 to 11 under the lease; whatever stops them closes the attempt with its reason. */
const runUnderLease = async (request: RunRequest, taken: Held, suffix: string): Promise<ActivationResult> => {
  const held = await inherit(request, taken, suffix)
  const { lease, control } = held
  const scope = scopeOf(request, suffix, lease.hold.fence)
  const calls = createCalls(request, lease)
  await checkIdentity(request, scope, control)
  await recover(request, held, suffix)
  await dropOldRunTables({ ...request, scope }, lease, suffix)
  const startedAt = performance.now()
  await lease.update('begin', beginRun(scope, lease.hold, beginning(request, control)))
  const run: LiveRun = {
    request,
    scope,
    lease,
    calls,
    startedAt,
    quietUntil: performance.now() + Number(control.quiet_ms),
    unsettled: false,
  }
  const end = await endOf(run)
  return answer(run, end.stop, end.unchanged)
}

/**
 * Closes the attempt when a step fails. Except where something may have been sent that is not settled: then the attempt
 * stays open with its delta, as after a crash, and the next run settles it with the receipts there are.
 */
const endOf = async (run: LiveRun): Promise<RunEnd> => {
  try {
    return await steps(run)
  } catch (error) {
    if (run.unsettled) throw error
    const stop = stopOf(error)
    await close(run, stop)
    return { stop, unchanged: false }
  } finally {
    if (!run.unsettled) await dropRunTables(run.request, run.scope)
  }
}

/** Steps 4 to 11. */
const steps = async (run: LiveRun): Promise<RunEnd> => {
  const { request, lease, scope } = run
  const { activation, progress } = request
  const control = await readAgain(run)
  const context: DeltaContext = {
    activation,
    scope,
    destination: request.destination,
    columns: mappedColumns(activation, request.destination),
    warehouse: request.warehouse,
    ledgerIsEmpty: ledgerIsEmpty(control),
    full: request.full,
    retryRefused: request.retryRefused ?? false,
    dry: false,
  }
  const known = knownAudience(control)

  const found = await request.warehouse.withScratch(() => deltaOf(run, context, control))
  const { delta } = found
  if (delta === null) {
    await closeUnchanged(run, found.nullKeys)
    return { stop: null, unchanged: true }
  }
  const small = shrinking(activation, request.destination, delta, ledgerStanding(control, request.full))
  if (small !== null) request.log.warn('shrinking', { activation: activation.name, message: small })

  goOn(run)
  const travels = (delta.rows.add?.identifiers ?? 0) + (delta.rows.remove?.identifiers ?? 0) > 0
  await quietTime(run)
  const audienceId = travels || known.id !== null ? await ensureAudience(run, known) : ''
  const { batches, packing } = await request.warehouse.withScratch(() => cutDelta(context, audienceId))

  progress.step(`Sending ${counted(batches.length, 'batch', 'batches')}`)
  run.unsettled = true
  await lease.update('mark', storeMark(scope, lease.hold, 0, request.leaseSeconds * 1000), [
    logActivation(scope, activationFacts(request)),
  ])
  const delivery = await deliver({ ...run, audienceId, packing }, batches)

  progress.step('Settling')
  const stop = stopAfter(delivery)
  if (stop && delivery.nothingToSettle) {
    run.unsettled = false
    throw stop
  }
  await settleDelta(request, lease, {
    scope,
    openFence: lease.hold.fence,
    quietMs: run.calls.quietMs(),
    highestStarted: delivery.highestStarted,
    smooth: isSmooth(delivery, delta),
    tookMs: () => performance.now() - run.startedAt,
    run: { ...runFacts(request), ...outcome(run, stop) },
  })
  run.unsettled = false
  return { stop, unchanged: false }
}

/** Steps 4 to 7. `delta`: null where nothing is to do. */
const deltaOf = async (
  run: LiveRun,
  context: DeltaContext,
  control: Row,
): Promise<{ readonly delta: DeltaMeasures | null; readonly nullKeys: number }> => {
  const { request } = run
  const { activation, progress } = request
  const known = knownAudience(control)
  progress.step('Comparing the segment with the ledger')
  const segment = await compareWithLedger(context)
  const passes = overridden(request, control)
  enforceGuards(activation, segmentGuards(activation, segment), passes, request.overrideCommand)
  if (segment.changed === 0 && (known.id === null || audienceInStep(request, known))) return { ...segment, delta: null }

  progress.step(`Working out the delta of ${counted(segment.changed, 'changed member')}`)
  await checkKeys(context)
  goOn(run)
  const delta = await findDelta(context, segment)
  sayRepeated(request, delta.severalRows)
  const standing = ledgerStanding(control, request.full)
  for (const rejected of muchRejected(delta.fields, standing.firstSync || standing.full)) sayRejected(request, rejected)
  const judgement = deltaGuards(activation, request.destination, delta, standing)
  enforceGuards(activation, judgement, passes, request.overrideCommand)
  return { ...segment, delta }
}

const sayRepeated = ({ activation, log }: RunRequest, members: number): void => {
  for (const text of severalRowsText(activation, members))
    log.warn('several_rows', { activation: activation.name, members, message: `${activation.name}: ${text}` })
}

const sayRejected = ({ activation: { name }, log }: RunRequest, of: RejectedField): void => {
  const { field, reason, checked, rejected, share, message } = of
  log.warn('rejected_values', {
    activation: name,
    field,
    reason,
    checked,
    rejected,
    share,
    message: `${name}: ${message}`,
  })
}

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
