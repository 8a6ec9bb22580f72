import type { CallResult } from '../http/call.ts'
import type { PackedRow, RefusedPart } from './bisect.ts'

type NotDone = Exclude<CallResult<void>, { readonly kind: 'done' }>
type Refused = Extract<CallResult<void>, { readonly kind: 'refused' }>

/** What became of rows that were sent in smaller requests. */
export interface Split {
  /** The last answer of those that accepted. */
  readonly done: Extract<CallResult<void>, { readonly kind: 'done' }> | null
  /** Because of values in them, or one row alone that is too large where others are not. */
  readonly refused: readonly RefusedPart[]
  /** An answer that says nothing about values, or one that says that not even one row is taken. After it nothing was sent. */
  readonly failure: NotDone | null
  /** Rows of the largest request that was not too large, where a larger one was; else null. */
  readonly mostRows: number | null
}

/**
 * Sends rows in requests of at most `most` (one unit at least); what is still too large is halved. `tooLarge`: rows of a
 * request that was refused as too large before.
 */
export const sendSmaller = (
  rows: readonly PackedRow[],
  limits: { readonly most: number; readonly tooLarge: number },
  send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>,
): Promise<Split> => new Splitting(rows, limits.tooLarge, send).all(limits.most)

type Span = Pick<RefusedPart, 'from' | 'to'>

class Splitting {
  readonly #rows: readonly PackedRow[]
  readonly #send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>
  readonly #refused: RefusedPart[] = []
  #done: Split['done'] = null
  /** Rows of the smallest request of several units that was too large, and of the largest that was not. */
  readonly #sizes: { tooLarge: number; passed: number }
  /** What was not too large the last time. */
  #known: Span | null = null
  /** One row that is too large: a member like no other, or a platform that takes nothing (any more). */
  #alone: RefusedPart | null = null
  #giants = false

  constructor(
    rows: readonly PackedRow[],
    tooLarge: number,
    send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>,
  ) {
    this.#rows = rows
    this.#send = send
    this.#sizes = { tooLarge, passed: 0 }
  }

  async all(most: number): Promise<Split> {
    const parts = cut(this.#rows, most)
    for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
      const result = await this.#try(part)
      if (result.kind === 'refused' && isTooLarge(result)) {
        if (part.to - part.from > 1) parts.unshift(...this.#halved(part))
        else if (!(await this.#isAlone({ ...part, because: result }))) return this.#end(result)
      } else if (result.kind === 'done' || result.kind === 'refused') this.#passed(part, result)
      else return this.#end(result)
    }
    // Nothing says that it is the row and not whatever is sent.
    return this.#end(this.#known === null ? (this.#alone?.because ?? null) : null)
  }

  #try({ from, to }: Span): Promise<CallResult<void>> {
    return this.#send(this.#rows.slice(from, to))
  }

  #halved(part: Span): readonly Span[] {
    this.#sizes.tooLarge = Math.min(this.#sizes.tooLarge, this.#count(part))
    return halves(part)
  }

  /** False where, after a second row in a row, what passed before does not pass any more, or nothing ever did. */
  async #isAlone(part: RefusedPart): Promise<boolean> {
    const before = this.#alone
    this.#giants = true
    this.#alone = part
    if (before === null) return true
    const again = this.#known === null ? null : await this.#try(this.#known)
    if (again === null || again.kind !== 'done') return false
    this.#refused.push(before, part)
    this.#alone = null
    return true
  }

  #passed(part: Span, result: Extract<CallResult<void>, { readonly kind: 'done' | 'refused' }>): void {
    this.#sizes.passed = Math.max(this.#sizes.passed, this.#count(part))
    if (this.#alone !== null) this.#refused.push(this.#alone)
    this.#alone = null
    if (result.kind === 'refused') this.#refused.push({ ...part, because: result })
    else {
      this.#done = result
      this.#known = part
    }
  }

  #count({ from, to }: Span): number {
    return rowsOf(this.#rows.slice(from, to))
  }

  #end(failure: NotDone | null): Split {
    const { passed, tooLarge } = this.#sizes
    // Where a member is too large by itself, sizes say little of others.
    const learned = passed > 0 && Number.isFinite(tooLarge) && !this.#giants
    return {
      done: this.#done,
      refused: failure === null && this.#alone !== null ? [...this.#refused, this.#alone] : this.#refused,
      failure,
      mostRows: learned ? Math.max(1, Math.min(passed, tooLarge - 1)) : null,
    }
  }
}

const halves = ({ from, to }: Span): readonly Span[] => {
  const middle = from + Math.ceil((to - from) / 2)
  return [
    { from, to: middle },
    { from: middle, to },
  ]
}

/** The same rows may pass in smaller requests. */
export const isTooLarge = ({ fault }: Refused): boolean => fault.next === 'refused' && fault.tooLarge === true

const rowsOf = (some: readonly PackedRow[]): number => some.reduce((sum, { rows }) => sum + rows, 0)

const cut = (rows: readonly PackedRow[], most: number): Span[] => {
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
