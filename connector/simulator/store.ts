import { type Identifiers, PackedIdentifiers } from './identifiers.ts'

/** What holds a row, where it is no pair: nothing (the row is free), no entry but the person is in, an entry of its own. */
const FREE = -(2 ** 31)
export const NO_ENTRY = 0
export const ALONE = 1
/** From here on: an entry of two, this one and the reference behind it. Below 0: the membership has the entries. */
export const PAIR = 2

/** The identifiers of one type and form. */
export class Store {
  readonly type: string
  readonly identifiers: Identifiers
  /** The same table, if it is a packed one. */
  readonly packed: PackedIdentifiers | null
  #holdings = new Int32Array(1_024).fill(FREE)
  /** Rows that were ever used. */
  #rows = 0

  constructor(type: string, identifiers: Identifiers) {
    this.type = type
    this.identifiers = identifiers
    this.packed = identifiers instanceof PackedIdentifiers ? identifiers : null
  }

  holding(row: number): number {
    return this.#holdings[row] as number
  }

  hold(row: number, holding: number): void {
    this.#holdings[row] = holding
  }

  /** A packed digest was decoded just before. */
  insert(digest: string): number {
    const row = this.packed === null ? this.identifiers.insert(digest) : this.packed.insertDecoded()
    if (row >= this.#holdings.length) {
      const holdings = new Int32Array(this.#holdings.length * 2).fill(FREE)
      holdings.set(this.#holdings)
      this.#holdings = holdings
    }
    if (this.#holdings[row] === FREE) this.#holdings[row] = NO_ENTRY
    if (row >= this.#rows) this.#rows = row + 1
    return row
  }

  remove(row: number): void {
    this.#holdings[row] = FREE
    this.identifiers.remove(row)
  }

  /** All rows in use. */
  *rows(): Generator<number> {
    for (let row = 0; row < this.#rows; row++) if (this.#holdings[row] !== FREE) yield row
  }
}
