// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { describe, expect, test } from '@jest/globals'
import { refusal } from './configuration.ts'
import { file, json, missing, ofTiktok, ofX, problemsOf } from './connected.ts'

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
