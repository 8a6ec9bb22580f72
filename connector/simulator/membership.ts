import type { Directory } from './directory.ts'
import { type Identifiers, isPacked, PackedIdentifiers, TextIdentifiers } from './identifiers.ts'
import { ALONE, NO_ENTRY, PAIR, Store } from './store.ts'

/** Identifiers that were given together, flat: type, digest, type, digest, … */
export type Entry = readonly string[]

/** An identifier within one audience: store number times 2^26 plus row. */
type Ref = number
const ROW_BITS = 26
const ROW_MASK = 2 ** ROW_BITS - 1

/**
 * Who is in one audience: the entries (what one user object or row was given) and the persons. A removal by any
 * identifier removes the person and every entry that holds an identifier of that person, or the identifier itself.
 */
export class Membership {
  readonly #directory: Directory
  /** Without a directory every digest is its own person, and what is in the stores is the set of persons too. */
  readonly #stores: Store[] = []
  /** Entries of those identifiers that are in several, or in one of more than two. An entry: its references in order. */
  readonly #several = new Map<number, readonly (readonly Ref[])[]>()
  #lastSeveral = 0
  /** Null while the directory is empty. */
  #persons: Set<string> | null = null

  constructor(directory: Directory) {
    this.#directory = directory
    this.learn()
  }

