import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createDeltaViews } from '../../sql/delta.ts'
import {
  countDelta,
  countHolds,
  countRejections,
  countValues,
  measureDelta,
  measureStanding,
} from '../../sql/guards.ts'
import { createRunTables } from '../../sql/run-tables.ts'
import { words } from '../warehouse/under-test.ts'
import { openTestWarehouse } from './warehouse.ts'

let world: Awaited<ReturnType<typeof openTestWarehouse>>
const states = { confirmed: 1, unconfirmed: 2, kept: 3, new: 0 } as const
const table = (name: string): string => `tidemark_state."${name}-a-x-1"`
const insert = (into: string, rows: readonly string[]) =>
  world.raw(`insert into ${into} values ${rows.map((row) => `(${row})`).join(', ')}`)

interface Identifier {
  readonly field: 'A' | 'B'
  readonly prior: keyof typeof states
  readonly op?: 'add' | 'hold' | 'remove' | 'keep'
}
interface Case {
  readonly has: readonly Identifier[]
  readonly again?: true
  readonly counts: readonly ('emptied' | 'touched')[]
}
const removed: Identifier = { field: 'A', prior: 'confirmed', op: 'remove' }
const other = (prior: Identifier['prior'], op?: Identifier['op']): Identifier => ({
  field: 'B',
  prior,
  ...(op ? { op } : {}),
})

/** Design section 5: who would really lose something and hold nothing afterwards; who is removed from or added again. */
const cases: Readonly<Record<string, Case>> = {
  'loses the only one': { has: [removed], counts: ['emptied', 'touched'] },
  'what was only perhaps there counts too': {
    has: [{ ...removed, prior: 'unconfirmed' }],
    counts: ['emptied', 'touched'],
  },
  'another stays': { has: [removed, other('confirmed')], counts: ['touched'] },
  'another that is kept for others does not count': { has: [removed, other('kept')], counts: ['emptied', 'touched'] },
  'another is dropped without a call': { has: [removed, other('confirmed', 'keep')], counts: ['emptied', 'touched'] },
  'another goes too': { has: [removed, other('confirmed', 'remove')], counts: ['emptied', 'touched'] },
  'another comes': { has: [removed, other('new', 'add')], counts: ['touched'] },
  'another is wanted and waits': { has: [removed, other('new', 'hold')], counts: ['touched'] },
  'had dropped it before': { has: [{ ...removed, prior: 'kept' }], counts: [] },
  'is added again': { has: [other('confirmed', 'add')], again: true, counts: ['touched'] },
  'is added for the first time': { has: [other('new', 'add')], counts: [] },
  'drops what others want': { has: [other('confirmed', 'keep')], counts: [] },
}

beforeAll(async () => {
  world = await openTestWarehouse()
  const layout = {
    rowPer: 'member',
    row: { open: '', close: '' },
    types: { A: { open: '', close: '' }, B: { open: '', close: '' } },
    value: { open: '', close: '' },
    envelopeBytes: 0,
  } as const
  const column = { type: 'A', field: 'A', column: 'a', rule: 'email', format: 'auto' } as const
  const read = { digest_1: 'digest', reason_1: 'name', digest_2: 'digest', reason_2: 'name' } as const
  await world.run(
    ...createRunTables(world.scope, read),
    ...createDeltaViews(world.scope, layout, [column, { ...column, type: 'B', field: 'B', column: 'b' }], false),
  )
  const members = Object.entries(cases).map(([name, c], i) => ({ name, n: i + 1, ...c }))
  const digest = (n: number, { field }: Identifier): string =>
    words.bytes(`0${n.toString(16)}${Buffer.from(field).toString('hex')}`)
  await insert(
    table('held'),
    members.flatMap(({ n, has }) =>
      has
        .filter(({ prior }) => prior !== 'new')
        .map((i) => `${n}, 'M${n}', '${i.field}', ${digest(n, i)}, ${states[i.prior]}, null, true`),
    ),
  )
  await insert(
    table('delta_rows'),
    members.flatMap(({ n, has }) =>
      has
        .filter(({ op }) => op)
        .map(
          (i) =>
            `'${i.op}', ${n}, ${n}, ${i.op !== 'remove' || n > 1}, 'M${n}', '${i.field}', ${digest(n, i)}, ${states[i.prior]}, ${i.prior === 'confirmed'}, ${i.op === 'keep'}, ${i.op === 'hold' ? "'shared_by_many'" : 'null'}, null`,
        ),
    ),
  )
  await world.raw(`create ${words.scratch} tidemark_again_members (member_key varchar)`)
  await insert(
    'tidemark_again_members',
    members.filter(({ again }) => again).map(({ n }) => `'M${n}'`),
  )
  // Two arrive, one of them with both identifiers; the other shares something with whoever is touched.
  await insert(table('arrivals'), [
    `101, 'M101', ${words.fingerprint(101)}, ${words.bytes('0a')}, null, ${words.bytes('0b')}, null`,
    `102, 'M102', ${words.fingerprint(102)}, null, null, ${words.bytes('0c')}, null`,
  ])
  await insert('tidemark_again_members', ["'M102'"])
})
afterAll(() => world.warehouse.close())

