// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables as they stand in a file
import { dirname, join } from 'node:path'
import { expect, test } from '@jest/globals'
import { environment, load, problemsOf, tidemarkYml, x } from './configuration.ts'

const settingsOf = async (warehouse: string, more: Record<string, string | undefined> = {}) =>
  (await load(tidemarkYml({ warehouse }), { ...environment, ...more })).warehouse

test('what is not given is left to the PG* variables', async () => {
  expect(await settingsOf('{ type: postgres }')).toEqual({
    type: 'postgres',
    schema: 'tidemark',
    lockTimeoutMs: 30_000,
    unreachableTimeoutMs: 120_000,
  })
})

test('the keys mean what they mean to libpq, files are relative to the configuration', async () => {
  const settings = await settingsOf(
    '{ type: postgres, host: db, port: 5433, database: shop, user: tide, password: "${PW}", sslmode: verify-full, sslrootcert: ca.pem, lock_timeout_ms: 5, unreachable_timeout_ms: 1000, schema: ads }',
    { PW: 'p@ss' },
  )
  expect(settings).toMatchObject({
    type: 'postgres',
    host: 'db',
    port: 5433,
    database: 'shop',
    user: 'tide',
    password: 'p@ss',
    sslmode: 'verify-full',
    lockTimeoutMs: 5,
    unreachableTimeoutMs: 1000,
    schema: 'ads',
  })
  const { sslrootcert } = settings as { readonly sslrootcert: string }
  expect(sslrootcert).toBe(join(dirname(sslrootcert), 'ca.pem'))
  expect(sslrootcert.startsWith('/')).toBe(true)
})

test('a variable is text: a number in it is read as one where one is wanted', async () => {
  const port = '{ type: postgres, port: "${PORT}" }'
  expect(await settingsOf(port, { PORT: '5433' })).toMatchObject({ port: 5433 })
  const adopted = { x: x('', '{ fields: { email: email }, audience: { adopt: "${ADOPT}" } }') }
  const { activations } = await load(tidemarkYml(adopted), { ...environment, ADOPT: 'true' })
  expect(activations.some(({ audience }) => audience.adopt)).toBe(true)
  for (const text of ['five', '5433.5', '70000', ' 5433'])
    await expect(settingsOf(port, { PORT: text })).rejects.toThrow(
      /warehouse\.port: must be .*value of \$\{PORT\} \(not shown\)/,
    )
  await expect(settingsOf(port, { PORT: 'five' })).rejects.toThrow('set it to a number')
  // Written in the file it is text in quotes, which a number is not.
  await expect(settingsOf('{ type: postgres, port: "5433" }')).rejects.toThrow('write it without quotes')
})

test.each([
  '{ type: bigquery, project: my-shop, location: EU }',
  '{ type: snowflake, account: a, database: d, token: "${PW}" }',
])('a server may be silent for two minutes, or as long as it is said: %s', async (text) => {
  expect(await settingsOf(text, { PW: 'p' })).toMatchObject({ unreachableTimeoutMs: 120_000 })
  const said = text.replace(' }', ', unreachable_timeout_ms: 3600000 }')
  expect(await settingsOf(said, { PW: 'p' })).toMatchObject({ unreachableTimeoutMs: 3_600_000 })
})

test('a connection string says the same; the driver gets it without TLS, of which it has its own ideas', async () => {
  expect(
    await settingsOf('{ type: postgres, connection_string: "${DB}" }', {
      DB: 'postgres://tide:p%40ss@db:5433/shop?sslmode=require&ssl=0&uselibpqcompat=true&application_name=x',
    }),
  ).toEqual({
    type: 'postgres',
    schema: 'tidemark',
    lockTimeoutMs: 30_000,
    unreachableTimeoutMs: 120_000,
    connectionString: 'postgres://tide:p%40ss@db:5433/shop?application_name=x',
    sslmode: 'require',
  })
})

test.each([
  ['postgres://u:%ff@db/shop', ['warehouse.connection_string: is no address of a PostgreSQL database']],
  ['mysql://u:secret@db/shop', ['warehouse.connection_string: is no address of a PostgreSQL database']],
  [
    'postgres://u:secret@db/shop?sslmode=often',
    ['warehouse.connection_string.sslmode: must be disable or prefer or require or verify-ca or verify-full'],
  ],
])('a connection string that says nothing: %s', async (text, problems) => {
  expect(
    await problemsOf(tidemarkYml({ warehouse: '{ type: postgres, connection_string: "${DB}" }' }), {
      ...environment,
      DB: text,
    }),
  ).toEqual(problems)
})

test('a connection string stands alone', async () => {
  const warehouse = '{ type: postgres, connection_string: "${DB}", host: db, sslmode: require }'
  expect(await problemsOf(tidemarkYml({ warehouse }), { ...environment, DB: 'postgres://u:secret@db/shop' })).toEqual([
    'warehouse.connection_string: stands beside host, sslmode',
  ])
})

test.each(['password', 'connection_string'])('%s stands in the environment only', async (key) => {
  expect(
    await problemsOf(tidemarkYml({ warehouse: `{ type: postgres, ${key}: "postgres://u:hunter2@db/x" }` })),
  ).toEqual([`warehouse.${key}: is a secret and must not stand in the file`])
})
