// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { describe, expect, test } from '@jest/globals'
import type { Configuration } from '../../connector/config/activation.ts'
import { ConfigurationError, type LoadOptions, loadConfiguration } from '../../connector/config/load.ts'
import { load, refusal, tidemarkYml, withFile } from './configuration.ts'

const ofX = {
  account_id: '18ce54d4x5t',
  consumer_key: 'canary-ck',
  consumer_secret: 'canary-cs',
  access_token: 'canary-at',
  access_token_secret: 'canary-ats',
}
const ofTiktok = { advertiser_id: '7000000000000000001', access_token: 'canary-tt' }
const json = (type: string, fields: object) => JSON.stringify({ conn_type: type, ...fields })
const all = {
  AIRFLOW_CONN_ANALYTICS: json('duckdb', { host: '/data/shop.duckdb' }),
  AIRFLOW_CONN_X_MAIN: json('x_ads', { extra: ofX }),
  AIRFLOW_CONN_TT: `tiktok-ads://?${new URLSearchParams(ofTiktok)}`,
}
type Variables = Readonly<Record<string, string>>

const defaults = 'defaults: { fields: { email: email } }'
const file = ({
  warehouse = '{ connection: analytics }',
  x = 'connection: x_main',
  tiktok = 'connection: tt',
  ...others
}: Parameters<typeof tidemarkYml>[0] = {}): string =>
  tidemarkYml({ warehouse, x: `${x}\n${defaults}`, tiktok: `${tiktok}\n${defaults}`, ...others })

const problemsOf = async (text: string, variables: Variables = {}) => {
  const { problems, message } = await refusal(text, { ...all, ...variables })
  expect(message).not.toContain('canary')
  return problems.map(({ path, wrong, got, wayOut }) => `${path}: ${wrong}; got ${got}; ${wayOut}`)
}

const loadWith = (text: string, variables: Variables, may: LoadOptions): Promise<Configuration> =>
  withFile(text, (name) => loadConfiguration(name, variables, may))

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