  /** To be called when the directory has grown: a person known by digest so far becomes the person of the directory. */
  learn(): void {
    if (this.#directory.personOf.size === 0) return
    const known = this.#persons ?? this.#fastPersons()
    this.#persons = new Set()
    for (const person of known) this.#persons.add(this.#directory.personOf.get(person) ?? person)
    for (const store of this.#stores) {
      for (const row of store.rows()) if (store.holding(row) === NO_ENTRY) store.remove(row)
    }
  }

  /** Adds what one user object or row holds. */
  add(entry: Entry): void {
    if (this.#persons !== null) {
      for (let n = 1; n < entry.length; n += 2) {
        const digest = entry[n] as string
        this.#persons.add(this.#directory.personOf.get(digest) ?? digest)
      }
    }
    if (entry.length <= 4) {
      const one = this.#insert(entry[0] as string, entry[1] as string)
      const other = entry.length === 4 ? this.#insert(entry[2] as string, entry[3] as string) : one
      if (this.#holding(one) === NO_ENTRY && this.#holding(other) === NO_ENTRY) {
        // Nothing holds them yet: most of a first sync.
        this.#hold(one, one === other ? ALONE : PAIR + other)
        if (one !== other) this.#hold(other, PAIR + one)
        return
      }
      this.#give(one === other ? [one] : one < other ? [one, other] : [other, one])
      return
    }
    const refs = new Set<Ref>()
    for (let n = 0; n < entry.length; n += 2) refs.add(this.#insert(entry[n] as string, entry[n + 1] as string))
    this.#give([...refs].sort((a, b) => a - b))
  }

  /** Removes the persons that one user object or row names. */
  remove(entry: Entry): void {
    for (let n = 1; n < entry.length; n += 2) {
      const digest = entry[n] as string
      const person = this.#directory.personOf.get(digest)
      this.#persons?.delete(person ?? digest)
      if (person === undefined) this.#drop(digest)
      else for (const other of this.#directory.digestsOf.get(person) ?? []) this.#drop(other)
    }
  }

  /** Who is in now: `type digest` for each identifier that an entry holds. */
  *identifiers(): Generator<string> {
    for (const store of this.#stores) {
      for (const row of store.rows()) {
        if (store.holding(row) !== NO_ENTRY) yield `${store.type} ${store.identifiers.text(row)}`
      }
    }
  }

  /** What was given together and is in now, each entry once: `type, digest, type, digest, …`. */
  *given(): Generator<string[]> {
    for (let n = 0; n < this.#stores.length; n++) {
      for (const row of (this.#stores[n] as Store).rows()) {
        const ref = (n << ROW_BITS) | row
        for (const entry of this.#entries(ref)) if (entry[0] === ref) yield entry.flatMap((one) => this.#texts(one))
      }
    }
  }

  /** Who is in though no entry names them: `type, digest`, or `'', person` where there is a directory. */
  *unnamed(): Generator<[type: string, digest: string]> {
    if (this.#persons === null) {
      for (const store of this.#stores)
        for (const row of store.rows())
          if (store.holding(row) === NO_ENTRY) yield [store.type, store.identifiers.text(row)]
      return
    }
    const named = new Set<string>()
    for (const entry of this.given())
      for (let n = 1; n < entry.length; n += 2)
        named.add(this.#directory.personOf.get(entry[n] as string) ?? (entry[n] as string))
    for (const person of this.#persons) if (!named.has(person)) yield ['', person]
  }

  /** Lets somebody in as `unnamed` told of them. */
  admit(type: string, digest: string): void {
    if (this.#persons === null) this.#insert(type, digest)
    else this.#persons.add(digest)
  }

  persons(): Set<string> {
    return this.#persons === null ? this.#fastPersons() : new Set(this.#persons)
  }

  identifierCount(): number {
    let count = 0
    for (const store of this.#stores) for (const row of store.rows()) if (store.holding(row) !== NO_ENTRY) count++
    return count
  }

  personCount(): number {
    if (this.#persons !== null) return this.#persons.size
    let count = 0
    this.#stores.forEach(({ identifiers }, n) => {
      count += identifiers.size
      // Whoever is in under two types is one person.
      const before = this.#stores.slice(0, n).map((store) => store.identifiers)
      if (before.length === 0) return
      for (const row of this.#stores[n]?.rows() ?? [])
        if (before.some((other) => isIn(other, identifiers, row))) count--
    })
    return count
  }

  #fastPersons(): Set<string> {
    const persons = new Set<string>()
    for (const store of this.#stores) for (const row of store.rows()) persons.add(store.identifiers.text(row))
    return persons
  }

  #insert(type: string, digest: string): Ref {
    const packed = isPacked(digest)
    const stores = this.#stores
    let n = 0
    let store = stores[0]
    while (store !== undefined && (store.type !== type || (store.packed !== null) !== packed)) store = stores[++n]
    if (store === undefined) {
      store = new Store(type, packed ? new PackedIdentifiers() : new TextIdentifiers())
      stores.push(store)
    }
    return (n << ROW_BITS) | store.insert(digest)
  }

  #texts(ref: Ref): [type: string, digest: string] {
    const { type, identifiers } = this.#store(ref)
    return [type, identifiers.text(ref & ROW_MASK)]
  }

  #store(ref: Ref): Store {
    return this.#stores[ref >>> ROW_BITS] as Store
  }

  #holding(ref: Ref): number {
    return this.#store(ref).holding(ref & ROW_MASK)
  }

  #hold(ref: Ref, holding: number): void {
    this.#store(ref).hold(ref & ROW_MASK, holding)
  }

  /** Makes an entry of identifiers of which some are in others already. */
  #give(entry: readonly Ref[]): void {
    if (this.#entries(entry[0] as Ref).some((other) => sameEntry(other, entry))) return
    for (const ref of entry) this.#setEntries(ref, [...this.#entries(ref), entry])
  }

  /** The entries that hold an identifier. */
  #entries(ref: Ref): readonly (readonly Ref[])[] {
    const holding = this.#holding(ref)
    if (holding === NO_ENTRY) return []
    if (holding === ALONE) return [[ref]]
    if (holding < 0) return this.#several.get(holding) ?? []
    const other = holding - PAIR
    return [ref < other ? [ref, other] : [other, ref]]
  }

  #setEntries(ref: Ref, entries: readonly (readonly Ref[])[]): void {
    const before = this.#holding(ref)
    if (before < 0) this.#several.delete(before)
    const only = entries.length === 1 ? entries[0] : undefined
    if (entries.length === 0) this.#hold(ref, NO_ENTRY)
    else if (only?.length === 1) this.#hold(ref, ALONE)
    else if (only?.length === 2) this.#hold(ref, PAIR + ((only[0] === ref ? only[1] : only[0]) as Ref))
    else {
      this.#several.set(--this.#lastSeveral, entries)
      this.#hold(ref, this.#lastSeveral)
    }
  }

  /** Takes away every entry that holds the digest, under whatever type. */
  #drop(digest: string): void {
    const packed = isPacked(digest)
    for (let n = 0; n < this.#stores.length; n++) {
      const store = this.#stores[n] as Store
      if ((store.packed !== null) !== packed) continue
      const row = store.packed === null ? store.identifiers.find(digest) : store.packed.findDecoded()
      if (row < 0) continue
      const ref = (n << ROW_BITS) | row
      for (const entry of this.#entries(ref)) for (const other of entry) if (other !== ref) this.#release(other, entry)
      this.#setEntries(ref, [])
      store.remove(row)
    }
  }

  /** The entry no longer holds this identifier; whose person may stay all the same. */
  #release(ref: Ref, entry: readonly Ref[]): void {
    const rest = this.#entries(ref).filter((other) => !sameEntry(other, entry))
    this.#setEntries(ref, rest)
    if (rest.length === 0 && this.#persons !== null) this.#store(ref).remove(ref & ROW_MASK)
  }
}

function sameEntry(a: readonly Ref[], b: readonly Ref[]): boolean {
  return a.length === b.length && a.every((ref, n) => ref === b[n])
}

function isIn(table: Identifiers, other: Identifiers, row: number): boolean {
  if (table instanceof PackedIdentifiers && other instanceof PackedIdentifiers) return table.has(other, row)
  return table.find(other.text(row)) >= 0
}
