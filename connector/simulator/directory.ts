/**
 * The hidden truth about who is who: which identifiers belong to one person. An identifier that is not in it is a
 * person of its own, named by its digest.
 */
export class Directory {
  readonly personOf = new Map<string, string>()
  readonly digestsOf = new Map<string, string[]>()

  /** Adds (digest, person) pairs. A digest that already has another person is an error: people do not change. */
  add(pairs: Iterable<readonly [digest: string, person: string]>): void {
    for (const [digest, person] of pairs) {
      const before = this.personOf.get(digest)
      if (before === person) continue
      if (before !== undefined) throw new Error(`an identifier of person ${before} cannot become one of ${person}`)
      this.personOf.set(digest, person)
      const digests = this.digestsOf.get(person)
      if (digests === undefined) this.digestsOf.set(person, [digest])
      else digests.push(digest)
    }
  }

  clear(): void {
    this.personOf.clear()
    this.digestsOf.clear()
  }
}
