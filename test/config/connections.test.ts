// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { describe, expect, test } from '@jest/globals'
import { ConfigurationError } from '../../connector/config/load.ts'
import { load } from './configuration.ts'
import { all, file, json, loadWith, ofX, problemsOf } from './connected.ts'

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
