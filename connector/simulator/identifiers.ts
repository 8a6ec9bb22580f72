/**
 * Rows for identifiers: each text gets a small number. Digests are kept as bytes outside the JavaScript heap, because
 * millions of strings would make the garbage collector the slowest part of a simulator.
 */
export interface Identifiers {
  readonly size: number
  /** The row of a text, or -1. */
  find(text: string): number
  /** The row of a text, new or not. A row that was freed is given again. */
  insert(text: string): number
  remove(row: number): void
  text(row: number): string
}

/** A SHA-256 as eight numbers, most significant first; signed, so that none of them needs an object. */
const WORDS = 8
const decoded = new Int32Array(WORDS)

/** Value of a character of lower-case hex, -1 for any other. */
const NIBBLE = new Int8Array(65_536).fill(-1)
for (const [value, letter] of [...'0123456789abcdef'].entries()) NIBBLE[letter.charCodeAt(0)] = value

/** Whether a text is a SHA-256 in lower-case hex; if so it stands in `decoded`. Twice as fast as a regular expression. */
export function isPacked(text: string): boolean {
  if (text.length !== 64) return false
  let wrong = 0
  for (let word = 0, n = 0; word < WORDS; word++) {
    let value = 0
    for (const end = n + 8; n < end; n++) {
      const nibble = NIBBLE[text.charCodeAt(n)] as number
      // Negative once, negative for good.
      wrong |= nibble
      value = (value << 4) | nibble
    }
    decoded[word] = value
  }
  return wrong >= 0
}

/** SHA-256 digests: a hash table with open addressing whose keys hash themselves. Takes nothing else. */
export class PackedIdentifiers implements Identifiers {
  /** The digest of row r begins at 8 r. */
  #words = new Int32Array(WORDS * 1_024)
  /** Row + 1, or 0 where there is none; at most half full. */
  #slots = new Int32Array(2_048)
  #rows = 0
  readonly #free: number[] = []
  size = 0

  find(text: string): number {
    return isPacked(text) ? this.findDecoded() : -1
  }

  /** Whether a row of another table is in this one. */
  has(other: PackedIdentifiers, row: number): boolean {
    decoded.set(other.#words.subarray(row * WORDS, row * WORDS + WORDS))
    return this.findDecoded() >= 0
  }

  insert(text: string): number {
    if (!isPacked(text)) throw new Error('not a SHA-256')
    return this.insertDecoded()
  }

  /** The row of what stands in `decoded`, new or not. */
  insertDecoded(): number {
    const found = this.findDecoded()
    if (found >= 0) return found
    if (2 * (this.size + 1) > this.#slots.length) this.#grow()
    const row = this.#free.pop() ?? this.#rows++
    const words = this.#words
    for (let n = 0; n < WORDS; n++) words[row * WORDS + n] = decoded[n] as number
    this.#place(row)
    this.size++
    return row
  }

  remove(row: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let hole = (this.#words[row * WORDS] as number) & mask
    while (slots[hole] !== row + 1) hole = (hole + 1) & mask
    // What follows moves up, or the search for it would end at the hole.
    for (let next = (hole + 1) & mask; slots[next] !== 0; next = (next + 1) & mask) {
      const home = (this.#words[((slots[next] as number) - 1) * WORDS] as number) & mask
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      slots[hole] = slots[next] as number
      hole = next
    }
    slots[hole] = 0
    this.#free.push(row)
    this.size--
  }

  text(row: number): string {
    let text = ''
    for (let n = row * WORDS; n < row * WORDS + WORDS; n++) {
      text += ((this.#words[n] as number) >>> 0).toString(16).padStart(8, '0')
    }
    return text
  }

  /** The row of what stands in `decoded`, or -1. */
  findDecoded(): number {
    const slots = this.#slots
    const words = this.#words
    const mask = slots.length - 1
    const first = decoded[0] as number
    for (let slot = first & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = ((slots[slot] as number) - 1) * WORDS
      if (words[at] !== first) continue
      let n = 1
      while (n < WORDS && words[at + n] === decoded[n]) n++
      if (n === WORDS) return at / WORDS
    }
    return -1
  }

  #place(row: number): void {
    const slots = this.#slots
    const mask = slots.length - 1
    let slot = (this.#words[row * WORDS] as number) & mask
    while (slots[slot] !== 0) slot = (slot + 1) & mask
    slots[slot] = row + 1
  }

  #grow(): void {
    const words = new Int32Array(this.#words.length * 2)
    words.set(this.#words)
    this.#words = words
    const before = this.#slots
    this.#slots = new Int32Array(before.length * 2)
    for (const row of before) if (row !== 0) this.#place(row - 1)
  }
}

/** Identifiers of any other form. */
export class TextIdentifiers implements Identifiers {
  readonly #rowOf = new Map<string, number>()
  readonly #texts: string[] = []
  readonly #free: number[] = []

  get size(): number {
    return this.#rowOf.size
  }

  find(text: string): number {
    return this.#rowOf.get(text) ?? -1
  }

  insert(text: string): number {
    const found = this.#rowOf.get(text)
    if (found !== undefined) return found
    const row = this.#free.pop() ?? this.#texts.length
    this.#texts[row] = text
    this.#rowOf.set(text, row)
    return row
  }

  remove(row: number): void {
    this.#rowOf.delete(this.text(row))
    this.#free.push(row)
  }

  text(row: number): string {
    return this.#texts[row] as string
  }
}
