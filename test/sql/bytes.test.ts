import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { probed, probeSegment } from '../../connector/activation/segment.ts'
import type { Activation } from '../../connector/config/activation.ts'
import type { Format } from '../../sql/normalise.ts'
import { normalisedRows } from '../../sql/normalised-rows.ts'
import { segmentRows } from '../../sql/segment.ts'
import { underTest, words } from '../warehouse/under-test.ts'
import { openTestWarehouse } from './warehouse.ts'

/** Digests kept as bytes: `bytea`, BLOB, BYTES, BINARY. */
const digest = createHash('sha256').update('jane@example.com').digest('hex')
const nothing = createHash('sha256').update('').digest('hex')
const asBytes = (text: string) => Buffer.from(text).toString('hex')
const rows: readonly (readonly [key: string, hex: string | null])[] = [
  ['a', digest],
  ['b', nothing],
  ['c', null],
  ['d', ''],
  ['e', digest.slice(0, 32)],
  // A text in a column of bytes: in hex, 32 letters would look like a digest, and 64 like one of SHA-512.
  ['f', asBytes('jane.roe.of.nowhere@example.com!')],
  ['g', asBytes(digest)],
]

let world: Awaited<ReturnType<typeof openTestWarehouse>>
beforeAll(async () => {
  world = await openTestWarehouse()
  const values = rows.map(([key, hex]) => `('${key}', ${hex === null ? 'null' : words.bytes(hex)})`)
  await world.raw(`create table hashed as select * from (values ${values.join(', ')}) as v(id, e)`)
})
afterAll(() => world.warehouse.close())

/** As the reader of a configuration has them: names without quotes are in capitals in Snowflake. */
const named = (name: string): string => (underTest === 'snowflake' ? name.toUpperCase() : name)

const activation = (format: Format, memberKey = 'id'): Activation =>
  ({
    name: 'hashed.x',
    segment: {
      name: 'hashed',
      source: { relation: [named('hashed')] },
      where: [],
      memberKey: { column: named(memberKey), hash: false },
    },
    destination: { name: 'x' },
    fields: [{ field: 'email', column: named('e'), format }],
  }) as unknown as Activation

test.each(['auto', 'sha256'] as const)('bytes are read as hex by themselves (%s)', async (format) => {
  const { warehouse, scope } = world
  const { segment } = (await probed({ activation: activation(format), warehouse })).activation
  expect(segment.bytes).toEqual([named('e')])
  const { dialect } = scope
  const read = normalisedRows(dialect, segmentRows(scope, segment, [named('e')]), {
    kept: { member_key: sql.id('member_key') },
    columns: [{ rule: 'email', format, value: sql.id('raw_1') }],
  })
  const got = await world.rows(
    sql`select member_key, case when reason_1 is null then ${dialect.toHex(sql.id('digest_1'))} end as digest, reason_1 as reason from (${read}) as r order by 1`,
  )
  expect(got.map(({ member_key, digest: hex, reason }) => [member_key, hex ?? reason])).toEqual([
    ['a', digest],
    ['b', 'digest_of_nothing'],
    ['c', null],
    ['d', null],
    ['e', 'unreadable_digest'],
    ['f', 'unreadable_digest'],
    ['g', 'unreadable_digest'],
  ])
})

test('they are no clear values and no member key', async () => {
  const { warehouse } = world
  const stop = { exit: 78, code: 'column_type', message: expect.stringMatching(/in "e" \(.*\); cast/i) }
  await expect(probeSegment({ activation: activation('clear'), warehouse })).rejects.toMatchObject(stop)
  await expect(probeSegment({ activation: activation('auto', 'e'), warehouse })).rejects.toMatchObject(stop)
})