test('whom a delta would empty, and whom it touches', async () => {
  const all = Object.values(cases).flatMap(({ counts }) => counts)
  expect(await world.rows(measureDelta(world.scope))).toEqual([
    {
      emptied: String(all.filter((count) => count === 'emptied').length),
      touched: String(all.filter((count) => count === 'touched').length + 1),
    },
  ])
})

test('a delta by what it does: a removal of several holders counts once', async () => {
  // Three additions of members who were there, and three of arrivals. Of nine removals the first does not travel, one was kept and one unconfirmed before; both that are dropped wait.
  expect(await world.rows(countDelta(world.scope, 2))).toEqual([
    { op: 'add', identifiers: '6', confirmed_before: '1', waiting: '0' },
    { op: 'hold', identifiers: '1', confirmed_before: '0', waiting: '0' },
    { op: 'keep', identifiers: '2', confirmed_before: '2', waiting: '2' },
    { op: 'remove', identifiers: '9', confirmed_before: '7', waiting: '0' },
  ])
})

test('what is held, by type and reason', async () => {
  expect(await world.rows(countHolds(world.scope))).toEqual([
    { field: 'B', reason: 'shared_by_many', identifiers: '1' },
  ])
})

test('what is checked and rejected, by column: one pass over what was read', async () => {
  await world.raw(
    `create ${words.scratch} tidemark_read_members (member_no integer, digest_1 ${words.types.bytes}, reason_1 varchar, digest_2 ${words.types.bytes}, reason_2 varchar)`,
  )
  const [valid, none] = [`${words.bytes('01')}, null`, 'null, null']
  const failed = (reason: string): string => `${words.bytes('02')}, '${reason}'`
  await insert('tidemark_read_members', [
    `1, ${valid}, ${failed('too_short')}`,
    `2, ${failed('no')}, ${failed('too_long')}`,
    `3, ${valid}, ${none}`,
    `4, ${none}, ${failed('too_short')}`,
    `5, ${none}, ${none}`,
  ])
  await world.raw(
    `create ${words.scratch} tidemark_changed_members as select n as member_no, n in (2, 4) as due from (values (1), (2), (3), (4), (5)) as v(n)`,
  )
  const column = { type: 'A', field: 'A', column: 'a', rule: 'email', format: 'auto' } as const
  expect(await world.rows(countValues(world.scope, [column, column], false))).toEqual([
    { checked_1: '3', rejected_1: '1', checked_2: '3', rejected_2: '3' },
  ])
  // Members 2 and 4 are only due, as whoever has a placeholder is every day.
  expect(await world.rows(countValues(world.scope, [column, column], true))).toEqual([
    { checked_1: '2', rejected_1: '0', checked_2: '1', rejected_2: '1' },
  ])
})

test('rejections by field and reason, and what belongs to no field', async () => {
  const row = (key: string, field: string, reason: string, n = 1): string =>
    `${key}, ${field}, '${reason}', 'validation', ${n}, null`
  await insert(table('delta_rejections'), [
    row("'M1'", "'phone'", 'too_short'),
    row("'M2'", "'phone'", 'too_short'),
    row("'M2'", "'phone'", 'too_long'),
    row("'M2'", "'email'", 'too_long'),
    row("'M3'", 'null', 'too_many_identifiers', 101),
  ])
  expect(new Set(await world.rows(countRejections(world.scope)))).toEqual(
    new Set([
      { field: 'email', reason: 'too_long', identifiers: '1' },
      { field: 'phone', reason: 'too_long', identifiers: '1' },
      { field: 'phone', reason: 'too_short', identifiers: '2' },
      { field: null, reason: 'too_many_identifiers', identifiers: '101' },
    ]),
  )
})

test('what a delta does not do has no row', async () => {
  await world.raw(`delete from ${table('arrivals')}`)
  await world.raw(`delete from ${table('delta_rows')} where op = 'add'`)
  expect((await world.rows(countDelta(world.scope, 2))).map(({ op }) => op)).toEqual(['hold', 'keep', 'remove'])
})

test('how the segment grows: by K alone, and each member once', async () => {
  await world.raw(`delete from ${table('delta_member_rows')}`)
  const row = (n: number, inK: boolean, standing: number | null, counts = true): string =>
    `${n}, 'S${n}', ${inK}, null, ${standing}, ${counts}`
  await insert(table('delta_member_rows'), [
    row(1, true, 2),
    row(2, true, 2),
    row(2, true, 2, false),
    row(3, true, 1),
    row(4, true, 0),
    row(5, false, null),
  ])
  await insert(table('members_before'), [
    // S2 had two rows, S3 was reachable, S4 was there with two rows and not reachable, S5 is outside K.
    `'S2', ${words.fingerprint(1)}, 2`,
    `'S2', ${words.fingerprint(2)}, 2`,
    `'S3', ${words.fingerprint(1)}, 2`,
    `'S4', ${words.fingerprint(1)}, 1`,
    `'S4', ${words.fingerprint(2)}, 1`,
    `'S5', ${words.fingerprint(1)}, 2`,
  ])
  await insert(table('arrivals'), [`6, 'S6', ${words.fingerprint(1)}, ${words.bytes('01')}, null, null, null`])
  // Now: S1, S2, S6 reachable, S3 in the segment. Before: S2, S3 reachable, S4 in it.
  expect(await world.rows(measureStanding(world.scope))).toEqual([{ segment_members: '1', reachable_members: '1' }])
})
