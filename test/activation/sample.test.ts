import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { surprises } from '../../connector/activation/sample.ts'
import type { Activation, MappedField } from '../../connector/config/activation.ts'
import { namingOf } from '../../connector/config/names.ts'
import { xAds } from '../../connector/destination/x-ads.ts'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { activationOf } from '../model/setting.ts'
import { type EmptyWarehouse, emptyWarehouse, underTest, words } from '../warehouse/under-test.ts'

const { fold } = namingOf(underTest)
const setting = {
  platform: 'x_ads',
  writing: 'clear',
  maxBytes: 1,
  maxRows: 1,
  concurrency: 1,
  optimised: true,
} as const

let empty: EmptyWarehouse
let warehouse: Warehouse
beforeAll(async () => {
  empty = await emptyWarehouse()
  warehouse = await empty.connect()
})
afterAll(async () => {
  await warehouse.close()
  await empty.destroy()
})

const column = (field: string, name: string, more: Partial<MappedField> = {}): MappedField => ({
  field,
  column: fold(name),
  format: 'auto',
  ...more,
})
/** What is said of a table with these columns, each an expression over `i` from 0, and of so many rows. */
const said = async (
  table: string,
  rows: number,
  columns: Readonly<Record<string, string>>,
  fields: readonly MappedField[],
  where: Activation['segment']['where'] = [],
) => {
  const list = Object.entries(columns).map(([name, expression]) => `${expression} as ${name}`)
  await empty.say(
    `create table ${table} as select ${['i as member', ...list].join(', ')} from ${words.numbers(rows)} as t(i)`,
  )
  const plain = activationOf(setting, 'http://127.0.0.1:1')
  const segment = { ...plain.segment, source: { relation: [fold(table)] }, where }
  return surprises({ activation: { ...plain, segment, fields }, destination: xAds, warehouse })
}
const email = "'person' || i || '@mail.fr'"

describe('a sample of a segment', () => {
  test('shows by field and reason what a run would reject', async () => {
    const found = await said(
      'mixed',
      200,
      {
        // One in five is no address, all phones lack a country, one handle of 21 members and one of 20.
        email: `case when i % 5 = 0 then 'nobody-' || i else ${email} end`,
        phone: "'0612' || (100000 + i)",
        handle: "case when i < 21 then 'acme' when i < 41 then 'other' else 'own_' || i end",
        device: "case when i < 20 then 'x' end",
      },
      [
        column('email', 'email'),
        column('phone_number', 'phone'),
        column('handle', 'handle'),
        column('twitter_id', 'device'),
      ],
    )
    expect(found.map(({ code }) => code)).toEqual(Array(4).fill('rejected_values'))
    expect(found.map(({ message }) => message.split(':').slice(0, 2).join(':'))).toEqual([
      'of a sample of at most 10,000 rows email: 20 % rejected (40 of 200 values), invalid_email',
      'of a sample of at most 10,000 rows phone_number: 100 % rejected (200 of 200 values), unknown_country',
      'of a sample of at most 10,000 rows handle: 10.5 % rejected (21 of 200 values), shared_by_many',
      'of a sample of at most 10,000 rows twitter_id: 100 % rejected (20 of 20 values), invalid_user_id',
    ])
    expect(JSON.stringify(found)).not.toMatch(/nobody-|acme|0612/)
  })

  test('is silent up to a tenth, about empty columns, and about rows that the filter leaves out', async () => {
    const columns = { email: `case when i % 10 = 0 then '-' else ${email} end`, phone: "nullif('', '')" }
    const fields = [column('email', 'email'), column('phone_number', 'phone')]
    expect(await said('tenth', 200, columns, fields)).toEqual([])
    const bad = { email: `case when i < 100 then '-' else ${email} end` }
    const where = [{ column: fold('member'), operator: 'at_least', value: 100 }] as const
    expect(await said('filtered', 200, bad, [column('email', 'email')], where)).toEqual([])
  })

  test('one value in several rows of one member is not shared by many', async () => {
    const columns = { person: 'i % 20', handle: "'acme'" }
    const plain = activationOf(setting, 'http://127.0.0.1:1')
    await said('several_rows', 200, columns, [column('handle', 'handle')])
    const segment = {
      ...plain.segment,
      source: { relation: [fold('several_rows')] },
      memberKey: { column: fold('person'), hash: false },
    }
    const activation = { ...plain, segment, fields: [column('handle', 'handle')] }
    expect(await surprises({ activation, destination: xAds, warehouse })).toEqual([])
  })

  test('adds up the columns of one field', async () => {
    const columns = { work: email, home: "'-' || i" }
    const [found] = await said('two_columns', 100, columns, [column('email', 'work'), column('email', 'home')])
    expect(found?.message).toContain('email: 50 % rejected (100 of 200 values), invalid_email')
  })

  test('is of 10,000 rows at most', async () => {
    const [found] = await said('large', 10_300, { phone: "'0612' || (100000 + i)" }, [column('phone_number', 'phone')])
    expect(found?.message).toContain('phone_number: 100 % rejected (10000 of 10000 values)')
  })
})

describe('a constant country', () => {
  const french = column('phone_number', 'phone', { defaultCountry: 'FR' })
  const phone = "'+33612' || (100000 + i)"
  const [p, c] = [fold('phone'), fold('shipping_country')]

  test('meets a column of countries', async () => {
    const columns = { phone, shipping_country: "case when i < 30 then 'DE' when i < 60 then 'fr' end" }
    expect(await said('countries', 100, columns, [french])).toEqual([
      {
        code: 'constant_country',
        field: 'phone_number',
        message: `phone_number: every number without a calling code is read as FR, but the relation has a column ${c}: write phone_number: { column: ${p}, country: { column: ${c} }, default_country: FR }`,
      },
    ])
  })

  test('is said with the format, and with names that YAML has to quote', async () => {
    const columns = { phone, '"land, iso"': "case when i < 30 then 'Österreich' else 'Schweiz' end" }
    const [found] = await said('formats', 100, columns, [{ ...french, format: 'clear' }])
    expect(found?.message).toContain(
      `write phone_number: { column: ${p}, format: clear, country: { column: "land, iso" }, default_country: FR }`,
    )
  })

  test.each([
    ['a column with one country', { country: "case when i % 2 = 0 then 'FR' else 'fr' end" }, french],
    ['a column of numbers', { country: "'' || i" }, french],
    ['an empty column', { country: "nullif('', '')" }, french],
    ['a column with another name', { region: "case when i < 30 then 'DE' else 'FR' end" }, french],
    ['no default', { country: "case when i < 30 then 'DE' else 'FR' end" }, column('phone_number', 'phone')],
    [
      'a field that reads its country',
      { country: "case when i < 30 then 'DE' else 'FR' end" },
      { ...french, countryColumn: fold('country') },
    ],
  ])('%s: nothing is said', async (name, columns, field) =>
    expect(await said(name.replaceAll(' ', '_'), 100, { phone, ...columns }, [field])).toEqual([]),
  )
})
