import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { destinations } from '../../connector/destination/registry.ts'
import { type BatchLimits, cutBatches, listBatches, listTypes } from '../../sql/batches.ts'
import { packBatches } from '../../sql/bodies.ts'
import { createDeltaViews } from '../../sql/delta.ts'
import { createRunTables, dropRunObject, fillRunTable, runObjects } from '../../sql/run-tables.ts'
import { unionAll } from '../../sql/scope.ts'
import { type BatchLayout, unitOf } from '../../sql/units.ts'
import { words } from '../warehouse/under-test.ts'
import { openTestWarehouse } from './warehouse.ts'

let world: Awaited<ReturnType<typeof openTestWarehouse>>
beforeAll(async () => {
  world = await openTestWarehouse()
})
afterAll(() => world.warehouse.close())

interface Identifier {
  readonly op: 'add' | 'remove' | 'keep' | 'hold'
  readonly member: number
  /** Whose removal travels for it; the member itself unless said. */
  readonly sender?: number
  readonly field: string
  readonly value: string
}
const digest = (value: string): string => createHash('sha256').update(value).digest('hex')
const digestOf = ({ field, value }: Pick<Identifier, 'field' | 'value'>): string =>
  createHash(field.endsWith('512') ? 'sha512' : 'sha256')
    .update(value)
    .digest('hex')

const none = () => sql.raw(`cast(null as ${world.scope.dialect.types.digest})`)

const columnsOf = (layout: BatchLayout) =>
  Object.keys(layout.types).map((type) => ({ type, field: type, column: type, rule: 'email', format: 'auto' }) as const)

type Stored = 'row by row' | 'as arrivals'

/** Members who only add, with one identifier of a type at most, can be stored as arrivals: everything else must be the same. */
async function store(identifiers: readonly Identifier[], layout: BatchLayout, stored: Stored): Promise<void> {
  const types = Object.keys(layout.types)
  const members = Map.groupBy(identifiers, (i) => i.member)
  const arrives = (member: number): boolean => {
    const own = members.get(member) ?? []
    const simple = own.every(({ op }) => op === 'add') && new Set(own.map(({ field }) => field)).size === own.length
    return stored === 'as arrivals' && simple
  }
  const rows = identifiers
    .filter(({ member }) => !arrives(member))
    .map(
      (i) => sql`select ${i.op} as op, ${sql.raw(String(i.member))} as member_no,
        ${sql.raw(i.op === 'keep' ? 'null' : String(i.sender ?? i.member))} as send_no, ${i.field} as field, ${sql.raw(words.bytes(digestOf(i)))} as digest`,
    )
  const arrivals = [...members]
    .filter(([member]) => arrives(member))
    .map(([member, own]) => {
      const found = types.map((type) => own.find(({ field }) => field === type))
      return sql`select ${sql.raw(String(member))}, ${`k${member}`}, ${sql.raw(words.fingerprint(1))}, ${sql.join(found.map((own) => (own === undefined ? none() : sql.raw(words.bytes(digestOf(own))))))}`
    })
  const nothing = sql`select 'add' as op, 1 as member_no, 1 as send_no, 'x' as field, ${sql.raw(words.bytes('00'))} as digest where 1 = 0`
  const digests = Object.fromEntries(types.map((_, n) => [`digest_${n + 1}`, 'digest'] as const))
  const [byRow, asArrivals] = [
    sql`select op, member_no, ${unitOf(layout)}, coalesce(send_no = member_no and op in ('add', 'remove'), false),
      'k' || member_no, field, digest, 0, false, false, null, null from (${unionAll(rows.length === 0 ? [nothing] : rows)}) as d`,
    unionAll(
      arrivals.length === 0
        ? [sql`select 1, '', ${sql.raw(words.fingerprint(1))}, ${sql.join(types.map(none))} where 1 = 0`]
        : arrivals,
    ),
  ]
  await world.run(
    ...runObjects.map((name) => dropRunObject(world.scope, name)),
    ...createRunTables(world.scope, digests),
    fillRunTable(world.scope, 'arrivals', asArrivals, false, digests),
    fillRunTable(world.scope, 'delta_rows', byRow, false),
    ...createDeltaViews(world.scope, layout, columnsOf(layout), false),
  )
}

