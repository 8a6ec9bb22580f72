import type { BatchRange } from '../../sql/bodies.ts'
import type { Batch } from './cut.ts'

/** Batches whose bodies are fetched together, and the mark that must be stored before the first of them is sent. */
export interface Group {
  readonly batches: readonly Batch[]
  readonly mark: number
}

/** A mark covers about this much paced sending, so that a slow warehouse does not slow delivery. */
const markSeconds = 30
/** Bodies held at once, in bytes: this group and the one fetched ahead. A quarter of what design step 10 allows: three batches of X. */
const groupBytes = 16_000_000
/** Of the first group, so that sending begins early: one batch of X. */
const firstBytes = 5_000_000

/** Cuts batches, in their order, into groups of at most so many bytes (one batch at least) under marks of 30 s each. */
export const groupBatches = (
  batches: readonly Batch[],
  pace: { readonly requestsPerSecond: number; readonly concurrency: number },
): readonly Group[] => {
  const perMark = Math.max(pace.concurrency, Math.ceil(pace.requestsPerSecond * markSeconds))
  const groups: Group[] = []
  for (let from = 0; from < batches.length; from += perMark) {
    const page = batches.slice(from, from + perMark)
    const mark = page.at(-1)?.batchNo ?? 0
    let group: Batch[] = []
    let bytes = 0
    for (const batch of page) {
      const room = groups.length === 0 ? firstBytes : groupBytes
      if (group.length > 0 && bytes + batch.bytes > room) {
        groups.push({ batches: group, mark })
        group = []
        bytes = 0
      }
      group.push(batch)
      bytes += batch.bytes
    }
    groups.push({ batches: group, mark })
  }
  return groups
}

/** Where neighbouring batches stand in the delta. */
export const rangeOf = (batches: readonly Batch[]): BatchRange => {
  const [first, last] = [batches[0], batches.at(-1)]
  if (!first || !last) throw new Error('A group has a batch at least')
  return { first: first.batchNo, last: last.batchNo, firstUnit: first.firstUnit, lastUnit: last.lastUnit }
}
