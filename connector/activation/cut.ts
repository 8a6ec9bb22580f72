import { cutBatches, listBatches, listTypes } from '../../sql/batches.ts'
import { dropScratch } from '../../sql/scope.ts'
import type { Packing } from '../../sql/units.ts'
import type { Row } from '../warehouse/warehouse.ts'
import { all, type DeltaContext } from './delta.ts'
import { number } from './measures.ts'

/** One batch as the runner knows it: everything but its content. */
export interface Batch {
  readonly batchNo: number
  readonly op: 'add' | 'remove'
  readonly type: string | null
  readonly members: number
  readonly identifiers: number
  readonly rows: number
  readonly bytes: number
  /** Its place in the delta. */
  readonly firstUnit: string
  readonly lastUnit: string
}

/** The delta as it will be sent. */
export interface Cut {
  /** In the order they are sent. */
  readonly batches: readonly Batch[]
  /** How their rows are written. */
  readonly packing: Packing
}

/** Step 9: cuts the delta to the destination's limits. */
export const cutDelta = async (context: DeltaContext, audienceId: string): Promise<Cut> => {
  const { scope, destination, activation, dry } = context
  const { maxBytes, maxRows } = activation.destination.request
  const limits = { maxBytes, ...(maxRows === undefined ? {} : { maxRows }) }
  const layout = destination.layout(audienceId, activation.destination.request)
  const types = (await context.warehouse.rows('batches', listTypes(scope))).map((row) => row.field ?? '')
  const packing = { layout, types, columns: context.columns }
  await all(context, 'batches', cutBatches(scope, packing, limits, dry))
  const rows = await context.warehouse.rows('batches', listBatches(scope))
  await all(context, 'clean_up', dropScratch(scope, ['units', 'cuts']))
  return { batches: rows.map(batchOf), packing }
}

const batchOf = (row: Row): Batch => ({
  batchNo: number(row, 'batch_no'),
  op: row.op === 'remove' ? 'remove' : 'add',
  type: row.field ?? null,
  members: number(row, 'members'),
  identifiers: number(row, 'identifiers'),
  rows: number(row, 'request_rows'),
  bytes: number(row, 'bytes'),
  firstUnit: row.first_unit ?? '',
  lastUnit: row.last_unit ?? '',
})
