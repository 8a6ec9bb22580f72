import { listIdentifiers, packRows } from '../../sql/bodies.ts'
import type { RefusedRow } from '../../sql/receipts.ts'
import type { Packing } from '../../sql/units.ts'
import type { CallResult } from '../http/call.ts'
import { counted } from '../plural.ts'
import { bisect, type PackedRow, type RefusedPart } from './bisect.ts'
import type { Batch } from './cut.ts'
import type { DeliverContext } from './delivery-state.ts'
import { rangeOf } from './pages.ts'
import { isTooLarge } from './split.ts'
import { exits, RunStopped } from './stop.ts'

type NotDone = Exclude<CallResult<void>, { readonly kind: 'done' }>
type Refused = Extract<CallResult<void>, { readonly kind: 'refused' }>

export const sendRows = (
  { calls, request, audienceId, packing }: DeliverContext,
  batch: Batch,
  rows: string,
  rowCount: number,
): Promise<CallResult<void>> =>
  calls.send(request.account.send({ op: batch.op, audienceId, types: typesOf(packing, batch), rows, rowCount }))

const typesOf = ({ types }: Packing, { type }: Batch): readonly string[] => (type === null ? types : [type])

/** Who is to blame among some rows. */
export interface Found {
  readonly culprits: readonly RefusedRow[]
  /** An answer that says nothing about values, or a refusal beyond the bound. */
  readonly failure: NotDone | null
  readonly everything: boolean
}

/** A batch of which something was refused. */
export interface Search {
  readonly batch: Batch
  readonly rows: readonly PackedRow[]
  readonly send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>
  /** Something of it was accepted. */
  readonly accepted: boolean
}

/** Finds who is to blame among the rows that were refused, and has the others of them accepted. */
export const findCulprits = async (
  context: DeliverContext,
  { batch, rows, send, accepted }: Search,
  refused: readonly RefusedPart[],
): Promise<Found> => {
  const ofValues = refused.filter(({ because }) => !isTooLarge(because))
  const found =
    ofValues.length === 0
      ? { culprits: [], because: null, everything: false }
      : await bisect(rows, ofValues, accepted, send)
  if (found.everything) return { culprits: [], failure: null, everything: true }
  const tooLarge = refused.filter(({ because }) => isTooLarge(because))
  const alone = tooLarge.map(({ from, because }) => ({ rowNo: from + 1, because }))
  const culprits: RefusedRow[] = []
  let failure = found.because
  for (const culprit of [...found.culprits, ...(failure === null ? alone : [])]) {
    const blamed = await blame(context, batch, { ...culprit, row: rows[culprit.rowNo - 1], send })
    culprits.push(...blamed.rows)
    failure ??= blamed.failure
    // Beyond the bound culprits are still culprits; after any other answer no request more is made.
    if (failure !== null && failure.kind !== 'refused') break
  }
  return { culprits, failure, everything: false }
}

/** The rows of a batch as they can be sent by themselves. */
export const packedRows = async (
  { request, scope, packing }: DeliverContext,
  batch: Batch,
): Promise<readonly PackedRow[]> => {
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
    `Batch ${batch.batchNo} of ${activation} has ${counted(batch.rows, 'row')}, but the warehouse gave ${got}; they were not sent. Please report this.`,
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

/** The platform's code and words, for rejections. */
export const wordsOf = (result: NotDone): string => {
  if (!('fault' in result)) return result.because
  const { code, said } = result.fault
  return said === undefined ? code : `${code}: ${said}`
}
