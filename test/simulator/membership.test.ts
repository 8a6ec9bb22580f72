import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { Directory } from '../../connector/simulator/directory.ts'
import { PackedIdentifiers, TextIdentifiers } from '../../connector/simulator/identifiers.ts'
import { Membership } from '../../connector/simulator/membership.ts'
import { sha } from './client.ts'

/** What `Platform` of the ledger model does, over plain sets: slow and plain, to compare with. */
class PlainPlatform {
  persons = new Set<string>()
  entries = new Map<string, string[]>()
  readonly personOf: (id: string) => string

  constructor(personOf: (id: string) => string) {
    this.personOf = personOf
  }

  apply(op: 'add' | 'remove', ids: string[]): void {
    const people = ids.map(this.personOf)
    if (op === 'add') {
      const entry = [...new Set(ids)].sort()
      this.entries.set(entry.join('|'), entry)
      for (const person of people) this.persons.add(person)
      return
    }
    for (const person of people) this.persons.delete(person)
    for (const [key, entry] of this.entries) {
      if (entry.some((id) => ids.includes(id) || people.includes(this.personOf(id)))) this.entries.delete(key)
    }
  }

  identifiers(): Set<string> {
    return new Set([...this.entries.values()].flat())
  }
}

/** Identifiers 0 … 7: SHA-256, the last two of another form. The even ones are e-mails. */
const DIGESTS = [0, 1, 2, 3, 4, 5, 6, 7].map((id) => (id < 6 ? sha(`${id}`) : `d${id}`))
const digest = (id: number) => DIGESTS[id] as string
const typed = (ids: readonly number[]) => ids.flatMap((id) => [id % 2 === 0 ? 'email' : 'phone', digest(id)])
const HISTORY = fc.array(
  fc.record({
    op: fc.constantFrom('add' as const, 'add' as const, 'remove' as const),
    ids: fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
  }),
  { maxLength: 30 },
)

function equal(membership: Membership, plain: PlainPlatform): void {
  const wanted = [...plain.identifiers()].map((id) => `${DIGESTS.indexOf(id) % 2 === 0 ? 'email' : 'phone'} ${id}`)
  expect([...membership.identifiers()].sort()).toEqual(wanted.sort())
  expect(membership.persons()).toEqual(plain.persons)
  expect(membership.identifierCount()).toBe(wanted.length)
  expect(membership.personCount()).toBe(plain.persons.size)
}