async function cut(identifiers: readonly Identifier[], layout: BatchLayout, limits: BatchLimits, stored: Stored) {
  await store(identifiers, layout, stored)
  const columns = columnsOf(layout)
  const types = (await world.rows(listTypes(world.scope))).map((row) => row.field ?? '')
  const packing = { layout, types, columns }
  await world.run(...cutBatches(world.scope, packing, limits, false))
  const batches = await world.rows(listBatches(world.scope))
  if (batches.length === 0) return []
  const range = {
    first: 1,
    last: batches.length,
    firstUnit: batches[0]?.first_unit ?? '',
    lastUnit: batches.at(-1)?.last_unit ?? '',
  }
  const packed = await world.rows(packBatches(world.scope, packing, range))
  const bodies = new Map(packed.map((row) => [row.batch_no, row]))
  return batches.map((batch) => ({
    op: batch.op,
    field: batch.field,
    members: Number(batch.members),
    identifiers: Number(batch.identifiers),
    rows: Number(batch.request_rows),
    packedRows: Number(bodies.get(batch.batch_no ?? '')?.request_rows),
    body: bodies.get(batch.batch_no ?? '')?.body ?? '',
    bytes: Number(batch.bytes),
  }))
}

const x = destinations.x_ads.layout('1nmth')
const tiktok = destinations.tiktok_ads.layout('77', { combinedRows: false })
const combined = destinations.tiktok_ads.layout('77', { combinedRows: true })
const users = (body: string) => JSON.parse(`[${body}]`) as Record<string, readonly string[]>[]

test.each([
  ['x_ads', x],
  ['tiktok_ads', tiktok],
  ['tiktok_ads, combined rows', combined],
])('%s: a delta of which nothing travels makes no batch', async (_, layout) => {
  const held = [
    { op: 'hold', member: 1, field: 'email', value: 'held' },
    { op: 'keep', member: 1, field: 'email', value: 'kept' },
  ] as const
  for (const identifiers of [held, []])
    expect(await cut(identifiers, layout, { maxBytes: 100_000, maxRows: 2 }, 'row by row')).toEqual([])
})

describe.each<Stored>(['row by row', 'as arrivals'])('rows of members (X), stored %s', (stored) => {
  test('a member travels as one user with all identifiers of the operation, each type an array', async () => {
    const [batch, ...more] = await cut(
      [
        { op: 'add', member: 1, field: 'email', value: 'a' },
        { op: 'add', member: 1, field: 'email', value: 'b' },
        { op: 'add', member: 1, field: 'phone_number', value: 'p' },
        { op: 'add', member: 2, field: 'phone_number', value: 'q' },
        { op: 'hold', member: 2, field: 'email', value: 'held' },
        { op: 'keep', member: 2, field: 'email', value: 'kept' },
      ],
      x,
      { maxBytes: 100_000 },
      stored,
    )
    expect(more).toEqual([])
    expect(batch).toMatchObject({ op: 'add', field: null, members: 2, identifiers: 4, rows: 2, packedRows: 2 })
    const sent = users(batch?.body ?? '').map((user) =>
      Object.fromEntries(Object.entries(user).map(([type, list]) => [type, [...list].sort()])),
    )
    expect(sent).toHaveLength(2)
    expect(sent).toContainEqual({ email: [digest('a'), digest('b')].sort(), phone_number: [digest('p')] })
    expect(sent).toContainEqual({ phone_number: [digest('q')] })
  })

  test('removes come first, and one removal travels for all who hold a digest', async () => {
    const batches = await cut(
      [
        { op: 'add', member: 3, field: 'email', value: 'new' },
        { op: 'remove', member: 1, field: 'email', value: 'gone' },
        { op: 'remove', member: 2, sender: 1, field: 'email', value: 'gone' },
      ],
      x,
      { maxBytes: 100_000 },
      stored,
    )
    expect(batches.map(({ op, identifiers, members }) => ({ op, identifiers, members }))).toEqual([
      { op: 'remove', identifiers: 1, members: 1 },
      { op: 'add', identifiers: 1, members: 1 },
    ])
    expect(users(batches[0]?.body ?? '')).toEqual([{ email: [digest('gone')] }])
  })

  test('as few requests as the bytes allow, none over the limit, and the bytes are known before', async () => {
    const members = 1000
    const identifiers = Array.from({ length: members }, (_, i) => [
      { op: 'add' as const, member: i + 1, field: 'email', value: `e${i}` },
      ...(i % 3 === 0 ? [{ op: 'add' as const, member: i + 1, field: 'phone_number', value: `p${i}` }] : []),
    ]).flat()
    // {"email":["<64>"]} is 78 bytes and a comma; with ,"phone_number":["<64>"] it is 162: 7 + 2 + 64 + 2 … by hand below.
    const one = '{"email":[""]}'.length + 64
    const both = '{"email":[""],"phone_number":[""]}'.length + 128
    const limit = 10_000
    const batches = await cut(identifiers, x, { maxBytes: limit }, stored)
    const withBoth = Math.ceil(members / 3)
    const total = withBoth * both + (members - withBoth) * one + members - 1
    for (const batch of batches) expect(batch.body.length + x.envelopeBytes).toBeLessThanOrEqual(limit)
    for (const batch of batches) expect(batch.bytes).toBe(batch.body.length + 1)
    expect(batches.length).toBeLessThanOrEqual(Math.ceil((total + 1) / (limit - x.envelopeBytes - both)))
    expect(batches.reduce((sum, batch) => sum + batch.members, 0)).toBe(members)
    expect(new Set(batches.flatMap((batch) => users(batch.body).map((user) => user.email?.[0]))).size).toBe(members)
  })
})

