import { readControl } from '../../sql/control.ts'
import { countHolds, countMoves, createScratchState } from '../../sql/plan.ts'
import { stateVersion } from '../../sql/state.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { audienceInStep, checkName, type KnownAudience } from './audience.ts'
import { mappedColumns, type RunRequest, scopeOf } from './context.ts'
import { type Batch, cutDelta } from './cut.ts'
import { checkKeys, compareWithLedger, type DeltaContext, findDelta } from './delta.ts'
import { type DeltaMeasures, deltaGuards, type SegmentMeasures, segmentGuards } from './guards.ts'
import { checkIdentity, knownAudience, ledgerIsEmpty, ledgerStanding } from './identity.ts'
import { probeSegment } from './segment.ts'
import { copyAsCurrent, versionOf } from './state.ts'

export type PlanRequest = Pick<
  RunRequest,
  'activation' | 'destination' | 'warehouse' | 'schema' | 'full' | 'clockOffsetMs'
>

/** What a run would do now, as far as the warehouse alone can tell. */
export interface Plan {
  readonly control: Row | null
  readonly audience: KnownAudience
  readonly audienceCalls: 'none' | 'create' | 'look_for' | 'update'
  readonly segment: SegmentMeasures
  readonly changed: number
  /** Null where nothing changed: then there is no delta to measure. */
  readonly delta: DeltaMeasures | null
  readonly members: { readonly entering: number; readonly leaving: number }
  /** Wanted and not sent, by reason. */
  readonly holds: Readonly<Record<string, number>>
  readonly batches: readonly Batch[]
  /** Sentences of the guards that would stop the run. */
  readonly guards: readonly string[]
}

/** Ids of audiences have about so many characters; only the bytes of a request depend on it. */
const placeholderId = '0'.repeat(20)

/**
 * Steps 4 to 9 of a run on scratch tables: takes no lease, calls nobody, leaves nothing. Throws RunStopped where the run
 * could not even begin.
 */
export const planActivation = async (request: PlanRequest, suffix: string): Promise<Plan> => {
  await probeSegment(request)
  return request.warehouse.withScratch(() => planOnScratch(request, suffix))
}

const planOnScratch = async (request: PlanRequest, suffix: string): Promise<Plan> => {
  const { activation, warehouse, schema } = request
  const state = { warehouse, schema, suffix, scope: scopeOf(request, suffix, '0') }
  const version = await versionOf(state)
  const scope = scopeOf(request, suffix, '0', { dry: true, stateless: version !== stateVersion })
  if (version === null) for (const statement of createScratchState(scope)) await warehouse.execute('state', statement)
  else if (version < stateVersion) await copyAsCurrent(state, scope, version)
  const control = version === null ? null : ((await warehouse.rows('control', readControl(scope)))[0] ?? null)
  if (control) await checkIdentity(request, scope, control)
  const context: DeltaContext = {
    activation,
    scope,
    destination: request.destination,
    columns: mappedColumns(activation, request.destination),
    warehouse,
    ledgerIsEmpty: control === null || ledgerIsEmpty(control),
    full: request.full,
    dry: true,
  }
  return planDelta(request, context, control)
}

const planDelta = async (request: PlanRequest, context: DeltaContext, control: Row | null): Promise<Plan> => {
  const { activation, full } = request
  const segment = await compareWithLedger(context)
  const { changed } = segment
  if (changed > 0) await checkKeys(context)
  const audience = knownAudience(control ?? {})
  const guards = segmentGuards(activation, segment)
  if (audience.id !== null) checkName(request, audience.name ?? '')
  const before = { control, audience, segment, changed }
  if (changed === 0) {
    const audienceCalls = audienceCallsOf(request, audience, false)
    return {
      ...before,
      audienceCalls,
      delta: null,
      members: { entering: 0, leaving: 0 },
      holds: {},
      batches: [],
      guards,
    }
  }
  const delta = await findDelta(context, segment)
  const [moves] = await context.warehouse.rows('plan', countMoves(context.scope))
  const holds = await context.warehouse.rows('plan', countHolds(context.scope))
  const { batches } = await cutDelta(context, audience.id ?? placeholderId)
  return {
    ...before,
    audienceCalls: audienceCallsOf(request, audience, batches.length > 0),
    delta,
    members: { entering: Number(moves?.entering), leaving: Number(moves?.leaving) },
    holds: Object.fromEntries(holds.map((row) => [row.reason ?? '', Number(row.identifiers)])),
    batches,
    guards: [...guards, ...deltaGuards(activation, request.destination, delta, ledgerStanding(control ?? {}, full))],
  }
}

const audienceCallsOf = (request: PlanRequest, known: KnownAudience, travels: boolean): Plan['audienceCalls'] => {
  if (known.id !== null) return audienceInStep(request, known) ? 'none' : 'update'
  if (!travels) return 'none'
  return known.intent === null ? 'create' : 'look_for'
}