describe('a connection as a destination', () => {
  test('gives account, address and credentials, in JSON and as an address', async () => {
    const { destinations, connections } = await load(
      file({ tiktok: 'connection: tt\nrate_limit: { requests_per_second: 2 }' }),
      {
        ...all,
        AIRFLOW_CONN_X_MAIN: json('x_ads', { host: 'ads.example.com', port: 8443, extra: ofX }),
      },
    )
    const { account_id: _, ...credentials } = ofX
    expect(destinations).toMatchObject([
      { name: 'x', type: 'x_ads', accountId: '18ce54d4x5t', baseUrl: 'https://ads.example.com:8443', credentials },
      {
        name: 'tiktok',
        type: 'tiktok_ads',
        accountId: '7000000000000000001',
        baseUrl: 'https://business-api.tiktok.com',
        credentials: { access_token: 'canary-tt' },
        requestsPerSecond: 2,
      },
    ])
    expect(connections).toEqual({
      warehouse: 'analytics',
      warehouseIsKnown: true,
      destinations: { x: 'x_main', tiktok: 'tt' },
    })
  })

  test.each([
    ['x-ads://http%3A%2F%2F127.0.0.1%3A8080/', 'http://127.0.0.1:8080'],
    ['x-ads://http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['x-ads://[::1]:8443/', 'https://[::1]:8443'],
    ['x-ads://ads.example.com/', 'https://ads.example.com'],
  ])('%s is %s', async (address, baseUrl) => {
    const uri = `${address}?${new URLSearchParams(ofX)}`
    expect((await load(file(), { ...all, AIRFLOW_CONN_X_MAIN: uri })).destinations[0]).toMatchObject({ baseUrl })
  })

  test('a webhook has a type of its own, and none of http', async () => {
    const text = (id: string) => file().replace('segments:', `  hook: { type: webhook, connection: ${id} }\nsegments:`)
    const extra = { endpoint_id: 'crm', secret: '0123456789abcdef', path: '/in' }
    const own = await load(text('crm'), {
      ...all,
      AIRFLOW_CONN_CRM: json('webhook', { host: 'https://h.example.com', extra }),
    })
    expect(own.destinations[2]).toMatchObject({
      accountId: 'crm',
      baseUrl: 'https://h.example.com',
      credentials: { secret: '0123456789abcdef', path: '/in' },
    })
    expect(await problemsOf(text('crm'), { AIRFLOW_CONN_CRM: 'http://h.example.com' })).toEqual([
      'destinations.hook.connection: leads to AIRFLOW_CONN_CRM, a connection of type http; got "crm"; name one of type webhook, or write its keys here instead',
    ])
  })

  test('what the file says beside it fills what it does not give', async () => {
    const { account_id: _, consumer_key: __, ...rest } = ofX
    const x =
      'connection: x_main\naccount_id: 18ce54d4x5t\nbase_url: http://127.0.0.1:1\ncredentials: { consumer_key: "${KEY}" }'
    const { destinations } = await load(file({ x }), {
      ...all,
      KEY: 'own',
      AIRFLOW_CONN_X_MAIN: json('x_ads', { extra: rest }),
    })
    expect(destinations[0]).toMatchObject({
      accountId: '18ce54d4x5t',
      baseUrl: 'http://127.0.0.1:1',
      credentials: { consumer_key: 'own', access_token: 'canary-at' },
    })
  })

  test('the account may stand in both, where it is the same', async () => {
    const beside = (id: string) => file({ x: `connection: x_main\naccount_id: ${id}` })
    expect((await load(beside('18ce54d4x5t'), all)).destinations[0]).toMatchObject({ accountId: '18ce54d4x5t' })
    expect(await problemsOf(beside('other'))).toEqual([
      'destinations.x.account_id: is not extra.account_id of AIRFLOW_CONN_X_MAIN; got "other"; take it out, or name the connection of this account',
    ])
  })

  test('the hash of what is sent is that of the same settings in the file', async () => {
    const variables = { ...all, CK: 'a', CS: 'b', AT: 'c', ATS: 'd' }
    const keys =
      'account_id: 18ce54d4x5t\ncredentials: { consumer_key: "${CK}", consumer_secret: "${CS}", access_token: "${AT}", access_token_secret: "${ATS}" }'
    const [byConnection, byKeys] = await Promise.all([load(file(), variables), load(file({ x: keys }), variables)])
    expect(byConnection.activations[0]?.configHash).toBe(byKeys.activations[0]?.configHash)
  })
})

const missing = (variable: string, id: string) =>
  `needs ${variable}; got ${variable}, not set or empty; set it in the environment, or in Airflow add ${id} to the connections of the operator`

describe('problems', () => {
  test('one for each connection that is missing, all at once', async () => {
    const { problems } = await refusal(file(), { AIRFLOW_CONN_TT: ' ' })
    expect(
      problems.map(({ path, wrong, got, wayOut, line }) => [line, `${path}: ${wrong}; got ${got}; ${wayOut}`]),
    ).toEqual([
      [2, `warehouse.connection: ${missing('AIRFLOW_CONN_ANALYTICS', 'analytics')}`],
      [6, `destinations.x.connection: ${missing('AIRFLOW_CONN_X_MAIN', 'x_main')}`],
      [10, `destinations.tiktok.connection: ${missing('AIRFLOW_CONN_TT', 'tt')}`],
    ])
  })

  test.each([
    [
      'secret-canary',
      'which is neither JSON nor the address of a connection',
      'write it as `airflow connections export` does, or in Airflow let the operator pass it',
    ],
    [
      '{"conn_type": "postgres", "password": "canary',
      'which is no JSON',
      'write it as `airflow connections export` does, or in Airflow let the operator pass it',
    ],
    [
      '{"conn_type": "postgres", "canary": "canary"}',
      'which has a key that a connection has not',
      'keep conn_type, description, host, login, password, schema, port, extra',
    ],
    [
      'postgres://u:ca#nary@h/db',
      'which is neither JSON nor the address of a connection',
      'write it as `airflow connections export` does, or in Airflow let the operator pass it',
    ],
    [
      'mysql://u:canary@h/db',
      'a connection of type mysql',
      'name one of type postgres or google_cloud_platform or snowflake or duckdb',
    ],
    [
      '{"conn_type": "canary 7", "host": "h"}',
      'a connection of type that is not shown',
      'name one of type postgres or google_cloud_platform or snowflake or duckdb',
    ],
    [
      'postgres://u:canary@h/db?iam=true',
      'which gives extra.iam, which cannot be followed here',
      'take it out, or name a connection with a login and a password',
    ],
    [
      'postgres://u:canary@h/db?options=-c%20search_path%3Dcanary',
      'which gives extra.options, which cannot be followed here',
      'name relations with their schema',
    ],
    [
      'postgres://u:p@h/db?ssl_mode=require&sslmode=require',
      'which gives a key in extra that is not known (not shown)',
      'probably meant: sslmode',
    ],
    [
      'google-cloud-platform://u:canary@?project=shop-1&location=EU',
      'which gives a login, which has no meaning in a connection of type google_cloud_platform',
      'leave it empty',
    ],
    [
      'google-cloud-platform://?project=shop-1&location=EU&key_secret_name=canary',
      'which gives extra.key_secret_name, which cannot be followed here',
      'take it out, and let GOOGLE_APPLICATION_CREDENTIALS name a file, or give keyfile_dict or key_path',
    ],
    [
      'google-cloud-platform://?project=shop-1&location=EU&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fdrive',
      'which gives an extra.scope that BigQuery is not in',
      'add https://www.googleapis.com/auth/bigquery, or take it out',
    ],
    [
      'google-cloud-platform://?project=shop-1&location=EU&impersonation_chain=a%40canary%2Cb%40canary',
      'which gives an extra.impersonation_chain of 2 accounts',
      'name one that may be impersonated directly',
    ],
    [
      'snowflake://u:canary@?account=a&database=d&insecure_mode=true',
      'which gives extra.insecure_mode, which cannot be followed here',
      'take it out: certificates are always checked',
    ],
    [
      'snowflake://u@?account=a&database=d&private_key_content=canary',
      'which gives an extra.private_key_content that is no PEM',
      'write the PEM text, or Base64 of it',
    ],
    [
      'snowflake://u:canary@?account=a&database=d&grant_type=refresh_token',
      'which gives extra.grant_type, which cannot be followed here',
      'write client_credentials as extra.grant_type, or take it out',
    ],
    [
      'duckdb://canary/shop.duckdb',
      'which gives both a host and a schema',
      'write the whole path as the host, in an address with %2F for /',
    ],
  ])('of the warehouse: %s', async (value, wrong, wayOut) => {
    const problems = await problemsOf(file(), { AIRFLOW_CONN_ANALYTICS: value })
    expect(problems).toContain(
      `warehouse.connection: leads to AIRFLOW_CONN_ANALYTICS, ${wrong}; got "analytics"; ${wayOut}`,
    )
    expect(problems.every((problem) => problem.startsWith('warehouse.connection'))).toBe(true)
  })

  test('two keys that are not known, near to none', async () => {
    expect(
      await problemsOf(file(), {
        AIRFLOW_CONN_TT: json('tiktok_ads', { extra: { ...ofTiktok, 'canary&7': 1, zzz: 2 } }),
      }),
    ).toEqual([
      'destinations.tiktok.connection: leads to AIRFLOW_CONN_TT, which gives 2 keys in extra that are not known (not shown); got "tt"; known are access_token, advertiser_id, app_id, secret',
    ])
  })

  test.each([
    [
      'postgres://u:p@h/db?sslmode=canary',
      'warehouse.sslmode: must be disable or prefer or require or verify-ca or verify-full; got extra.sslmode of AIRFLOW_CONN_ANALYTICS (not shown)',
    ],
    [
      'google-cloud-platform://?project=Canary%20Shop&location=EU',
      'warehouse.project: must be the id of a project; got extra.project of AIRFLOW_CONN_ANALYTICS (not shown)',
    ],
    [
      'google-cloud-platform://?project=shop-1&location=EU&keyfile_dict=canary',
      "warehouse.key_json: is no JSON of a service account's key; got extra.keyfile_dict of AIRFLOW_CONN_ANALYTICS (not shown)",
    ],
    ['google-cloud-platform://?project=shop-1', 'warehouse.location: is missing; got nothing'],
    ['snowflake://u:canary@?account=a&database=d&authenticator=canary', 'warehouse.authenticator: must be'],
    ['snowflake://u:canary@?account=a', 'warehouse.database: is missing; got nothing'],
    [
      'duckdb://md%3Acanary%2Ftoken',
      'warehouse.path: must be a file on this machine; got host of AIRFLOW_CONN_ANALYTICS (not shown)',
    ],
    [json('postgres', { extra: { sslmode: 7 } }), 'warehouse.sslmode: must be disable or'],
  ])('of a part of it: %s', async (value, problem) => {
    const [first = '', ...others] = await problemsOf(file(), { AIRFLOW_CONN_ANALYTICS: value })
    expect(first).toContain(problem)
    expect(others).toEqual([])
  })

  test('of a part of a destination', async () => {
    const extra = { ...ofX, account_id: 'canary/7', access_token: 12345678 }
    expect(
      await problemsOf(file(), {
        AIRFLOW_CONN_X_MAIN: json('x_ads', { host: 'http://h/canary', extra, login: 'canary' }),
      }),
    ).toEqual([
      'destinations.x.connection: leads to AIRFLOW_CONN_X_MAIN, which gives a login, which has no meaning in a connection of type x_ads; got "x_main"; leave it empty',
      expect.stringContaining('destinations.x.account_id: an X Ads account id is letters and digits'),
      expect.stringContaining('destinations.x.credentials.access_token: must be text'),
      expect.stringContaining('destinations.x.base_url: must be an http or https address without a path'),
    ])
  })

  test('a credential that is missing in it', async () => {
    const { access_token: _, ...rest } = ofX
    expect(await problemsOf(file(), { AIRFLOW_CONN_X_MAIN: json('x_ads', { extra: rest }) })).toEqual([
      expect.stringContaining('destinations.x.credentials.access_token: is missing; got nothing'),
    ])
  })

  test.each([
    [
      '{ connection: analytics, path: own.duckdb }',
      'warehouse.path: stands beside host of AIRFLOW_CONN_ANALYTICS, which gives it too; got "own.duckdb"; keep one of them',
    ],
    [
      '{ connection: analytics, type: postgres }',
      'warehouse.type: is not that of AIRFLOW_CONN_ANALYTICS, which is duckdb; got "postgres"; take it out, or name another connection',
    ],
    ['{ connection: analytics, colour: red }', 'warehouse.colour: is not known here; got the key colour'],
    [
      '{ connection: "postgres://u:canary@h/db" }',
      'warehouse.connection: must be the id of a connection; got text that is not shown; write its id as Airflow has it: analytics',
    ],
    [
      '{ connection: [canary] }',
      'warehouse.connection: must be the id of a connection; got a list of 1; write its id as Airflow has it: analytics',
    ],
    [
      '{ connection: }',
      'warehouse.connection: must be the id of a connection; got nothing; write its id as Airflow has it: analytics',
    ],
    [
      '{ connection: "${OTHER}" }',
      'warehouse.connection: must not come from a variable; got the value of ${OTHER} (not shown); write it out: what its variable AIRFLOW_CONN_… holds may differ from place to place',
    ],
    [
      '{ connection: nowhere, colour: red, schema: Bad }',
      `warehouse.connection: ${missing('AIRFLOW_CONN_NOWHERE', 'nowhere')}`,
    ],
  ])('of the file: warehouse: %s', async (warehouse, problem) => {
    expect((await problemsOf(file({ warehouse }), { OTHER: 'canary' }))[0]).toContain(problem)
  })

  test('what stands beside a connection that is missing is looked at all the same', async () => {
    const problems = await problemsOf(
      file({
        warehouse: '{ connection: nowhere, colour: red, schema: Bad }',
        x: 'connection: nowhere\ncolour: red\nrequest: { timeout_ms: 0 }',
      }),
    )
    expect(problems.map((problem) => problem.split(';')[0])).toEqual([
      'warehouse.connection: needs AIRFLOW_CONN_NOWHERE',
      'destinations.x.connection: needs AIRFLOW_CONN_NOWHERE',
      'warehouse.colour: is not known here',
      'warehouse.schema: must be lower-case letters, digits and _, beginning with a letter',
      'destinations.x.colour: is not known here',
      'destinations.x.request.timeout_ms: must be at least 1',
    ])
  })

  test('a credential that both give', async () => {
    const x = 'connection: x_main\ncredentials: { access_token: "${OWN}" }'
    expect(await problemsOf(file({ x }), { OWN: 'canary-own' })).toEqual([
      'destinations.x.credentials.access_token: stands beside extra.access_token of AIRFLOW_CONN_X_MAIN, which gives it too; got the value of ${OWN} (not shown); keep one of them',
    ])
  })

  test('a variable with a connection in it stands nowhere else in the file', async () => {
    const segment = 'relation: a\nmember_key: id\ndescription: "by ${AIRFLOW_CONN_X_MAIN}"\nactivate: [x]'
    expect(await problemsOf(file({ segment }))).toEqual([
      'segments.high_value.description: would show a credential; got ${AIRFLOW_CONN_X_MAIN}; take the variable out',
    ])
  })

  test('of a destination whose platform is not known', async () => {
    const text = file().replace('type: x_ads', 'type: x_add')
    expect((await problemsOf(text)).map((problem) => problem.split(';')[0])).toEqual([
      'destinations.x.type: is no ad platform we know',
    ])
  })
})

describe('without the variables', () => {
  const nobody = { credentials: 'may_be_missing', warehouse: 'may_be_missing', accounts: 'may_be_missing' } as const

  test('a file is valid for who opens nothing', async () => {
    const { warehouse, destinations, connections } = await loadWith(file(), {}, nobody)
    expect(connections.warehouseIsKnown).toBe(false)
    expect(warehouse.schema).toBe('tidemark')
    expect(destinations.map(({ accountId }) => accountId)).toEqual([
      '(of the connection of x)',
      '(of the connection of tiktok)',
    ])
  })

  test.each(['duckdb', 'postgres', 'bigquery', 'snowflake'])(
    'a type beside it says which keys fit: %s',
    async (type) => {
      const text = (more = '') => file({ warehouse: `{ connection: analytics, type: ${type}${more} }` })
      const { warehouse, connections } = await loadWith(text(), {}, nobody)
      expect([warehouse.type, connections.warehouseIsKnown]).toEqual([type, true])
      await expect(loadWith(text(', colour: red'), {}, nobody)).rejects.toThrow('warehouse.colour: is not known here')
    },
  )

  test.each(['oauth', 'snowflake_jwt', 'workload_identity', 'oauth_client_credentials'])(
    'a way to log in to Snowflake: %s',
    async (authenticator) => {
      const warehouse = `{ connection: analytics, type: snowflake, authenticator: ${authenticator} }`
      expect((await loadWith(file({ warehouse }), {}, nobody)).warehouse.type).toBe('snowflake')
    },
  )

  test('a relation may be named as any warehouse has it', async () => {
    const segment = 'relation: my-project.shop.customers\nmember_key: id\nactivate: [x]'
    expect((await loadWith(file({ segment }), {}, nobody)).activations).toHaveLength(1)
  })

  test('who needs an account needs it from the connection or from the file', async () => {
    const may = { credentials: 'may_be_missing' } as const
    const variables = { AIRFLOW_CONN_ANALYTICS: all.AIRFLOW_CONN_ANALYTICS, AIRFLOW_CONN_TT: all.AIRFLOW_CONN_TT }
    const refused = await loadWith(file(), variables, may).catch((error) => error)
    expect(refused).toBeInstanceOf(ConfigurationError)
    expect(refused.message).toContain(
      'destinations.x.account_id: needs AIRFLOW_CONN_X_MAIN; got AIRFLOW_CONN_X_MAIN, not set or empty; set it in the environment, or write account_id beside the connection x_main',
    )
    const { destinations } = await loadWith(file({ x: 'connection: x_main\naccount_id: 18ce54d4x5t' }), variables, may)
    expect(destinations[0]).toMatchObject({ accountId: '18ce54d4x5t' })
  })

  test('the address of a platform that has no usual one is like an account', async () => {
    const text = (more = '') =>
      file().replace('segments:', `  hook: { type: webhook, connection: crm${more} }\nsegments:`)
    expect((await loadWith(text(), {}, nobody)).destinations[2]).toMatchObject({ type: 'webhook' })
    const refused = await loadWith(text(), all, { credentials: 'may_be_missing' }).catch((error) => error)
    expect(refused.problems).toMatchObject([
      { path: 'destinations.hook.endpoint_id', wrong: 'needs AIRFLOW_CONN_CRM' },
      { path: 'destinations.hook.base_url', wrong: 'needs AIRFLOW_CONN_CRM' },
    ])
    const beside = text(', endpoint_id: crm, base_url: "https://h.example.com"')
    expect((await loadWith(beside, all, { credentials: 'may_be_missing' })).destinations[2]).toMatchObject({
      accountId: 'crm',
      baseUrl: 'https://h.example.com',
    })
  })

  test('one connection that is wrong is a problem for all', async () => {
    const variables = { AIRFLOW_CONN_X_MAIN: '{canary' }
    const refused = await loadWith(file(), variables, nobody).catch((error) => error)
    expect(refused.problems).toHaveLength(1)
    expect(refused.message).toContain('destinations.x.connection: leads to AIRFLOW_CONN_X_MAIN, which is no JSON')
    expect(refused.message).not.toContain('canary')
  })
})

describe('secrets', () => {
  const odd = (name: string): string => `canary-${name}."'%/+=&<>\\*$1(\`{}[^|?#;:,~!@ `
  const one = Object.fromEntries(['account_id', 'consumer_key', 'access_token', 'zzz'].map((key) => [key, odd(key)]))
  const fields = { login: odd('login'), password: odd('pw'), host: odd('host'), schema: odd('schema'), port: 7 }
  const texts = [
    json('postgres', { ...fields, extra: { sslmode: odd('mode'), [odd('key')]: 1 } }),
    json('snowflake', { ...fields, extra: { account: odd('a'), private_key_content: odd('k'), token: odd('t') } }),
    json('google_cloud_platform', { ...fields, extra: JSON.stringify({ keyfile_dict: odd('k'), project: odd('p') }) }),
    json('duckdb', { host: `md:${odd('token')}`, password: odd('pw') }),
    json('x_ads', { ...fields, extra: one }),
    json('tiktok_ads', { extra: { advertiser_id: odd('a'), access_token: { deep: odd('deep') } } }),
    `postgres://${encodeURIComponent(odd('u'))}:${encodeURIComponent(odd('pw'))}@h:1/d?sslmode=${encodeURIComponent(odd('m'))}`,
    `google-cloud-platform://?extra__google_cloud_platform__keyfile_dict=${encodeURIComponent(odd('k'))}`,
    `x-ads://${encodeURIComponent(`http://${odd('h')}`)}/?${new URLSearchParams(one)}`,
    `tiktok-ads://?__extra__=${encodeURIComponent(JSON.stringify(one))}`,
    `tiktok-ads://?access_token=canary&canary&advertiser_id=canary`,
    odd('alone'),
  ]
  // Whole, cut off, and with each of its signs taken for what it is not.
  const broken = texts.flatMap((text) => [
    text,
    text.slice(0, -2),
    text.slice(1),
    text.replace(/conn_type|^[a-z-]+/, '$&x'),
    text.replace('extra', 'extr'),
    text.replaceAll(/%[2-7][0-9A-F]/g, (escaped) => decodeURIComponent(escaped)),
    `${text}#?&${odd('end')}`,
  ])

  test.each(broken.map((text) => [text]))('%s', async (text) => {
    const variables = { AIRFLOW_CONN_ANALYTICS: text, AIRFLOW_CONN_X_MAIN: text, AIRFLOW_CONN_TT: text }
    for (const may of [{}, { credentials: 'may_be_missing', warehouse: 'may_be_missing' } as const]) {
      const refused = await loadWith(file(), variables, may).catch((error) => error)
      expect(refused).toBeInstanceOf(ConfigurationError)
      expect(`${refused.message}${refused.stack}${JSON.stringify(refused.problems)}`).not.toContain('canary')
    }
  })
})