describe.each<Stored>(['row by row', 'as arrivals'])('rows of identifiers (TikTok), stored %s', (stored) => {
  test('a batch is of one type, full to the row limit, and no row stands twice', async () => {
    const identifiers = Array.from({ length: 250 }, (_, i) => [
      { op: 'add' as const, member: i + 1, field: 'EMAIL_SHA256', value: `e${i}` },
      { op: 'add' as const, member: i + 1, field: 'PHONE_SHA256', value: `p${i}` },
    ]).flat()
    const batches = await cut(identifiers, tiktok, { maxRows: 100, maxBytes: 1_000_000 }, stored)
    expect(batches.map(({ op, field, rows, packedRows }) => ({ op, field, rows, packedRows }))).toEqual(
      ['EMAIL_SHA256', 'PHONE_SHA256'].flatMap((field) =>
        [100, 100, 50].map((rows) => ({ op: 'add', field, rows, packedRows: rows })),
      ),
    )
    const cells = JSON.parse(`[${batches[0]?.body}]`) as { id: string; audience_ids: string[] }[][]
    expect(cells).toHaveLength(100)
    expect(cells[0]).toEqual([{ id: expect.stringMatching(/^[0-9a-f]{64}$/), audience_ids: ['77'] }])
    const sent = batches
      .slice(0, 3)
      .flatMap((batch) => (JSON.parse(`[${batch.body}]`) as { id: string }[][]).map(([cell]) => cell?.id))
    expect(new Set(sent)).toEqual(new Set(Array.from({ length: 250 }, (_, i) => digest(`e${i}`))))
  })

  test('a type with longer digests has its own bytes', async () => {
    const identifiers = Array.from({ length: 3 }, (_, i) => ({
      op: 'add' as const,
      member: i + 1,
      field: 'EMAIL_SHA512',
      value: `${i}`,
    }))
    const [batch] = await cut(identifiers, tiktok, { maxRows: 100, maxBytes: 1_000_000 }, stored)
    expect(batch?.bytes).toBe(3 * `[{"id":"${'0'.repeat(128)}","audience_ids":["77"]}],`.length)
    expect(batch?.body.length).toBe((batch?.bytes ?? 0) - ','.length)
  })

  test('the identifiers that a member has of one type stay together', async () => {
    const identifiers = Array.from({ length: 40 }, (_, i) =>
      ['a', 'b', 'c'].map((v) => ({ op: 'add' as const, member: i + 1, field: 'EMAIL_SHA256', value: `${v}${i}` })),
    ).flat()
    const batches = await cut(identifiers, tiktok, { maxRows: 10, maxBytes: 1_000_000 }, stored)
    for (const batch of batches) {
      expect(batch.rows).toBeLessThanOrEqual(10)
      expect(batch.rows).toBe(batch.members * 3)
    }
    expect(batches.reduce((sum, batch) => sum + batch.members, 0)).toBe(40)
  })

  test('where every row is small, only the rows count: as few requests as rows allow, though bytes are limited too', async () => {
    // A row is [{"id":"<64>","audience_ids":["77"]}] and a comma, 98 bytes: 100 rows are 9,800 of the 10,000.
    const identifiers = Array.from({ length: 1000 }, (_, i) => ({
      op: 'add' as const,
      member: i + 1,
      field: 'EMAIL_SHA256',
      value: `e${i}`,
    }))
    const batches = await cut(identifiers, tiktok, { maxRows: 100, maxBytes: 9_800 + tiktok.envelopeBytes }, stored)
    expect(batches.map(({ rows }) => rows)).toEqual(Array.from({ length: 10 }, () => 100))
    expect(batches[0]?.bytes).toBe(9_800)
  })

  test('where members differ, a batch keeps to both limits', async () => {
    // A third of the members have 30 e-mail addresses (their bytes count), the others one (their rows count).
    const identifiers = Array.from({ length: 300 }, (_, i) =>
      Array.from({ length: i < 100 ? 30 : 1 }, (_, n) => ({
        op: 'add' as const,
        member: i + 1,
        field: 'email',
        value: `${n}/${i}`,
      })),
    ).flat()
    const limits = { maxRows: 10, maxBytes: 5000 }
    const batches = await cut(identifiers, x, limits, stored)
    expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(300)
    expect(Math.max(...batches.map(({ rows }) => rows))).toBeLessThanOrEqual(10)
    for (const batch of batches) expect(batch.body.length + x.envelopeBytes).toBeLessThanOrEqual(limits.maxBytes)
    // {"email":[ … ]} with 30 digests is 2,022 bytes with its comma, 20,220 parts of a request's 10 x bytes; one digest is a
    // row, so 1 x bytes. The limit less the largest member holds them all in so many requests:
    const room = limits.maxBytes - x.envelopeBytes
    const parts = 100 * 20_220 + 200 * room
    expect(batches.length).toBeLessThanOrEqual(Math.ceil(parts / (10 * room - 20_220)))
  })

  test('bytes limit where rows do not', async () => {
    const identifiers = Array.from({ length: 100 }, (_, i) => ({
      op: 'remove' as const,
      member: i + 1,
      field: 'PHONE_SHA256',
      value: `p${i}`,
    }))
    const batches = await cut(identifiers, tiktok, { maxRows: 1000, maxBytes: 3000 }, stored)
    expect(batches.length).toBeGreaterThan(1)
    for (const batch of batches) expect(batch.body.length + tiktok.envelopeBytes).toBeLessThanOrEqual(3000)
  })
})

