import { readControl } from '../../sql/control.ts'
import { countMoves, createScratchState } from '../../sql/plan.ts'
import { stateVersion } from '../../sql/state.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { audienceInStep, checkName, type KnownAudience } from './audience.ts'
import { configurationChange } from './changed.ts'
import { mappedColumns, type RunRequest, scopeOf } from './context.ts'
import { type Batch, cutDelta } from './cut.ts'
import { checkKeys, compareWithLedger, type DeltaContext, findDelta } from './delta.ts'
import { checkFormer, hasAudience } from './former.ts'
import { deltaGuards, type Guard, type Judgement, segmentGuards, sentences } from './guards.ts'
import { checkIdentity, knownAudience, ledgerIsEmpty, ledgerStanding } from './identity.ts'
import type { DeltaMeasures, SegmentMeasures } from './measures.ts'
import { muchRejected } from './rejected.ts'
import { probed } from './segment.ts'
import { severalRowsText } from './several-rows.ts'
import { copyAsCurrent, versionOf } from './state.ts'
import { type FormerState, formerOf } from './take-over.ts'

export type PlanRequest = Pick<
  RunRequest,
  | 'activation'
  | 'destination'
  | 'warehouse'
  | 'schema'
  | 'full'
  | 'retryRefused'
  | 'clockOffsetMs'
  | 'inFile'
  | 'secondAudience'
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
  readonly batches: readonly Batch[]
  /** Sentences of the guards that would stop the run, and of what explains them. */
  readonly guards: readonly string[]
  /** All guards, and how near each is. */
  readonly judged: readonly Guard[]
  /** What a run would warn of. */
  readonly warnings: readonly string[]
  /** What the run would take over first from the name that the activation had; null: nothing. */
  readonly takesOver: Pick<FormerState, 'name' | 'members'> | null
}
type Planned = Omit<Plan, 'takesOver'>

/** Ids of audiences have about so many characters; only the bytes of a request depend on it. */
const placeholderId = '0'.repeat(20)

/**
 * Steps 4 to 9 of a run on scratch tables: takes no lease, calls nobody, leaves nothing. Throws RunStopped where the run
 * could not even begin.
 */
export const planActivation = async (asked: PlanRequest, suffix: string): Promise<Plan> => {
  const request = await probed(asked)
  return request.warehouse.withScratch(() => planOnScratch(request, suffix))
}

const planOnScratch = async (request: PlanRequest, suffix: string): Promise<Plan> => {
  const { activation, warehouse, schema } = request
  const own = { warehouse, schema, suffix, scope: scopeOf(request, suffix, '0') }
  const takesOver = await formerOf(request)
  const state = takesOver ?? own
  const version = await versionOf(state)
  const stateless = takesOver !== null || version !== stateVersion
  const scope = scopeOf(request, suffix, '0', { dry: true, stateless })
  if (version === null) for (const statement of createScratchState(scope)) await warehouse.execute('state', statement)
  else if (stateless) await copyAsCurrent(state, scope, version)
  const control = version === null ? null : ((await warehouse.rows('control', readControl(scope)))[0] ?? null)
  const former = control !== null && hasAudience(control) ? null : await checkFormer(request)
  if (control) await checkIdentity(request, scope, control)
  const context: DeltaContext = {
    activation,
    scope,
    destination: request.destination,
    columns: mappedColumns(activation, request.destination),
    warehouse,
    ledgerIsEmpty: control === null || ledgerIsEmpty(control),
    full: request.full,
    retryRefused: request.retryRefused ?? false,
    dry: true,
  }
  const plan = await planDelta(request, context, control)
  const changed = control === null ? null : await configurationChange(request, scope, control)
  const before = [former, changed].filter((text) => text !== null)
  return { ...plan, takesOver, warnings: [...before, ...plan.warnings] }
}

const planDelta = async (request: PlanRequest, context: DeltaContext, control: Row | null): Promise<Planned> => {
  const { activation, full } = request
  const segment = await compareWithLedger(context)
  const { changed } = segment
  if (changed > 0) await checkKeys(context)
  const audience = knownAudience(control ?? {})
  const ofSegment = segmentGuards(activation, segment)
  if (audience.id !== null) checkName(request, audience.name ?? '')
  const before = { control, audience, segment, changed }
  if (changed === 0) {
    const audienceCalls = audienceCallsOf(request, audience, false)
    return {
      ...before,
      audienceCalls,
      delta: null,
      members: { entering: 0, leaving: 0 },
      batches: [],
      ...judgedBy([ofSegment]),
      warnings: [],
    }
  }
  const delta = await findDelta(context, segment)
  const [moves] = await context.warehouse.rows('plan', countMoves(context.scope))
  const standing = ledgerStanding(control ?? {}, full)
  const { batches } = await cutDelta(context, audience.id ?? placeholderId)
  return {
    ...before,
    audienceCalls: audienceCallsOf(request, audience, batches.length > 0),
    delta,
    members: { entering: Number(moves?.entering), leaving: Number(moves?.leaving) },
    batches,
    ...judgedBy([ofSegment, deltaGuards(activation, request.destination, delta, standing)]),
    warnings: [
      ...muchRejected(delta.fields, standing.firstSync || full).map(({ message }) => message),
      ...severalRowsText(activation, delta.severalRows),
    ],
  }
}

const judgedBy = (judgements: readonly Judgement[]): Pick<Plan, 'guards' | 'judged'> => {
  const all = { causes: judgements.flatMap((j) => j.causes), guards: judgements.flatMap((j) => j.guards) }
  return { guards: sentences(all), judged: all.guards }
}

const audienceCallsOf = (request: PlanRequest, known: KnownAudience, travels: boolean): Plan['audienceCalls'] => {
  if (known.id !== null) return audienceInStep(request, known) ? 'none' : 'update'
  if (!travels) return 'none'
  return known.intent === null ? 'create' : 'look_for'
}
