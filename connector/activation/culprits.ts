import type { Packing } from '../../sql/arrivals.ts'
import { listIdentifiers, packRows } from '../../sql/bodies.ts'
import type { RefusedRow } from '../../sql/receipts.ts'
import type { CallResult, Trail } from '../http/call.ts'
import { bisect, type PackedRow } from './bisect.ts'
import { mayHaveBeenApplied } from './calls.ts'
import type { Batch } from './cut.ts'
import type { DeliverContext } from './delivery-state.ts'
import { rangeOf } from './pages.ts'
import { isTooLarge, type RefusedPart, sendSmaller } from './split.ts'
import { exits, RunStopped } from './stop.ts'

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

export const sendRows = (
  { calls, request, audienceId, packing }: DeliverContext,
  batch: Batch,
  rows: string,
  rowCount: number,
): Promise<CallResult<void>> =>
  calls.send(request.account.send({ op: batch.op, audienceId, types: typesOf(packing, batch), rows, rowCount }))

const typesOf = ({ types }: Packing, { type }: Batch): readonly string[] => (type === null ? types : [type])

/**
 * Takes a batch apart that was refused, or that is known to be larger than the platform takes (`refused` is null then): sends
 * it in smaller requests, and finds the rows that are to blame, and in a row of several identifiers the ones among them;
 * everything else of the batch is sent on the way (design section 3, step 10). `mostRows`: what a request may have.
 */
export const takeApart = async (
  context: DeliverContext,
  batch: Batch,
  refused: Refused | null,
  mostRows: number,
): Promise<Sent> => {
  const { request } = context
  const rows = await packedRows(context, batch)
  const told = { activation: request.activation.name, batch_no: batch.batchNo, rows: rows.length }
  const sender = senderOf(context, batch, refused)
  if (refused !== null && !isTooLarge(refused)) {
    request.log.info('bisect', told)
    const found = await findCulprits(context, batch, { from: 0, to: rows.length, because: refused }, rows, sender.send)
    return assemble(context, batch, [found], { ...sender.so(), last: refused, failure: null, nothing: false })
  }
  const most = refused === null ? mostRows : Math.min(mostRows, Math.ceil(batch.rows / 2))
  request.log.info('smaller_requests', { ...told, most })
  const split = await sendSmaller(rows, most, sender.send)
  const found: Found[] = []
  for (const part of split.refused) {
    if (split.failure !== null || split.nothing) break
    found.push(await findCulprits(context, batch, part, rows, sender.send))
  }
  const last = split.refused.at(-1)?.because ?? split.done ?? refused
  if (last === null) throw new Error('A batch has a row at least')
  const { failure, nothing } = split
  const sent = assemble(context, batch, found, { ...sender.so(), last, failure, nothing })
  return split.mostRows === 0 ? sent : { ...sent, mostRows: split.mostRows }
}

/** Sends rows of a batch and counts the attempts. */
const senderOf = (context: DeliverContext, batch: Batch, refused: Refused | null) => {
  let attempts = refused?.attempts ?? 0
  let accepted = false
  let firstStartedAt = refused?.firstStartedAt ?? null
  return {
    send: async (some: readonly PackedRow[]): Promise<CallResult<void>> => {
      const rowCount = some.reduce((sum, row) => sum + row.rows, 0)
      const result = await sendRows(context, batch, some.map(({ body }) => body).join(','), rowCount)
      attempts += result.attempts
      accepted ||= result.kind === 'done'
      firstStartedAt ??= result.firstStartedAt
      return result
    },
    so: () => ({ attempts, accepted, firstStartedAt }),
  }
}

/** Who is to blame among some rows. */
interface Found {
  readonly culprits: readonly RefusedRow[]
  /** An answer that says nothing about values, or a refusal beyond the bound. */
  readonly failure: NotDone | null
  readonly everything: boolean
}

const findCulprits = async (
  context: DeliverContext,
  batch: Batch,
  { from, to, because }: RefusedPart,
  all: readonly PackedRow[],
  send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>,
): Promise<Found> => {
  const rows = all.slice(from, to)
  const found = isTooLarge(because)
    ? { culprits: [{ rowNo: 1, because }], because: null, everything: false }
    : await bisect(rows, because, send)
  const culprits: RefusedRow[] = []
  let failure = found.because
  for (const { rowNo, ...culprit } of found.culprits) {
    const blamed = await blame(context, batch, { ...culprit, rowNo: from + rowNo, row: rows[rowNo - 1], send })
    culprits.push(...blamed.rows)
    failure ??= blamed.failure
    // Beyond the bound culprits are still culprits; after any other answer no request more is made.
    if (failure !== null && failure.kind !== 'refused') break
  }
  return { culprits, failure, everything: found.everything }
}

interface Outcome extends Pick<Trail, 'attempts' | 'firstStartedAt'> {
  readonly accepted: boolean
  readonly last: CallResult<void>
  readonly failure: NotDone | null
  readonly nothing: boolean
}

