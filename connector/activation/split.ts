import type { CallResult } from '../http/call.ts'
import type { PackedRow } from './bisect.ts'

type NotDone = Exclude<CallResult<void>, { readonly kind: 'done' }>
type Refused = Extract<CallResult<void>, { readonly kind: 'refused' }>

/** Neighbouring rows that were refused: from, and up to but not including. */
export interface RefusedPart {
  readonly from: number
  readonly to: number
  readonly because: Refused
}

/** What became of rows that were sent in smaller requests. */
export interface Split {
  /** The last answer of those that accepted. */
  readonly done: Extract<CallResult<void>, { readonly kind: 'done' }> | null
  /** Because of values in them, or one row alone that is too large where others are not. */
  readonly refused: readonly RefusedPart[]
  /** An answer that says nothing about values, or two rows that are too large each by itself. After it nothing was sent. */
  readonly failure: NotDone | null
  /** Rows of the largest request that was not too large, where a larger one was; else null. */
  readonly mostRows: number | null
}

/** Sends rows in requests of at most `most` (one unit at least); what is still too large is halved. */
export const sendSmaller = async (
  rows: readonly PackedRow[],
  most: number,
  send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>,
): Promise<Split> => {
  const parts = cut(rows, most)
  const refused: RefusedPart[] = []
  const sizes = { passed: 0, tooLarge: Number.POSITIVE_INFINITY }
  /** A member like no other, or a platform that takes nothing any more: the next answer tells. */
  let alone: RefusedPart | null = null
  let done: Split['done'] = null
  const end = (failure: NotDone | null): Split => ({
    done,
    refused: alone === null || failure !== null ? refused : [...refused, alone],
    failure,
    mostRows: sizes.passed > 0 && Number.isFinite(sizes.tooLarge) ? sizes.passed : null,
  })
  for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
    const some = rows.slice(part.from, part.to)
    const result = await send(some)
    if (result.kind === 'refused' && isTooLarge(result)) {
      sizes.tooLarge = Math.min(sizes.tooLarge, rowsOf(some))
      if (part.to - part.from > 1) parts.unshift(...halves(part))
      else if (alone !== null) return end(result)
      else alone = { ...part, because: result }
      continue
    }
    if (result.kind !== 'done' && result.kind !== 'refused') return end(result)
    sizes.passed = Math.max(sizes.passed, rowsOf(some))
    if (alone !== null) refused.push(alone)
    alone = null
    if (result.kind === 'done') done = result
    else refused.push({ ...part, because: result })
  }
  return end(null)
}

const halves = ({ from, to }: Pick<RefusedPart, 'from' | 'to'>): { from: number; to: number }[] => {
  const middle = from + Math.ceil((to - from) / 2)
  return [
    { from, to: middle },
    { from: middle, to },
  ]
}

/** The same rows may pass in smaller requests. */
export const isTooLarge = ({ fault }: Refused): boolean => fault.next === 'refused' && fault.tooLarge === true

const rowsOf = (some: readonly PackedRow[]): number => some.reduce((sum, { rows }) => sum + rows, 0)

const cut = (rows: readonly PackedRow[], most: number): { from: number; to: number }[] => {
  const parts: { from: number; to: number }[] = []
  let held = 0
  rows.forEach((row, i) => {
    const last = parts.at(-1)
    if (last === undefined || held + row.rows > most) {
      parts.push({ from: i, to: i + 1 })
      held = row.rows
    } else {
      last.to = i + 1
      held += row.rows
    }
  })
  return parts
}
