import type { Plan } from '../activation/plan.ts'
import type { Activation } from '../config/activation.ts'
import { type Destination, fieldsByType } from '../destination/destination.ts'
import { people } from '../plural.ts'
import type { RecordedStatement } from './recorder.ts'

/** One activation of `tidemark.plan/1`. */
export interface PlannedActivation {
  readonly activation: string
  /** What a run would come to. `in_step`: it would find nothing to do. */
  readonly outcome: 'to_sync' | 'in_step' | 'guarded'
  readonly audience: {
    readonly id: string | null
    readonly name: string
    /** What a run would do about the audience itself. */
    readonly call: Plan['audienceCalls']
  }
  /** What the run would take over first from the name that the activation had (`renamed_from`); null: nothing. */
  readonly takes_over: { readonly activation: string; readonly members: number } | null
  readonly first_sync: boolean
  readonly full: boolean
  readonly segment_rows: number
  readonly changed_members: number
  readonly segment_members: number
  readonly reachable_members: number
  readonly members_added: number
  readonly members_removed: number
  readonly identifiers_added: number
  readonly identifiers_resent: number
  readonly identifiers_removed: number
  readonly identifiers_kept: number
  readonly identifiers_held: number
  readonly identifiers_rejected: number
  /** By reason; those held are among them. */
  readonly rejections: Readonly<Record<string, number>>
  /** Sentences of those that would stop a run, after those for what explains them. */
  readonly guards: readonly string[]
  readonly guard_values: readonly GuardValue[]
  /** What a run would warn of: fields of which more than a tenth is rejected. */
  readonly warnings: readonly string[]
  readonly requests: readonly PlannedRequests[]
  readonly batches: number
  /** Every request, those about the audience too, when none is repeated. */
  readonly api_calls: number
  readonly bytes: number
  /** The least time they take under the rate limit. */
  readonly seconds: number
  /** How long the run waits first, because a request of an earlier run got no answer. */
  readonly quiet_ms: number
  readonly notes: readonly string[]
  readonly statements?: readonly RecordedStatement[]
  readonly error: null
}

/** One guard and how near it is; `field` where it looks at each field by itself. */
export interface GuardValue {
  readonly guard: string
  readonly field: string | null
  readonly value: number
  readonly limit: number
  readonly trips: boolean
}

/** Requests of one operation, and of one field where a request is of one field. */
export interface PlannedRequests {
  readonly op: 'add' | 'remove'
  /** As users map it; null: all fields in one request. */
  readonly field: string | null
  readonly requests: number
  readonly members: number
  readonly identifiers: number
  readonly rows: number
  readonly bytes: number
}

/** The gate keeps starts this much further apart than the rate says. */
const spread = 1.03

export const planDocument = (
  activation: Activation,
  destination: Destination,
  full: boolean,
  plan: Plan,
): PlannedActivation => {
  const { control, delta, audience, takesOver: former } = plan
  const requests = requestsOf(plan, destination, activation.destination)
  const rejections = merged(delta?.rejections ?? {}, delta?.holds ?? {})
  const add = delta?.rows.add
  const apiCalls = plan.batches.length + callsOf(plan.audienceCalls, destination)
  const interval = spread / activation.destination.requestsPerSecond
  return {
    activation: activation.name,
    outcome: outcomeOf(plan),
    audience: { id: audience.id, name: activation.audience.name, call: plan.audienceCalls },
    takes_over: former === null ? null : { activation: former.name, members: former.members },
    first_sync: control?.first_synced_at == null,
    full,
    segment_rows: plan.segment.rows,
    changed_members: plan.changed,
    segment_members: Number(control?.segment_members ?? 0) + (delta?.segmentMembersChange ?? 0),
    reachable_members: Number(control?.reachable_members ?? 0) + (delta?.reachableMembersChange ?? 0),
    members_added: plan.members.entering,
    members_removed: plan.members.leaving,
    identifiers_added: (add?.identifiers ?? 0) - (add?.confirmedBefore ?? 0),
    identifiers_resent: add?.confirmedBefore ?? 0,
    identifiers_removed: delta?.rows.remove?.identifiers ?? 0,
    identifiers_kept: delta?.rows.keep?.identifiers ?? 0,
    identifiers_held: delta?.rows.hold?.identifiers ?? 0,
    identifiers_rejected: Object.values(rejections).reduce((sum, n) => sum + n, 0),
    rejections,
    guards: plan.guards,
    guard_values: plan.judged.map(({ setting, field, value, limit, trips }) => ({
      guard: setting,
      field,
      value,
      limit,
      trips,
    })),
    warnings: plan.warnings,
    requests,
    batches: plan.batches.length,
    api_calls: apiCalls,
    bytes: requests.reduce((sum, r) => sum + r.bytes, 0),
    seconds: Math.round(Math.max(0, apiCalls - 1) * interval * 10) / 10,
    quiet_ms: apiCalls === 0 ? 0 : Number(control?.quiet_ms ?? 0),
    notes: notesOf(plan, activation),
    error: null,
  }
}

/** What an earlier run left open is settled by the next one, also where the segment is as it was. */
const outcomeOf = ({ guards, changed, audienceCalls, control }: Plan): PlannedActivation['outcome'] => {
  if (guards.length > 0) return 'guarded'
  return changed === 0 && audienceCalls === 'none' && control?.run_open !== 'true' ? 'in_step' : 'to_sync'
}

/** One of each; a search may take more where accounts have more than a page of audiences. */
const callsOf = (calls: Plan['audienceCalls'], { audience }: Destination): number => {
  if (calls === 'none') return 0
  return calls === 'create' && audience.allowsTwins ? 2 : 1
}

const merged = (...counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> => {
  const sum: Record<string, number> = {}
  for (const [reason, n] of counts.flatMap(Object.entries<number>)) sum[reason] = (sum[reason] ?? 0) + n
  return sum
}

const requestsOf = (
  { batches }: Plan,
  destination: Destination,
  { request }: Activation['destination'],
): readonly PlannedRequests[] => {
  const fieldOf = fieldsByType(destination)
  const { envelopeBytes } = destination.layout('', request)
  return [...Map.groupBy(batches, ({ op, type }) => `${op}/${type}`).values()].map((same) => {
    const sum = (of: (batch: Plan['batches'][number]) => number): number => same.reduce((n, batch) => n + of(batch), 0)
    return {
      op: same[0]?.op ?? 'add',
      field: same[0]?.type == null ? null : (fieldOf[same[0].type] ?? same[0].type),
      requests: same.length,
      members: sum((b) => b.members),
      identifiers: sum((b) => b.identifiers),
      rows: sum((b) => b.rows),
      bytes: sum((b) => b.bytes + envelopeBytes),
    }
  })
}

/** What the figures do not say. */
const notesOf = (
  { control, audienceCalls, takesOver: former }: Plan,
  { renamedFrom }: Activation,
): readonly string[] => {
  const notes: string[] = []
  if (renamedFrom !== undefined && former === null) notes.push(nothingToTakeOver(renamedFrom))
  if (control?.run_open === 'true')
    notes.push(
      'An earlier run did not come to its end: the next run settles what it had sent first, so less may be left to send.',
    )
  if (audienceCalls === 'look_for')
    notes.push('The answer to the creation of the audience was lost: the next run looks whether it came to be.')
  return notes
}

export const takesOver = (members: number, former: string): string => `takes over ${people(members)} from ${former}`

export const nothingToTakeOver = (former: string): string =>
  `\`renamed_from: ${former}\` has nothing to take over and can be taken out of the file.`
