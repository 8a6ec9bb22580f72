import type { CallResult } from '../http/call.ts'

/** One row of a request that can be sent by itself: what of one member travels together. */
export interface PackedRow {
  /** As the destination writes it. */
  readonly body: string
  /** How many rows of the request it is. */
  readonly rows: number
  readonly identifiers: number
}

type NotDone = Exclude<CallResult<void>, { readonly kind: 'done' }>
type Refused = Extract<CallResult<void>, { readonly kind: 'refused' }>

/** What became of a batch that was refused because of values in it. */
export interface Bisected {
  /** Numbers of the rows that were refused alone, from 1, each with the platform's answer. */
  readonly culprits: readonly { readonly rowNo: number; readonly because: Refused }[]
  /** Was anything accepted? */
  readonly accepted: boolean
  /** Why not every other row was accepted: what became of them is in the answer. Null: they all were. */
  readonly because: NotDone | null
  /** The platform refuses whatever it is sent, so it is not about the values. */
  readonly everything: boolean
}

/** Up to so many identifiers, a total refusal means that all of them are wrong. */
export const fewIdentifiers = 10
/** A batch is halved until it lies in sixteen parts: if all are refused, one row of each is tried alone. */
const probeDepth = 4
const probedParts = 2 ** probeDepth
/** More culprits than this are not looked for in one batch: what is left goes in the next run, without these. */
const maxCulprits = 50

/** Requests that a bisection may make: for k culprits among n rows at most k (2 log2 n + 2) are needed. */
export const bisectBound = (rows: number): number => maxCulprits * (2 * Math.ceil(Math.log2(Math.max(2, rows))) + 2)

/** Neighbouring rows that were refused: from, and up to but not including. */
export interface RefusedPart {
  readonly from: number
  readonly to: number
  /** The answer that refused it, or the whole it is the rest of. */
  readonly because: Refused
}
type Part = RefusedPart

/**
 * Finds the rows because of which a batch was refused, and has all others accepted: halves what was refused until it is
 * one row. Of two halves of which the first was accepted, the second need not be sent whole: it must be the refused one.
 * `refused`: what of the rows was refused (parts that were sent each by itself); `accepted`: something of the others was
 * accepted. `send` sends rows as one request. Design section 3, step 10.
 */
export const bisect = async (
  rows: readonly PackedRow[],
  refused: readonly RefusedPart[],
  accepted: boolean,
  send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>,
): Promise<Bisected> => new Bisection(rows, accepted, send).find(refused)

class Bisection {
  readonly #rows: readonly PackedRow[]
  readonly #send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>
  readonly #culprits: { rowNo: number; because: Refused }[] = []
  #accepted: boolean
  #because: NotDone | null = null
  #lastRefusal: Refused | null = null
  #callsLeft: number

  constructor(
    rows: readonly PackedRow[],
    accepted: boolean,
    send: (rows: readonly PackedRow[]) => Promise<CallResult<void>>,
  ) {
    this.#rows = rows
    this.#accepted = accepted
    this.#send = send
    this.#callsLeft = bisectBound(rows.length)
  }

  async find(refused: readonly Part[]): Promise<Bisected> {
    this.#lastRefusal = refused.at(-1)?.because ?? null
    const parts = await this.#toDepth(refused)
    const identifiers = this.#rows.reduce((sum, row) => sum + row.identifiers, 0)
    const suspicious = !this.#accepted && this.#because === null && identifiers > fewIdentifiers
    if (suspicious && (await this.#allRefusedAlone(parts))) return this.#result(true)
    for (const part of parts) await this.#single(part)
    return this.#result(false)
  }

  /** Level by level: the refused parts, until they are sixteen or a sixteenth. */
  async #toDepth(refused: readonly Part[]): Promise<readonly Part[]> {
    let parts = refused
    for (let depth = 0; depth < probeDepth && parts.length < probedParts; depth += 1) {
      const next: Part[] = []
      for (const part of parts) next.push(...(part.to - part.from === 1 ? [part] : await this.#refusedHalves(part)))
      parts = next
    }
    return parts
  }

  /** One row of each part, by itself: did the platform take none? */
  async #allRefusedAlone(parts: readonly Part[]): Promise<boolean> {
    for (const { from, to } of parts.slice(0, probedParts)) {
      if (to - from > 1 && (await this.#try({ from, to: from + 1 })) === null) return false
    }
    return true
  }

  /** Halves a part until its culprits are alone. */
  async #single(part: Part): Promise<void> {
    if (part.to - part.from === 1) {
      this.#culprits.push({ rowNo: part.from + 1, because: part.because })
      return
    }
    for (const half of await this.#refusedHalves(part)) await this.#single(half)
  }

  async #refusedHalves({ from, to, because }: Part): Promise<readonly Part[]> {
    const middle = from + Math.ceil((to - from) / 2)
    const first = await this.#try({ from, to: middle })
    // A row alone is never a culprit by conclusion: it was refused by itself.
    const concluded = first === null && this.#because === null && to - middle > 1
    const second = concluded ? { from: middle, to, because } : await this.#try({ from: middle, to })
    return [first, second].filter((part) => part !== null)
  }

  /** Sends a part; the part where it was refused, null where it was accepted or nothing can be said of it. */
  async #try({ from, to }: Omit<Part, 'because'>): Promise<Part | null> {
    if (this.#because !== null) return null
    if (this.#callsLeft <= 0) {
      this.#because = this.#lastRefusal
      return null
    }
    this.#callsLeft -= 1
    const result = await this.#send(this.#rows.slice(from, to))
    if (result.kind === 'refused') {
      this.#lastRefusal = result
      return { from, to, because: result }
    }
    if (result.kind === 'done') this.#accepted = true
    else this.#because = result
    return null
  }

  #result(everything: boolean): Bisected {
    return {
      culprits: everything ? [] : this.#culprits,
      accepted: this.#accepted,
      because: this.#because,
      everything,
    }
  }
}
