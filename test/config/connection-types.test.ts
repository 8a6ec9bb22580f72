// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { describe, expect, test } from '@jest/globals'
import { load } from './configuration.ts'
import { all, file, json } from './connected.ts'

const warehouseOf = async (connection: string, more = '') =>
  (await load(file({ warehouse: `{ connection: analytics${more} }` }), { ...all, AIRFLOW_CONN_ANALYTICS: connection }))
    .warehouse

describe('a connection as the warehouse', () => {
  const postgres = { type: 'postgres', schema: 'tidemark', lockTimeoutMs: 30_000, unreachableTimeoutMs: 120_000 }
  const whole = { ...postgres, host: 'db', port: 5433, database: 'shop', user: 'ann', password: 'p@:/' }

  test.each([
    json('postgres', { host: 'db', port: 5433, schema: 'shop', login: 'ann', password: 'p@:/' }),
    'postgres://ann:p%40%3A%2F@db:5433/shop',
    'postgresql://ann:p%40%3A%2F@db:5433/shop?keepalives_idle=30&application_name=dags&iam=False',
  ])('PostgreSQL: %s', async (connection) => {
    expect(await warehouseOf(connection)).toEqual(whole)
  })

  test('PostgreSQL with TLS, and with keys that no connection gives', async () => {
    const uri =
      'postgres://ann@db/shop?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem&sslcert=%2Fc.pem&sslkey=%2Fk.pem'
    expect(await warehouseOf(uri, ', schema: tide, lock_timeout_ms: 1000')).toEqual({
      ...postgres,
      schema: 'tide',
      lockTimeoutMs: 1000,
      host: 'db',
      database: 'shop',
      user: 'ann',
      sslmode: 'verify-full',
      sslrootcert: '/etc/ca.pem',
      sslcert: '/c.pem',
      sslkey: '/k.pem',
    })
  })

  const bigquery = { type: 'bigquery', schema: 'tidemark', location: 'EU', labels: {}, unreachableTimeoutMs: 120_000 }
  const key = { client_email: 'a@p.iam.gserviceaccount.com', private_key: 'pem', project_id: 'of-the-key' }

  test.each([
    ['google-cloud-platform://?project=shop-1&num_retries=5', { project: 'shop-1' }],
    ['google-cloud-platform://?extra__google_cloud_platform__project=shop-1', { project: 'shop-1' }],
    [
      'google-cloud-platform://?project=shop-1&key_path=%2Fkeys%2Fk.json&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform%2Chttps%3A%2F%2Fwww.googleapis.com%2Fauth%2Fdrive',
      { project: 'shop-1', keyFile: '/keys/k.json' },
    ],
    [
      json('google_cloud_platform', { extra: { keyfile_dict: key } }),
      { project: 'of-the-key', keyJson: JSON.stringify(key) },
    ],
    [
      `google-cloud-platform://?${new URLSearchParams({ extra__google_cloud_platform__keyfile_dict: JSON.stringify(key), project: 'shop-1' })}`,
      { project: 'shop-1', keyJson: JSON.stringify(key) },
    ],
    [
      json('google_cloud_platform', {
        extra: { project: 'shop-1', impersonation_chain: ['t@p.iam'], is_anonymous: false },
      }),
      { project: 'shop-1', impersonate: 't@p.iam' },
    ],
  ])('BigQuery: %s', async (connection, given) => {
    expect(await warehouseOf(connection, ', location: EU')).toEqual({ ...bigquery, ...given })
  })

  const snowflake = {
    type: 'snowflake',
    schema: 'tidemark',
    account: 'org-acc',
    database: 'SHOP',
    user: 'TIDE',
    lockTimeoutMs: 30_000,
    unreachableTimeoutMs: 120_000,
  }
  const pem = '-----BEGIN PRIVATE KEY-----\nMII=\n-----END PRIVATE KEY-----\n'
  const base = { account: 'org-acc', database: 'SHOP' }

  test.each([
    [{ password: 'p' }, base, { login: { authenticator: 'SNOWFLAKE', password: 'p' } }],
    [
      { password: 'p', schema: 'MARTS' },
      { ...base, role: 'R', warehouse: 'W', insecure_mode: false, ocsp_fail_open: true, authenticator: 'snowflake' },
      { login: { authenticator: 'SNOWFLAKE', password: 'p' }, role: 'R', warehouse: 'W' },
    ],
    [
      { password: 'phrase' },
      { ...base, private_key_file: '/keys/k.p8', authenticator: 'snowflake' },
      { login: { authenticator: 'SNOWFLAKE_JWT', privateKeyPath: '/keys/k.p8', privateKeyPass: 'phrase' } },
    ],
    [{}, { ...base, private_key_content: pem }, { login: { authenticator: 'SNOWFLAKE_JWT', privateKey: pem } }],
    [
      {},
      { ...base, private_key_content: Buffer.from(pem).toString('base64') },
      { login: { authenticator: 'SNOWFLAKE_JWT', privateKey: pem } },
    ],
    [
      { password: 'p' },
      { extra__snowflake__account: 'loc', extra__snowflake__region: 'eu-west-1', extra__snowflake__database: 'SHOP' },
      { account: 'loc.eu-west-1', login: { authenticator: 'SNOWFLAKE', password: 'p' } },
    ],
    [
      { password: 'pat' },
      { ...base, authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', host: '127.0.0.1', port: 8084, protocol: 'http' },
      { accessUrl: 'http://127.0.0.1:8084', login: { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: 'pat' } },
    ],
  ])('Snowflake: %j %j', async (fields, extra, given) => {
    expect(await warehouseOf(json('snowflake', { login: 'TIDE', ...fields, extra }))).toEqual({
      ...snowflake,
      ...given,
    })
  })

  test('Snowflake by the credentials of a client', async () => {
    const extra = {
      ...base,
      authenticator: 'oauth',
      grant_type: 'client_credentials',
      token_endpoint: 'https://idp/t',
      scope: 's',
    }
    const { user: _, ...others } = snowflake
    expect(await warehouseOf(json('snowflake', { login: 'id', password: 'secret', extra }))).toEqual({
      ...others,
      login: {
        authenticator: 'OAUTH_CLIENT_CREDENTIALS',
        oauthClientId: 'id',
        oauthClientSecret: 'secret',
        oauthTokenRequestUrl: 'https://idp/t',
        oauthScope: 's',
      },
    })
  })

  test.each([
    json('duckdb', { host: '/data/Shop.duckdb' }),
    'duckdb:///data/Shop.duckdb',
    'duckdb:////data/Shop.duckdb',
    'duckdb://%2Fdata%2FShop.duckdb',
  ])('DuckDB: %s', async (connection) => {
    expect(await warehouseOf(connection, ', threads: 2')).toMatchObject({
      type: 'duckdb',
      path: '/data/Shop.duckdb',
      threads: 2,
    })
  })

  test('its type may stand beside it', async () => {
    expect(await warehouseOf('duckdb:///w.duckdb', ', type: duckdb')).toMatchObject({ path: '/w.duckdb' })
  })
})