describe('membership does what the ledger model says', () => {
  test('where every identifier is its own person', () => {
    fc.assert(
      fc.property(HISTORY, (history) => {
        const membership = new Membership(new Directory())
        const plain = new PlainPlatform((id) => id)
        for (const { op, ids } of history) {
          membership[op](typed(ids))
          plain.apply(op, ids.map(digest))
          equal(membership, plain)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('with people who have several identifiers, known from the start or learned later', () => {
    // Identifiers 6 and 7 stay people of their own.
    const pairs = fc.array(fc.nat(2), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(HISTORY, pairs, fc.nat(30), (history, people, learnAt) => {
        const directory = new Directory()
        const membership = new Membership(directory)
        const plain = new PlainPlatform((id) => directory.personOf.get(id) ?? id)
        const known = people.map((person, id) => [digest(id), `p${person}`] as const)
        history.forEach(({ op, ids }, n) => {
          if (n === Math.min(learnAt, history.length - 1)) {
            directory.add(known)
            membership.learn()
            plain.persons = new Set([...plain.persons].map((person) => directory.personOf.get(person) ?? person))
          }
          membership[op](typed(ids))
          plain.apply(op, ids.map(digest))
          equal(membership, plain)
        })
      }),
      { numRuns: 300 },
    )
  })
})

/** As another process would have it, from what was kept. */
function reopened(membership: Membership, directory: Directory): Membership {
  const copy = new Membership(directory)
  const kept = JSON.parse(JSON.stringify([[...membership.given()], [...membership.unnamed()]]))
  const [given, unnamed] = kept as [string[][], [string, string][]]
  for (const entry of given) copy.add(entry)
  for (const [type, digest] of unnamed) copy.admit(type, digest)
  return copy
}

test.each([false, true])('what was kept goes on as if nothing had been in between (people known: %s)', (areKnown) => {
  const pairs = fc.array(fc.nat(2), { minLength: 6, maxLength: 6 })
  fc.assert(
    fc.property(HISTORY, pairs, (history, people) => {
      const directory = new Directory()
      if (areKnown) directory.add(people.map((person, id) => [digest(id), `p${person}`] as const))
      const plain = new PlainPlatform((id) => directory.personOf.get(id) ?? id)
      let membership = new Membership(directory)
      for (const { op, ids } of history) {
        membership[op](typed(ids))
        plain.apply(op, ids.map(digest))
        membership = reopened(membership, directory)
        equal(membership, plain)
      }
    }),
    { numRuns: 300 },
  )
})

describe('by hand', () => {
  test('two e-mails and a phone of one person: a removal by one removes all, also what was given to another entry', () => {
    const directory = new Directory()
    directory.add([
      ['home', 'ann'],
      ['work', 'ann'],
      ['phone', 'ann'],
    ])
    const membership = new Membership(directory)
    membership.add(['email', 'home', 'phone_number', 'phone'])
    membership.add(['email', 'work'])
    membership.add(['email', 'bob'])
    expect(membership.persons()).toEqual(new Set(['ann', 'bob']))
    membership.remove(['email', 'work'])
    expect([...membership.identifiers()]).toEqual(['email bob'])
    expect(membership.persons()).toEqual(new Set(['bob']))
  })

  test('a phone that two members share: the entry of both goes', () => {
    const membership = new Membership(new Directory())
    membership.add(['email', 'ann', 'phone', 'shared'])
    membership.add(['email', 'bob', 'phone', 'shared'])
    membership.remove(['email', 'ann'])
    expect([...membership.identifiers()].sort()).toEqual(['email bob', 'phone shared'])
    membership.remove(['phone', 'shared'])
    expect([...membership.identifiers()]).toEqual([])
  })

  test('an identifier cannot change its person', () => {
    const directory = new Directory()
    directory.add([['a', 'ann']])
    directory.add([['a', 'ann']])
    expect(() => directory.add([['a', 'bob']])).toThrow('cannot become')
  })
})

describe('tables of identifiers', () => {
  test.each([
    ['packed', () => new PackedIdentifiers(), (n: number) => sha(`${n}`)],
    // All begin alike: every one collides with every other.
    ['packed, all in one place', () => new PackedIdentifiers(), (n: number) => `0000000a${sha(`${n}`).slice(8)}`],
    ['as text', () => new TextIdentifiers(), (n: number) => `t${n}`],
  ])('%s', (_, make, text) => {
    const table = make()
    const rows = new Map<string, number>()
    // 4,000 steps of a fixed pseudo-random walk; more than the 1,024 rows it starts with.
    for (let n = 0, seed = 1; n < 4_000; n++) {
      seed = (seed * 48_271) % 2_147_483_647
      const one = text(seed % (n < 2_000 ? 3_000 : 300))
      const row = rows.get(one)
      expect(table.find(one)).toBe(row ?? -1)
      if (row === undefined) {
        rows.set(one, table.insert(one))
      } else if (seed % 3 > 0) {
        table.remove(row)
        rows.delete(one)
      }
    }
    expect(table.size).toBe(rows.size)
    expect(new Set(rows.values()).size).toBe(rows.size)
    for (const [one, row] of rows) expect([table.find(one), table.text(row)]).toEqual([row, one])
  })

  test('packed takes nothing but SHA-256 in lower case', () => {
    expect(() => new PackedIdentifiers().insert(sha('a').toUpperCase())).toThrow()
  })
})
