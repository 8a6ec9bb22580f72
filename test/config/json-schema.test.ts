// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables as they stand in a file
import { expect, test } from '@jest/globals'
import { jsonSchema } from '../../connector/config/load.ts'

type Schema = { [key: string]: Schema }

test('knows the keys of the file and of each platform', () => {
  const schema = JSON.parse(JSON.stringify(jsonSchema())) as Schema
  expect(schema.$schema).toBe('http://json-schema.org/draft-07/schema#')
  expect(Object.keys(schema.properties ?? {})).toEqual(['version', 'warehouse', 'run', 'destinations', 'segments'])
  expect(schema.required).toEqual(['version', 'warehouse', 'destinations', 'segments'])
  expect(schema.additionalProperties).toBe(false)
  const platforms = Object.values(schema.properties?.destinations?.additionalProperties?.anyOf ?? {})
  const onX = platforms.find((platform) => String(platform.properties?.type?.const) === 'x_ads')
  expect(Object.keys(onX?.properties ?? {})).toEqual(
    expect.arrayContaining(['account_id', 'credentials', 'base_url', 'defaults']),
  )
  expect(onX?.required).toEqual(expect.arrayContaining(['type', 'account_id', 'credentials']))
  expect(Object.keys(onX?.properties?.defaults?.properties?.fields?.properties ?? {})).toContain('twitter_id')
  const segment = schema.properties?.segments?.additionalProperties
  expect(segment?.required).toEqual(['member_key'])
  expect(Object.keys(segment?.properties?.where?.items?.properties ?? {})).toContain('at_least')
})

test('takes a variable where a number, or true or false, is wanted, as the reader does; not such a value in quotes', () => {
  const schema = JSON.parse(JSON.stringify(jsonSchema())) as Schema
  const onPostgres = Object.values(schema.properties?.warehouse?.anyOf ?? {}).find(
    (one) => String(one.properties?.type?.const) === 'postgres',
  )
  const [number, variable] = Object.values(onPostgres?.properties?.port?.anyOf ?? {})
  expect([String(number?.type), String(variable?.type)]).toEqual(['integer', 'string'])
  const form = new RegExp(String(variable?.pattern))
  expect(['${PGPORT}', '5433', '${PG}${PORT}', 'a${PORT}'].map((text) => form.test(text))).toEqual([
    true,
    false,
    false,
    false,
  ])
  expect(String(schema.properties?.version?.const)).toBe('1')
})

test('a connection may stand in the place of the keys that it gives, and not of others', () => {
  const schema = JSON.parse(JSON.stringify(jsonSchema())) as Schema
  const warehouses = Object.values(schema.properties?.warehouse?.anyOf ?? {})
  const [byConnection, ...others] = warehouses.filter((one) => one.properties?.connection !== undefined)
  expect([byConnection?.required, byConnection?.additionalProperties, others]).toEqual([['connection'], false, []])
  expect(Object.keys(byConnection?.properties ?? {})).toEqual(
    expect.arrayContaining(['type', 'schema', 'lock_timeout_ms', 'location', 'query_tag', 'threads']),
  )
  const platforms = Object.values(schema.properties?.destinations?.additionalProperties?.anyOf ?? {})
  const pairs = Object.values(Object.groupBy(platforms, ({ properties }) => String(properties?.type?.const)))
  expect(pairs).toHaveLength(3)
  for (const pair of pairs) {
    expect(pair?.map(({ properties }) => 'connection' in (properties ?? {}))).toEqual([false, true])
    expect(pair?.[1]?.required).toEqual(['type', 'connection'])
    expect(pair?.[1]?.properties?.credentials?.required).toBeUndefined()
  }
})