/** What the parts of a batch came to, as one. */
const assemble = (context: DeliverContext, batch: Batch, found: readonly Found[], so: Outcome): Sent => {
  const { attempts, firstStartedAt, accepted } = so
  const culprits = found.flatMap((part) => part.culprits)
  const failure = so.failure ?? found.find((part) => part.failure !== null)?.failure ?? null
  const everything = so.nothing || (found.length > 0 && !accepted && found.every((part) => part.everything))
  const result = { ...(failure ?? so.last), attempts, firstStartedAt }
  const none = failure === null && !accepted && (everything || culprits.length === batch.identifiers)
  if (none && mayBeUnsupported(context, batch)) return notTaken(batch, result)
  const rest = failure ?? so.last
  const whole = rest.kind !== 'done' && (failure !== null || everything) ? [restOf(context, batch, rest, accepted)] : []
  const blamed = found.length > 0 && failure === null ? 'culprits' : null
  return { result, refused: [...culprits, ...whole], accepted, blames: everything ? 'nothing' : blamed }
}

/** Is the batch of a type that the platform may not know at all? */
const mayBeUnsupported = ({ request }: DeliverContext, { type }: Batch): boolean =>
  Object.values(request.destination.fields).some(({ sha512Type }) => sha512Type !== undefined && sha512Type === type)

const packedRows = async ({ request, scope, packing }: DeliverContext, batch: Batch): Promise<readonly PackedRow[]> => {
  const [packed] = await request.warehouse.rows('pack', packRows(scope, packing, rangeOf([batch])))
  const lines = (column: string): readonly string[] => packed?.[column]?.split('\n') ?? []
  const [bodies, counts, identifiers] = [lines('body'), lines('request_rows'), lines('identifiers')]
  const rows = bodies.map((body, i) => ({ body, rows: Number(counts[i]), identifiers: Number(identifiers[i]) }))
  const sum = rows.reduce((total, row) => total + row.rows, 0)
  if (rows.length !== batch.members || sum !== batch.rows) throw rowsMissing(request.activation.name, batch, sum)
  return rows
}

/** Throwing it leaves the batch without a receipt: what it may have done is uncertain. */
export const rowsMissing = (activation: string, batch: Batch, got: number): RunStopped =>
  new RunStopped(
    exits.bug,
    'rows_missing',
    `Batch ${batch.batchNo} of ${activation} has ${batch.rows} rows, but the warehouse gave ${got}; they were not sent. Please report this.`,
  )

interface Culprit {
  readonly rowNo: number
  readonly because: Refused
  readonly row: PackedRow | undefined
  readonly send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>
}

/**
 * The row, or those of its identifiers that are refused when they are sent alone. `failure`: an answer that says nothing
 * about values, after which nobody is blamed.
 */
const blame = async (
  { request, scope, packing }: DeliverContext,
  { batchNo }: Batch,
  { rowNo, because, row, send }: Culprit,
): Promise<{ readonly rows: readonly RefusedRow[]; readonly failure: NotDone | null }> => {
  const refusal = { batchNo, rowNo, outcome: 'refused', reason: wordsOf(because) } as const
  if (row === undefined || row.identifiers === 1) return { rows: [refusal], failure: null }
  const blamed: RefusedRow[] = []
  for (const identifier of await request.warehouse.rows('pack', listIdentifiers(scope, batchNo, rowNo))) {
    const { field, digest } = { field: identifier.field ?? '', digest: identifier.digest ?? '' }
    const result = await send([{ body: rowOf(packing, field, digest), rows: 1, identifiers: 1 }])
    if (result.kind === 'refused') blamed.push({ ...refusal, reason: wordsOf(result), identifier: { field, digest } })
    else if (result.kind !== 'done') return { rows: blamed, failure: result }
  }
  return { rows: blamed, failure: null }
}

const rowOf = ({ layout, types }: Packing, field: string, digest: string): string => {
  const { row, value, blank } = layout
  const type = layout.types[field]
  if (!type) throw new Error(`The layout has no identifier type ${field}`)
  const cell = [type.open, value.open, digest, value.close, type.close].join('')
  const cells = blank === undefined ? [cell] : types.map((place) => (place === field ? cell : blank))
  return row.open + cells.join(',') + row.close
}

/** What became of the rows of which nothing is known one by one. */
const restOf = ({ request }: DeliverContext, { batchNo }: Batch, because: NotDone, accepted: boolean): RefusedRow => {
  const untouched = !accepted && request.destination.atomic && !mayHaveBeenApplied(because)
  return { batchNo, rowNo: 0, outcome: untouched ? 'unsent' : 'uncertain', reason: wordsOf(because) }
}

/** The platform's code and words, for rejections. */
const wordsOf = (result: NotDone): string => {
  if (!('fault' in result)) return result.because
  const { code, said } = result.fault
  return said === undefined ? code : `${code}: ${said}`
}