describe.each<Stored>(['row by row', 'as arrivals'])('positional rows (TikTok, combined), stored %s', (stored) => {
  const cell = (value: string) => ({ id: digest(value), audience_ids: ['77'] })
  const sorted = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).sort()

  test('a row has a cell for each type that travels, {} where a member has none, and one value in each', async () => {
    const [batch, ...more] = await cut(
      [
        { op: 'add', member: 1, field: 'EMAIL_SHA256', value: 'e1' },
        { op: 'add', member: 1, field: 'PHONE_SHA256', value: 'p1' },
        { op: 'add', member: 2, field: 'PHONE_SHA256', value: 'p2' },
        { op: 'add', member: 3, field: 'EMAIL_SHA256', value: 'e3' },
        { op: 'add', member: 4, field: 'AAID_SHA256', value: 'd4' },
        { op: 'hold', member: 4, field: 'EMAIL_SHA256', value: 'held' },
      ],
      combined,
      { maxBytes: 100_000, maxRows: 10 },
      stored,
    )
    expect(more).toEqual([])
    expect(batch).toMatchObject({ op: 'add', field: null, members: 4, identifiers: 5, rows: 4, packedRows: 4 })
    // In the order of the types: AAID_SHA256, EMAIL_SHA256, PHONE_SHA256.
    const rows = [
      [{}, cell('e1'), cell('p1')],
      [{}, {}, cell('p2')],
      [{}, cell('e3'), {}],
      [cell('d4'), {}, {}],
    ]
    expect(sorted(JSON.parse(`[${batch?.body}]`))).toEqual(sorted(rows))
    expect(batch?.bytes).toBe(JSON.stringify(rows).length - '['.length - ']'.length + ','.length)
  })

  test('several values of a type make several rows, which stay together', async () => {
    const batches = await cut(
      [
        ...['a', 'b', 'c'].map((value) => ({ op: 'add' as const, member: 1, field: 'EMAIL_SHA256', value })),
        ...['p', 'q'].map((value) => ({ op: 'add' as const, member: 1, field: 'PHONE_SHA256', value })),
        ...['x', 'y'].map((value) => ({ op: 'add' as const, member: 2, field: 'PHONE_SHA256', value })),
      ],
      combined,
      { maxBytes: 100_000, maxRows: 3 },
      stored,
    )
    expect(
      batches.map(({ members, identifiers, rows, packedRows }) => ({ members, identifiers, rows, packedRows })),
    ).toEqual([
      { members: 1, identifiers: 5, rows: 3, packedRows: 3 },
      { members: 1, identifiers: 2, rows: 2, packedRows: 2 },
    ])
    const cells = (JSON.parse(`[${batches[0]?.body}]`) as { id?: string }[][]).map((row) => row.map(({ id }) => id))
    const column = (n: number) => cells.map((row) => row[n]).filter((id) => id !== undefined)
    expect(new Set(column(0))).toEqual(new Set(['a', 'b', 'c'].map(digest)))
    expect(new Set(column(1))).toEqual(new Set(['p', 'q'].map(digest)))
    for (const batch of batches) expect(batch.bytes).toBe(batch.body.length + 1)
  })

  test('removes have the same positions', async () => {
    const [batch] = await cut(
      [
        { op: 'remove', member: 1, field: 'PHONE_SHA256', value: 'p' },
        { op: 'add', member: 2, field: 'EMAIL_SHA256', value: 'e' },
      ],
      combined,
      { maxBytes: 100_000, maxRows: 3 },
      stored,
    )
    expect(batch).toMatchObject({ op: 'remove', body: JSON.stringify([{}, cell('p')]) })
  })
})
