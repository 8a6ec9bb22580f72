import { isDeepStrictEqual } from 'node:util'
import { expect, test } from '@jest/globals'
import { inWorld, segmentOf, tiktok } from '../model/fixed.ts'
import type { MemoryWorld } from '../model/memory-world.ts'
import type { Identifier } from '../model/people.ts'
import type { AskedJob } from './stand-in-control.ts'
import { underTest } from './under-test.ts'

/** What one run asks of a warehouse that bills statements, and bytes. */
const asked = async (world: MemoryWorld): Promise<readonly AskedJob[]> => {
  const before = (await world.jobs()).length
  await world.run()
  return (await world.jobs()).slice(before)
}
const fetched = (jobs: readonly AskedJob[]): number => jobs.reduce((sum, job) => sum + job.fetched, 0)
/** A script is as many statements as it has. */
const saying = (jobs: readonly AskedJob[], form: RegExp): number =>
  jobs.flatMap(({ sql }) => sql.split(';\n')).filter((text) => form.test(text)).length
const people = (from: number, to: number) =>
  segmentOf(
    Object.fromEntries(
      Array.from({ length: to - from }, (_, i) => [`M${from + i}`, [`P${from + i}.e0` as Identifier]]),
    ),
  )

interface Counted {
  readonly batches: number
  readonly statements: number
  readonly rows: number
}

const firstSync = (members: number, maxRows: number): Promise<Counted> =>
  inWorld({ ...tiktok, maxRows, maxBytes: 1_000_000 }, async (world) => {
    // Its tables are there, and nobody is in them.
    await world.run()
    await world.build(people(0, members))
    const before = (await world.jobs()).length
    const end = await world.run()
    const jobs = (await world.jobs()).slice(before)
    return { batches: end.result?.summary.batches ?? 0, statements: jobs.length, rows: fetched(jobs) }
  })

/** What a first sync of so many members costs beside `b` for each batch. */
interface Cost {
  readonly a: Omit<Counted, 'batches'>
  readonly b: Omit<Counted, 'batches'>
}
const costOf = (few: Counted, many: Counted): Cost => {
  const added = many.batches - few.batches
  const b = { statements: (many.statements - few.statements) / added, rows: (many.rows - few.rows) / added }
  return { a: { statements: few.statements - b.statements * few.batches, rows: few.rows - b.rows * few.batches }, b }
}
const expected = ({ a, b }: Cost, batches: number): Counted => ({
  batches,
  statements: a.statements + b.statements * batches,
  rows: a.rows + b.rows * batches,
})
const least = (one: Counted, other: Counted): Counted => ({
  batches: one.batches,
  statements: Math.min(one.statements, other.statements),
  rows: Math.min(one.rows, other.rows),
})

test('statements and rows grow with batches, and not with members', async () => {
  const shapes = [
    [20, 5],
    [60, 5],
    // As many members in fewer batches.
    [60, 15],
  ] as const
  const measured = async (): Promise<Counted[]> => {
    const counts: Counted[] = []
    for (const [members, maxRows] of shapes) counts.push(await firstSync(members, maxRows))
    return counts
  }
  const fits = ([few, many, crowded]: readonly Counted[]): boolean =>
    few !== undefined &&
    many !== undefined &&
    crowded !== undefined &&
    isDeepStrictEqual(crowded, expected(costOf(few, many), crowded.batches))
  let counts = await measured()
  // Receipts are also written by time, each second: on a busy machine that is a script more, and the least counts.
  for (let again = 0; again < 2 && !fits(counts); again++)
    counts = (await measured()).map((count, i) => least(count, counts[i] ?? count))
  const [few, many, crowded] = counts as [Counted, Counted, Counted]
  expect(many.batches - few.batches).toBe(8)
  expect(crowded.batches).toBeLessThan(many.batches)
  const cost = costOf(few, many)
  expect(crowded).toEqual(expected(cost, crowded.batches))
  process.stderr.write(
    `${underTest}: a first sync is ${cost.a.statements} + ${cost.b.statements} × batches statements, and fetches ${cost.a.rows} + ${cost.b.rows} × batches rows\n`,
  )
}, 240_000)

test('a run in which nothing changed merges nothing, and only counts the ledger', () =>
  inWorld({ ...tiktok, maxRows: 100, maxBytes: 1_000_000 }, async (world) => {
    await world.build(people(0, 50))
    await world.run()
    const jobs = await asked(world)
    expect(saying(jobs, /^\s*merge/i)).toBe(0)
    expect(saying(jobs, /ledger_identifiers_/i)).toBe(1)
    expect(saying(jobs, /select count\(\*\) from .*ledger_identifiers_/i)).toBe(1)
    process.stderr.write(`${underTest}: a run in which nothing changed is ${jobs.length} statements\n`)
  }))

/** How often rows of `ledger_identifiers` are looked into: a bare count of it is read off its metadata. */
const looks = (jobs: readonly AskedJob[]): number => {
  const text = jobs.map(({ sql }) => sql).join(';\n')
  const reads = text.match(/(?:from|join) \S*ledger_identifiers_/gi) ?? []
  const counts = text.match(/select count\(\*\) from \S*ledger_identifiers_\S*?[`"]?(?=\)|;|$)/gim) ?? []
  return reads.length - counts.length
}
type Wishes = Readonly<Record<string, readonly Identifier[]>>
const looksOf = async (...days: readonly Wishes[]): Promise<number> => {
  let last = 0
  await inWorld({ ...tiktok, maxRows: 100, maxBytes: 1_000_000 }, async (world) => {
    for (const day of days) {
      await world.build(segmentOf(day))
      last = looks(await asked(world))
    }
  })
  return last
}

test('a change looks twice at the ledger, and merges once into each', () =>
  inWorld({ ...tiktok, maxRows: 100, maxBytes: 1_000_000 }, async (world) => {
    await world.build(people(0, 50))
    await world.run()
    await world.build(people(5, 55))
    const jobs = await asked(world)
    expect(saying(jobs, /^\s*merge into \S*ledger_identifiers_/i)).toBe(1)
    expect(saying(jobs, /^\s*merge into \S*ledger_members_/i)).toBe(1)
    expect(looks(jobs)).toBe(2)
  }))

test('whoever is unchanged and to be added again is one more look at the ledger', async () => {
  expect(await looksOf({ A: ['P1.e0', 'P1.e1'], B: ['P1.e1'] }, { B: ['P1.e1'] })).toBe(3)
})

test('whoever is unchanged and had what is removed now is three more', async () => {
  const days: Wishes[] = [
    { M0: ['P0.e0', 'P0.p0'], N0: ['P0.e0'], M1: ['P0.p0', 'P0.e1'] },
    { M0: ['P0.p0'], N0: ['P0.e0'], M1: ['P0.p0', 'P0.e1'] },
    { M0: ['P0.p0'], M1: ['P0.p0', 'P0.e1'] },
  ]
  expect(await looksOf(...days)).toBe(5)
})
