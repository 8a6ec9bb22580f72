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
  /** Because of values in them, or one row alone that is too large. */
  readonly refused: readonly RefusedPart[]
  /** An answer that says nothing about values, after which nothing was sent. */
  readonly failure: NotDone | null
  /** Not even one row is taken. */
  readonly nothing: boolean
  /** Rows of the largest request that was taken; 0 where none was. */
  readonly mostRows: number
}

/** Sends rows in requests of at most `most` (one unit at least); what is still too large is halved. */
export const sendSmaller = async (
  rows: readonly PackedRow[],
  most: number,
  send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>,
): Promise<Split> => {
  const parts = cut(rows, most)
  const refused: RefusedPart[] = []
  let done: Split['done'] = null
  let failure: NotDone | null = null
  let mostRows = 0
  let [part, nothing] = [parts.shift(), false]
  while (part !== undefined && failure === null && !nothing) {
    const { from, to } = part
    const some = rows.slice(from, to)
    const result = await send(some)
    if (result.kind === 'done') {
      done = result
      mostRows = Math.max(mostRows, rowsOf(some))
    } else if (result.kind !== 'refused') failure = result
    else if (isTooLarge(result) && to - from > 1) parts.unshift(...halves(part))
    else {
      // One that is too large may be a member like no other; a second one is no chance.
      nothing = done === null && isTooLarge(result) && refused.some(({ because }) => isTooLarge(because))
      refused.push({ from, to, because: result })
    }
    part = parts.shift()
  }
  return { done, refused, failure, nothing, mostRows }
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
