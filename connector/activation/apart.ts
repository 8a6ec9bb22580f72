import type { RefusedRow } from '../../sql/receipts.ts'
import type { CallResult, Trail } from '../http/call.ts'
import type { LogFields } from '../log.ts'
import type { PackedRow } from './bisect.ts'
import { mayHaveBeenApplied } from './calls.ts'
import { type Found, findCulprits, packedRows, sendRows, wordsOf } from './culprits.ts'
import type { Batch } from './cut.ts'
import type { DeliverContext } from './delivery-state.ts'
import { isTooLarge, type Split, sendSmaller } from './split.ts'
import type { Taken } from './taken.ts'

type NotDone = Exclude<CallResult<void>, { readonly kind: 'done' }>
type Refused = Extract<CallResult<void>, { readonly kind: 'refused' }>

/** How a batch ended. */
export interface Sent {
  /** The answer that counts, with the attempts of all requests of the batch. Null: its type is not taken, it was not sent. */
  readonly result: CallResult<void> | null
  /** What is not like the rest of the batch; row 0: the whole of it. */
  readonly refused: readonly RefusedRow[]
  /** Was anything of it accepted? */
  readonly accepted: boolean
  /**
   * After a refusal because of values: `culprits` are known and the rest was accepted, or the platform takes nothing of the
   * `type`, or `nothing` at all.
   */
  readonly blames: 'culprits' | 'type' | 'nothing' | null
  /** Rows of the largest request that was taken, where larger ones were not. */
  readonly mostRows?: number
}

/** A batch of a type of which the platform takes nothing: all of it is rejected. */
export const notTaken = ({ batchNo }: Batch, result: Sent['result']): Sent => ({
  result,
  refused: [{ batchNo, rowNo: 0, outcome: 'refused', reason: 'unsupported_by_platform' }],
  accepted: false,
  blames: 'type',
})

/**
 * Takes a batch apart that was refused, or that is known to be larger than the platform takes (`refused` is null then): sends
 * it in smaller requests, and finds the rows that are to blame, and in a row of several identifiers the ones among them;
 * everything else of the batch is sent on the way (design section 3, step 10).
 */
export const takeApart = async (
  context: DeliverContext,
  batch: Batch,
  refused: Refused | null,
  taken: Taken,
): Promise<Sent> => {
  const rows = await packedRows(context, batch)
  const told = { activation: context.request.activation.name, batch_no: batch.batchNo, rows: rows.length }
  const sender = senderOf(context, batch, refused)
  const parts = await sendParts(context, batch, refused, { rows, taken, send: sender.send, told })
  const search = { batch, rows, send: sender.send, accepted: sender.so().accepted }
  const found = parts.failure === null ? await findCulprits(context, search, parts.refused) : nobody
  const last = parts.refused.at(-1)?.because ?? parts.done ?? parts.failure ?? refused
  if (last === null) throw new Error('A batch has a row at least')
  const sent = assemble(context, batch, found, { ...sender.so(), last, failure: parts.failure }, taken)
  return parts.mostRows === null ? sent : { ...sent, mostRows: parts.mostRows }
}

const nobody: Found = { culprits: [], failure: null, everything: false }

interface Sending {
  readonly rows: readonly PackedRow[]
  readonly taken: Taken
  readonly send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>
  readonly told: LogFields
}

/** What of the batch is refused because of values, after all of it was sent, in smaller requests where it is too large. */
const sendParts = async (
  { request: { log } }: DeliverContext,
  batch: Batch,
  refused: Refused | null,
  { rows, taken, send, told }: Sending,
): Promise<Split> => {
  const none = { done: null, refused: [], failure: null, mostRows: null }
  if (refused !== null && !isTooLarge(refused)) {
    log.info('bisect', told)
    return { ...none, refused: [{ from: 0, to: rows.length, because: refused }] }
  }
  // A member cannot be cut.
  if (refused !== null && rows.length === 1) return { ...none, failure: refused }
  const most = refused === null ? taken.mostRows : Math.min(taken.mostRows, Math.ceil(batch.rows / 2))
  log.info('smaller_requests', { ...told, most })
  return sendSmaller(rows, { most, tooLarge: refused === null ? Number.POSITIVE_INFINITY : batch.rows }, send)
}

/** Sends rows of a batch and keeps what counts of all its requests. */
const senderOf = (context: DeliverContext, batch: Batch, refused: Refused | null) => {
  let { attempts, firstStartedAt, unanswered } = refused ?? { attempts: 0, firstStartedAt: null, unanswered: false }
  let accepted = false
  return {
    send: async (some: readonly PackedRow[]): Promise<CallResult<void>> => {
      const rowCount = some.reduce((sum, row) => sum + row.rows, 0)
      const result = await sendRows(context, batch, some.map(({ body }) => body).join(','), rowCount)
      attempts += result.attempts
      accepted ||= result.kind === 'done'
      unanswered ||= result.unanswered
      firstStartedAt ??= result.firstStartedAt
      return result
    },
    so: () => ({ trail: { attempts, firstStartedAt, unanswered }, accepted }),
  }
}

interface Outcome {
  /** Of all requests of the batch. */
  readonly trail: Pick<Trail, 'attempts' | 'firstStartedAt' | 'unanswered'>
  readonly accepted: boolean
  readonly last: CallResult<void>
  readonly failure: NotDone | null
}

/** What the parts of a batch came to, as one. */
const assemble = (context: DeliverContext, batch: Batch, found: Found, so: Outcome, taken: Taken): Sent => {
  const { accepted, last, trail } = so
  const failure = so.failure ?? found.failure
  const ofSize = failure !== null && isOfSize(failure) && !accepted && !taken.takesAnything()
  const everything = found.everything || ofSize
  const result = { ...(failure ?? last), ...trail }
  if (failure === null && !accepted && isOfType(context, batch, { ...found, last }, taken))
    return notTaken(batch, result)
  const whole =
    result.kind !== 'done' && (failure !== null || everything) ? [restOf(context, batch, result, accepted)] : []
  const blamed = result.kind !== 'done' && failure === null ? 'culprits' : null
  return { result, refused: [...found.culprits, ...whole], accepted, blames: everything ? 'nothing' : blamed }
}

const isOfSize = (failure: NotDone): boolean => failure.kind === 'refused' && isTooLarge(failure)

/**
 * Is it the type that is refused, and not the values or whatever is sent? Only types that the platform may not know can be,
 * and only where it says so or takes another type.
 */
const isOfType = (
  { request }: DeliverContext,
  { type, op, identifiers }: Batch,
  { everything, culprits, last }: Pick<Found, 'everything' | 'culprits'> & Pick<Outcome, 'last'>,
  taken: Taken,
): boolean => {
  if (type === null || op !== 'add' || last.kind !== 'refused' || taken.takesOf(type)) return false
  const unlisted = Object.values(request.destination.fields).some(({ sha512Type }) => sha512Type === type)
  const saysSo = last.fault.next === 'refused' && last.fault.unknownType === true
  return unlisted && (everything ? saysSo || taken.takesAnything() : saysSo && culprits.length === identifiers)
}

/** What became of the rows of which nothing is known one by one. */
const restOf = ({ request }: DeliverContext, { batchNo }: Batch, because: NotDone, accepted: boolean): RefusedRow => {
  const untouched = !accepted && request.destination.atomic && !mayHaveBeenApplied(because)
  return { batchNo, rowNo: 0, outcome: untouched ? 'unsent' : 'uncertain', reason: wordsOf(because) }
}
