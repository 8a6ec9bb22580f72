import { expect, test } from '@jest/globals'
import { load, tidemarkYml, x } from './configuration.ts'

const hashOf = async (...parts: Parameters<typeof tidemarkYml>) =>
  (await load(tidemarkYml(...parts))).activations[0]?.configHash
const segment = (rest: string) => ({ segment: rest })
const onX = (settings: string) =>
  `relation: main.customers\nmember_key: customer_id\nactivate: [{ destination: x, ${settings} }]`

test('is the same for the same text', async () => {
  expect(await hashOf()).toBe(await hashOf())
})

test.each([
  ['segment', segment('relation: main.others\nmember_key: customer_id\nactivate: [x]')],
  ['sql for relation', segment('sql: main.customers\nmember_key: customer_id\nactivate: [x]')],
  ['condition', segment(`${onX('name: a')}\nwhere: [{ column: a, equals: 1 }]`)],
  ['member key', segment('relation: main.customers\nmember_key: id\nactivate: [x]')],
  ['hashed key', segment('relation: main.customers\nmember_key: { column: customer_id, hash: true }\nactivate: [x]')],
  ['audience', segment(onX('audience: { name: other }'))],
  ['description', segment(onX('audience: { description: other }'))],
  ['column', segment(onX('fields: { email: other }'))],
  ['format', segment(onX('fields: { email: { column: email, format: clear } }'))],
  ['address', { x: x('base_url: http://127.0.0.1:1') }],
  ['account', { x: x().replace('18ce54d4x5t', '18ce54d4x5u') }],
])('another %s is another hash', async (_, parts) => {
  expect(await hashOf(parts)).not.toBe(await hashOf())
})

test.each([
  ['name', segment(onX('name: other'))],
  ['guards', segment(onX('guards: { allow_empty: true }'))],
  ['schedule', segment(onX('schedule: "@daily"'))],
  ['quarantine', segment(onX('quarantine_days: 1'))],
  ['pacing', { x: x('rate_limit: { requests_per_second: 1 }\nrequest: { concurrency: 1 }') }],
  ['long form', segment(onX('fields: { email: [{ column: email, format: auto }] }'))],
])('another %s is the same hash', async (_, parts) => {
  expect(await hashOf(parts)).toBe(await hashOf())
})

test('credentials do not count', async () => {
  const { environment } = await import('./configuration.ts')
  const other = await load(tidemarkYml(), { ...environment, X_CONSUMER_KEY: 'rotated' })
  expect(other.activations[0]?.configHash).toBe(await hashOf())
})

test('the order of conditions and columns does not count', async () => {
  const ordered = (where: string, fields: string) =>
    hashOf({ segment: `${onX(`fields: { ${fields} }`)}\nwhere: [${where}]` })
  const one = '{ column: a, equals: 1 }'
  const two = '{ column: b, equals: 1 }'
  expect(await ordered(`${two}, ${one}`, 'handle: h, email: [b, a]')).toBe(
    await ordered(`${one}, ${two}`, 'email: [a, b], handle: h'),
  )
})
