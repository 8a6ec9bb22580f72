import { packBatches } from '../../sql/bodies.ts'
import { notTaken, type Sent, takeApart } from './apart.ts'
import { rowsMissing, sendRows } from './culprits.ts'
import type { Batch } from './cut.ts'
import { type DeliverContext, type Delivery, DeliveryState } from './delivery-state.ts'
import { type Group, groupBatches, rangeOf } from './pages.ts'
import { pause } from './pause.ts'

/**
 * Step 10: all removes, then all adds. Before a page the mark is stored with the receipts that came in since the last;
 * the next page's bodies are fetched while this one's requests fly. Never throws for what a platform answers.
 */
export const deliver = async (context: DeliverContext, batches: readonly Batch[]): Promise<Delivery> => {
  const state = new DeliveryState(context, batches.length)
  try {
    await deliverPhases(context, state, batches)
  } catch (error) {
    // What flies is still answered and written down before the error goes up; without the lease nothing may be written.
    await state.settled()
    await state.end().catch(() => undefined)
    throw error
  }
  await state.end()
  return state.result()
}

const deliverPhases = async (
  context: DeliverContext,
  state: DeliveryState,
  batches: readonly Batch[],
): Promise<void> => {
  for (const op of ['remove', 'add'] as const) {
    const ofOp = batches.filter((batch) => batch.op === op)
    if (ofOp.length === 0 || state.stop) continue
    if (op === 'add') await waitForRemoves(context, state)
    await deliverPhase(context, state, ofOp)
  }
}

const deliverPhase = async (
  context: DeliverContext,
  state: DeliveryState,
  batches: readonly Batch[],
): Promise<void> => {
  const { requestsPerSecond, request } = context.request.activation.destination
  const groups = groupBatches(batches, { requestsPerSecond, concurrency: request.concurrency })
  let next = fetchGroup(context, state, groups[0])
  for (const [i, group] of groups.entries()) {
    const bodies = await next
    if (state.stop) break
    const sending = sendGroup(context, state, group, bodies)
    next =
      i + 1 < groups.length
        ? sending.started.then(() => fetchGroup(context, state, groups[i + 1]))
        : Promise.resolve(new Map())
    // A failure of the prefetch must not go unheard while this group still flies.
    next.catch(() => undefined)
    await sending.started
  }
  await next
  await state.settled()
}

/** Stores mark and receipts, then fetches the bodies; returns them by batch number and checks that none is missing. */
const fetchGroup = async (
  context: DeliverContext,
  state: DeliveryState,
  group: Group | undefined,
): Promise<Map<number, string>> => {
  if (!group || state.stop) return new Map()
  await state.mark(group.mark)
  const { request, scope, packing } = context
  const rows = await request.warehouse.rows('pack', packBatches(scope, packing, rangeOf(group.batches)))
  const bodies = new Map(rows.map((row) => [Number(row.batch_no), row.body ?? '']))
  const counts = new Map(rows.map((row) => [Number(row.batch_no), Number(row.request_rows)]))
  for (const batch of group.batches) {
    const got = counts.get(batch.batchNo) ?? 0
    if (got !== batch.rows) throw rowsMissing(request.activation.name, batch, got)
  }
  return bodies
}

/** Sends a group's batches as places become free; `started` resolves when the last of them has its place. */
const sendGroup = (
  context: DeliverContext,
  state: DeliveryState,
  group: Group,
  bodies: Map<number, string>,
): { readonly started: Promise<void> } => {
  const start = async (): Promise<void> => {
    for (const batch of group.batches) {
      await state.place()
      if (state.stop) return
      const rows = bodies.get(batch.batchNo) ?? ''
      bodies.delete(batch.batchNo)
      state.launch(batch, sendBatch(context, state, batch, rows))
    }
  }
  return { started: start() }
}

const sendBatch = async (context: DeliverContext, state: DeliveryState, batch: Batch, rows: string): Promise<Sent> => {
  const { taken } = state
  if (!taken.takes(batch)) return notTaken(batch, null)
  if (batch.rows > taken.mostRows) return takeApart(context, batch, null, taken)
  const result = await sendRows(context, batch, rows, batch.rows)
  if (result.kind === 'refused') return takeApart(context, batch, result, taken)
  return { result, refused: [], accepted: result.kind === 'done', blames: null }
}

/** No add starts while an unanswered remove may still be applied, even if a later attempt of it was accepted. */
const waitForRemoves = async ({ request, calls }: DeliverContext, state: DeliveryState): Promise<void> => {
  const ms = calls.quietMs()
  if (ms === 0) return
  await state.flush()
  request.log.info('quiet_time', {
    activation: request.activation.name,
    ms,
    message: `Waiting ${Math.ceil(ms / 1000)} s: a remove got no answer and may still be applied; adds come after that.`,
  })
  await pause(ms, request.drain.signal)
}
