import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { probeSegment } from '../../connector/activation/segment.ts'
import { holdsTemplates, placeIn } from '../../connector/activation/segment-place.ts'
import { stopOf } from '../../connector/activation/stop-of.ts'
import type { Activation } from '../../connector/config/activation.ts'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { type EmptyWarehouse, emptyWarehouse } from '../warehouse/under-test.ts'

describe('a place in the SQL of a segment', () => {
  const text = `select "a b", 'person@example.com', 33612345678\n  from\tüse;\n`
  test.each([
    ['the first word', 0, ', in line 1, column 1, at "select"'],
    ['a quoted name', 7, ', in line 1, column 8, at "a b"'],
    ['a sign', 12, ', in line 1, column 13, at ","'],
    ['a word in a later line', text.indexOf('üse'), ', in line 2, column 8, at "üse"'],
    ['behind all of it', text.length, ', at its end (line 2)'],
    ['a text, which may be about a person', text.indexOf("'p"), ', in line 1, column 15'],
    ['a number, which may be about a person', text.indexOf('336'), ', in line 1, column 37'],
    ['nobody knows where', null, ''],
    ['before it, in what is ours', -3, ''],
  ])('%s', (_, offset, says) => expect(placeIn(text, offset)).toBe(says))

  test('templates are those of Jinja', () => {
    expect(['{{ ref("x") }}', '{% if %}', '{# note #}', "select {'a': 1}"].map(holdsTemplates)).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})

describe('a segment that cannot be read', () => {
  let database: EmptyWarehouse
  let warehouse: Warehouse
  beforeAll(async () => {
    database = await emptyWarehouse()
    warehouse = await database.connect()
    await database.say('create schema shop', 'create table shop.people (id bigint, email varchar, phone varchar)')
  })
  afterAll(async () => {
    await warehouse.close()
    await database.destroy()
  })

  const endOf = async (source: object, column = 'email'): Promise<string> => {
    const segment = { name: 'people', source, where: [], memberKey: { column: 'id', hash: false } }
    const destination = { name: 'x' }
    const fields = [{ field: 'email', column, format: 'auto' }]
    const activation = { name: 'people.x', segment, destination, fields } as unknown as Activation
    const error = await probeSegment({ activation, warehouse }).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    const { exit, code, message } = stopOf(error)
    return `${exit} ${code}: ${message}`
  }
  test.each([
    [
      'a slip of the pen',
      'select id, email\n  fro shop.people',
      /^78 sql_syntax: .*in line 2, column 7, at "shop"|"\."/,
    ],
    ['no end', 'select id, email from', /^78 sql_syntax: .* its sql cannot be parsed, at its end \(line 1\); correct/],
    [
      'a column that is not there',
      'select id,\n emial from shop.people',
      /^78 no_such_column: .*line 2, column 2, at "emial"/,
    ],
    [
      'a relation that is not there',
      'select * from\nshop.persons',
      /^78 no_such_relation: .*line 2, column 1, at "shop"/,
    ],
    ['letters of two units before it', "select '😀' as e, emial from shop.people", /column 18, at "emial"/],
  ])('is told the place in its own text: %s', async (_, sql, expected) => {
    expect(await endOf({ sql })).toMatch(expected)
  })

  test("is told that dbt's templates are not rendered", async () => {
    expect(await endOf({ sql: "select * from {{ ref('people') }}" })).toMatch(
      /^78 sql_syntax: Segment people: its sql cannot be parsed: it holds templates of dbt .*not rendered here; write the relation/,
    )
  })

  test('is told the nearest columns, or which there are', async () => {
    const relation = { relation: ['shop', 'people'] }
    expect(await endOf(relation, 'emial')).toMatch(/no column "emial" \(did you mean "email"\?\); correct the fields/i)
    expect(await endOf(relation, 'first_name')).toMatch(
      /no column "first_name"; it has "id", "email", "phone"; correct/i,
    )
  })
})
