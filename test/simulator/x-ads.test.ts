import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator } from '../../connector/simulator/simulator.ts'
import { authorize, callX, type Said, send, sha, type XCall } from './client.ts'

const ACCOUNT = '/12/accounts/18ce54d4x5t'
// The vector of the reference page, 1.5.
const ABC = '4798b8bbdcf6f2a52e527f46a3d7a7c9aefb541afda03af79c74809ecc6376f3'
const EDF = '5bf13d5ad4200407c5bc8b9bb578e425d05ef936fd488e3799a9d0806669223c'

let x: Simulator
let id: string
const call = (method: string, path: string, options?: XCall) => callX(x.url, method, path, options)
const create = async (name: string): Promise<string> => {
  return (await call('POST', `${ACCOUNT}/custom_audiences`, { query: { name } })).json.data.id
}
const users = (body: unknown, options: XCall = {}) =>
  call('POST', `${ACCOUNT}/custom_audiences/${id}/users`, { body, ...options })
const update = (...all: unknown[]) => [{ operation_type: 'Update', params: { users: all } }]
const code = (said: Said) => [said.status, said.json?.errors?.[0]?.code]

beforeAll(async () => {
  x = await startSimulator('x_ads', { rateLimit: false })
  id = await create('High value')
})
afterAll(() => x.stop())

describe('authentication (1.1, 1.2)', () => {
  const path = ACCOUNT
  test.each<[string, XCall]>([
    ['a wrong consumer key', { signing: { consumerKey: 'other' } }],
    ['a wrong secret', { signing: { consumerSecret: 'other' } }],
    ['a wrong token', { signing: { token: 'other' } }],
    ['a time six minutes ago', { signing: { timestamp: Math.floor(Date.now() / 1000) - 360 } }],
    ['a time six minutes ahead', { signing: { timestamp: Math.floor(Date.now() / 1000) + 360 } }],
    ['a signature for another host', { signing: { host: 'ads-api.x.com' } }],
    ['a bearer token', { headers: { authorization: 'Bearer sim-access-token' } }],
  ])('%s is 401', async (_, options) => {
    expect(code(await call('GET', path, options))).toEqual([401, 'UNAUTHORIZED_ACCESS'])
  })

  test('no header, or the same nonce again, is 401', async () => {
    expect((await send(`${x.url}${path}`, {})).status).toBe(401)
    const authorization = authorize('GET', `${x.url}${path}`, {})
    expect((await send(`${x.url}${path}`, { headers: { authorization } })).status).toBe(200)
    expect((await send(`${x.url}${path}`, { headers: { authorization } })).status).toBe(401)
  })

  test('the signature is for the host called: localhost is not 127.0.0.1', async () => {
    const url = `${x.url.replace('127.0.0.1', 'localhost')}${path}`
    const right = authorize('GET', url, {})
    const wrong = authorize('GET', `${x.url}${path}`, {})
    // The Host header says what was called; fetch may resolve localhost to ::1, so it goes to the address with that header.
    expect((await get(url, wrong)).status).toBe(401)
    expect((await get(url, right)).status).toBe(200)
  })

  test('a query that is sent in another encoding than signed is 401', async () => {
    const url = `${x.url}${ACCOUNT}/custom_audiences`
    const authorization = authorize('GET', url, { q: 'a b' })
    expect((await send(`${url}?q=a+b`, { headers: { authorization } })).status).toBe(401)
    expect((await send(`${url}?q=a%20b`, { headers: { authorization } })).status).toBe(200)
  })

  test('an account of somebody else is 403, an audience that is not there 404', async () => {
    expect(code(await call('GET', '/12/accounts/abc'))).toEqual([403, 'ACCOUNT_NOT_FOUND'])
    const none = await call('GET', `${ACCOUNT}/custom_audiences/zzz`)
    expect(code(none)).toEqual([404, 'TAILORED_AUDIENCE_NOT_FOUND'])
  })

  test('applications and users that may not', async () => {
    const start = (application: 'unapproved' | 'read_only' | 'approved', permissions: string[]) =>
      startSimulator('x_ads', { application, accounts: [{ id: '18ce54d4x5t', permissions }] })
    for (const [application, permissions, expected] of [
      ['unapproved', ['ACCOUNT_ADMIN'], 'UNAUTHORIZED_CLIENT_APPLICATION'],
      ['read_only', ['ACCOUNT_ADMIN'], 'READONLY_CLIENT_APPLICATION'],
      ['approved', ['ANALYST'], 'ACTION_NOT_ALLOWED'],
    ] as const) {
      const other = await start(application, [...permissions])
      const said = await callX(other.url, 'POST', `${ACCOUNT}/custom_audiences`, { query: { name: 'a' } })
      expect(code(said)).toEqual([403, expected])
      await other.stop()
    }
  })
})

/** GET of a URL whose host is sent as it stands there, to 127.0.0.1. */
async function get(url: string, authorization: string): Promise<{ status: number }> {
  const { request } = await import('node:http')
  const { host, port, pathname } = new URL(url)
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: pathname, headers: { host, authorization } }, (response) => {
      response.resume()
      resolve({ status: response.statusCode ?? 0 })
    })
      .on('error', reject)
      .end()
  })
}

describe('routes', () => {
  test.each([
    ['GET', '/nothing', 404, undefined],
    ['GET', '/11/accounts', 404, undefined],
    ['GET', '/12/campaigns', 404, 'ROUTE_NOT_FOUND'],
    ['GET', `${ACCOUNT}/custom_audiences/`, 404, 'ROUTE_NOT_FOUND'],
    ['GET', `${ACCOUNT}/custom_audiences/a/users/b`, 404, 'ROUTE_NOT_FOUND'],
    ['PATCH', `${ACCOUNT}/custom_audiences`, 405, 'METHOD_NOT_ALLOWED'],
    ['GET', `${ACCOUNT}/custom_audiences/a/users`, 405, 'METHOD_NOT_ALLOWED'],
  ])('%s %s is %d %s', async (method, path, status, expected) => {
    expect(code(await call(method, path))).toEqual([status, expected])
  })

  test('accounts: list, one, access', async () => {
    const list = await call('GET', '/12/accounts', { query: { with_total_count: 'true' } })
    expect(list.json).toMatchObject({
      total_count: 1,
      next_cursor: null,
      data: [{ id: '18ce54d4x5t', approval_status: 'ACCEPTED' }],
    })
    expect((await call('GET', ACCOUNT)).json.data).toMatchObject({ id: '18ce54d4x5t', deleted: false })
    const access = await call('GET', `${ACCOUNT}/authenticated_user_access`)
    expect(access.json.data.permissions).toEqual(['ACCOUNT_ADMIN'])
  })
})

describe('audiences (1.3)', () => {
  test('a fresh one is being processed and too small', async () => {
    const said = await call('GET', `${ACCOUNT}/custom_audiences/${id}`)
    expect(said.json.data).toMatchObject({
      id,
      name: 'High value',
      description: null,
      audience_type: 'CRM',
      audience_size: null,
      targetable: false,
      reasons_not_targetable: ['PROCESSING', 'TOO_SMALL'],
      owner_account_id: '18ce54d4x5t',
      deleted: false,
    })
    expect(said.json.request.params).toEqual({ account_id: '18ce54d4x5t', custom_audience_id: id })
    expect(said.headers.get('x-current-api-version')).toBe('12')
  })

  test('a name is unique, also against deleted ones', async () => {
    const taken = () => call('POST', `${ACCOUNT}/custom_audiences`, { query: { name: 'Once' } })
    const first = (await taken()).json.data.id
    const again = await taken()
    expect(again.status).toBe(400)
    expect(again.json.errors[0].message).toBe('Entity already exists CustomAudience')
    const deleted = await call('DELETE', `${ACCOUNT}/custom_audiences/${first}`)
    expect(deleted.json.data).toMatchObject({ id: first, deleted: true })
    expect((await taken()).status).toBe(400)
    expect((await call('GET', `${ACCOUNT}/custom_audiences/${first}`)).status).toBe(404)
    const kept = await call('GET', `${ACCOUNT}/custom_audiences/${first}`, { query: { with_deleted: 'true' } })
    expect(kept.json.data.deleted).toBe(true)
    expect((await call('DELETE', `${ACCOUNT}/custom_audiences/${first}`)).status).toBe(404)
    expect(
      (await call('POST', `${ACCOUNT}/custom_audiences/${first}/users`, { body: update({ email: [ABC] }) })).status,
    ).toBe(404)
  })

  test('PUT is partial, an empty description unsets it, a name that is taken is refused', async () => {
    const one = await create('Before')
    const put = (query: Record<string, string>) => call('PUT', `${ACCOUNT}/custom_audiences/${one}`, { query })
    expect((await put({ description: 'who: what, and why' })).json.data).toMatchObject({
      name: 'Before',
      description: 'who: what, and why',
    })
    expect((await put({ name: 'After' })).json.data).toMatchObject({ name: 'After', description: 'who: what, and why' })
    expect((await put({ description: '' })).json.data.description).toBeNull()
    expect((await put({ name: 'High value' })).status).toBe(400)
    expect((await put({ name: '' })).status).toBe(400)
    expect((await put({ names: 'x' })).status).toBe(400)
    expect((await put({})).status).toBe(400)
  })

  test('a name is required, parameters do not stand in a body', async () => {
    const path = `${ACCOUNT}/custom_audiences`
    expect(code(await call('POST', path))).toEqual([400, 'MISSING_PARAMETER'])
    expect(code(await call('POST', path, { body: { name: 'In a body' }, query: { name: 'a' } }))).toEqual([
      400,
      'INVALID_PARAMETER',
    ])
  })

  test('lists: prefix, pages', async () => {
    const made = [await create('Page 1'), await create('Page 2'), await create('Page 3')]
    const path = `${ACCOUNT}/custom_audiences`
    const query = { q: 'page', count: '2', sort_by: 'name-asc' }
    const first = await call('GET', path, { query })
    expect(first.json.data.map((one: { id: string }) => one.id)).toEqual(made.slice(0, 2))
    const second = await call('GET', path, { query: { ...query, cursor: first.json.next_cursor } })
    expect(second.json.data.map((one: { id: string }) => one.id)).toEqual(made.slice(2))
    expect(second.json.next_cursor).toBeNull()
    const ids = await call('GET', path, {
      query: { custom_audience_ids: `${made[0]},${made[2]}`, sort_by: 'name-asc' },
    })
    expect(ids.json.data.map((one: { id: string }) => one.id)).toEqual([made[0], made[2]])
  })

  test.each([
    { count: '0' },
    { count: '1001' },
    { q: '' },
    { q: 'x'.repeat(256) },
    { cursor: 'nonsense' },
    { permission_scope: 'ALL' },
    { with_deleted: 'yes' },
    { sort_by: 'size' },
    { prefix: 'x' },
  ])('a list with %j is refused', async (query) => {
    expect((await call('GET', `${ACCOUNT}/custom_audiences`, { query: query as Record<string, string> })).status).toBe(
      400,
    )
  })

  test('sizes come hours later, lists may lag', async () => {
    let now = 1_800_000_000_000
    const other = await startSimulator('x_ads', { now: () => now, listLagMs: 60_000 })
    const signing = () => ({ timestamp: now / 1000 })
    const path = `${ACCOUNT}/custom_audiences`
    const made = (await callX(other.url, 'POST', path, { query: { name: 'a' }, signing: signing() })).json.data.id
    const list = async () => (await callX(other.url, 'GET', path, { signing: signing() })).json.data
    expect(await list()).toEqual([])
    const body = update(...Array.from({ length: 100 }, (_, n) => ({ email: [sha(`${n}`)] })))
    await callX(other.url, 'POST', `${path}/${made}/users`, { body, signing: signing() })
    now += 6 * 3_600_000 - 1000
    expect(await list()).toMatchObject([{ audience_size: null, targetable: false }])
    now += 1000
    expect(await list()).toMatchObject([{ audience_size: 100, targetable: true, reasons_not_targetable: [] }])
    await other.stop()
  })
})

describe('users (1.4)', () => {
  test('Update and Delete count user objects', async () => {
    const added = await users(update({ email: [ABC], phone_number: [sha('+11234567890')] }, { email: [EDF, sha('c')] }))
    expect(added.status).toBe(200)
    expect(added.json).toEqual({
      request: { params: { account_id: '18ce54d4x5t', custom_audience_id: id } },
      data: { success_count: 2, total_count: 2 },
    })
    expect(x.members(id).identifiers).toEqual(
      new Set([`email ${ABC}`, `phone_number ${sha('+11234567890')}`, `email ${EDF}`, `email ${sha('c')}`]),
    )
    const body = [{ operation_type: 'Delete', params: { users: [{ email: [ABC] }, { email: [EDF] }] } }]
    expect((await users(body)).json.data).toEqual({ success_count: 2, total_count: 2 })
    expect(x.members(id).identifiers).toEqual(new Set())
    expect(x.requests.slice(-2)).toMatchObject([
      { op: 'add', users: 2, identifiers: 4, status: 200, code: null, audience: id },
      { op: 'remove', users: 2, identifiers: 2, bytes: JSON.stringify(body).length },
    ])
  })

  test('both may share a request, in their order', async () => {
    const said = await users([
      {
        operation_type: 'Update',
        params: {
          users: [{ handle: [ABC] }],
          effective_at: '2026-01-01T00:00:00Z',
          expires_at: '2099-01-01T00:00:00Z',
        },
      },
      { operation_type: 'Delete', params: { users: [{ handle: [ABC] }] } },
    ])
    expect(said.json.data).toEqual({ success_count: 2, total_count: 2 })
    expect(x.members(id).identifiers.size).toBe(0)
    expect(x.requests.at(-1)?.op).toBe('add_and_remove')
  })

  test.each<[string, unknown]>([
    ['an object instead of an array', update({ email: [ABC] })[0]],
    ['no operation', []],
    ['an operation in small letters', [{ operation_type: 'update', params: { users: [{ email: [ABC] }] } }]],
    ['an unknown key of an operation', [{ operation_type: 'Update', params: { users: [{ email: [ABC] }] }, id: 1 }]],
    ['an unknown key of params', [{ operation_type: 'Update', params: { users: [{ email: [ABC] }], list: 1 } }]],
    ['no users', update()],
    ['a user without a key', update({})],
    ['a user who is a text', update(ABC)],
    ['an unknown key of a user', update({ phone: [ABC] })],
    ['a scalar', update({ email: ABC })],
    ['an empty array', update({ email: [] })],
    ['a number', update({ email: [1] })],
    ['clear text', update({ email: ['abc@twitter.com'] })],
    ['upper-case hex', update({ email: [ABC.toUpperCase()] })],
    ['a hash that is too short', update({ email: [ABC.slice(1)] })],
    [
      'an end before the start',
      [
        {
          operation_type: 'Update',
          params: {
            users: [{ email: [ABC] }],
            effective_at: '2026-01-02T00:00:00Z',
            expires_at: '2026-01-01T00:00:00Z',
          },
        },
      ],
    ],
    [
      'a time without a zone',
      [{ operation_type: 'Update', params: { users: [{ email: [ABC] }], expires_at: '2099-01-01T00:00:00' } }],
    ],
  ])('%s is refused, and nothing of the request is applied', async (_, body) => {
    const whole = Array.isArray(body) && body.length > 0 ? [...update({ email: [EDF] }), ...body] : body
    const said = await users(whole)
    expect(said.status).toBe(400)
    expect(x.members(id).identifiers.size).toBe(0)
    if (whole === body) return
    // Item-level errors stand at the index of their operation.
    expect(said.json.operation_errors).toHaveLength(2)
    expect(said.json.operation_errors[0]).toEqual([])
    expect(said.json.operation_errors[1]).toMatchObject([{ code: 'INVALID_PARAMETER' }])
    expect(said.text).not.toContain('abc@twitter.com')
  })

  test('limits: 2,500 operations, 5,000,000 bytes', async () => {
    const operation = update({ email: [ABC] })[0]
    expect((await users(Array(2_500).fill(operation))).json.data.total_count).toBe(2_500)
    expect((await users(Array(2_501).fill(operation))).status).toBe(400)
    const body = JSON.stringify(update({ email: [ABC] }))
    expect((await users(body.padEnd(5_000_000, ' '))).status).toBe(200)
    expect((await users(body.padEnd(5_000_001, ' '))).status).toBe(400)
    await users([{ operation_type: 'Delete', params: { users: [{ email: [ABC] }] } }])
  })

  test('content types and bodies that are no JSON', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json']) {
      expect((await users(update({ email: [ABC] }), { headers: { 'content-type': type } })).status).toBe(415)
    }
    expect((await users('[{')).status).toBe(500)
    expect((await users('operation_type=Update&users=a')).status).toBe(500)
    const utf8 = { headers: { 'content-type': 'application/json; charset=utf-8' } }
    expect((await users('[', utf8)).status).toBe(500)
  })

  test('the other shape of operation_errors', async () => {
    const other = await startSimulator('x_ads', { operationErrors: 'objects', quoteValues: true })
    const made = (await callX(other.url, 'POST', `${ACCOUNT}/custom_audiences`, { query: { name: 'a' } })).json.data.id
    const body = [...update({ email: [ABC] }), ...update({ email: ['abc@twitter.com'] })]
    const said = await callX(other.url, 'POST', `${ACCOUNT}/custom_audiences/${made}/users`, { body })
    expect(said.json.operation_errors).toMatchObject([
      { operation_index: 1, parameter: 'email', value: 'abc@twitter.com' },
    ])
    await other.stop()
  })
})

describe('rate limits (1.6)', () => {
  test('users: 1,500 a minute for an account, told in its headers; the next minute is free again', async () => {
    let now = 1_800_000_000_000
    const other = await startSimulator('x_ads', { now: () => now, rateLimit: { users: 3 } })
    const signing = () => ({ timestamp: now / 1000 })
    const made = await callX(other.url, 'POST', `${ACCOUNT}/custom_audiences`, {
      query: { name: 'a' },
      signing: signing(),
    })
    expect(made.headers.get('x-account-rate-limit-limit')).toBe('450')
    const path = `${ACCOUNT}/custom_audiences/${made.json.data.id}/users`
    const add = () => callX(other.url, 'POST', path, { body: update({ email: [ABC] }), signing: signing() })
    expect((await add()).headers.get('x-account-rate-limit-remaining')).toBe('2')
    await add()
    await add()
    const refused = await add()
    expect(code(refused)).toEqual([429, 'TOO_MANY_REQUESTS'])
    expect(refused.headers.get('x-account-rate-limit-remaining')).toBe('0')
    expect(refused.headers.get('x-account-rate-limit-reset')).toBe('1800000060')
    expect(refused.headers.get('retry-after')).toBeNull()
    now += 60_000
    expect((await add()).status).toBe(200)
    await other.stop()
  })

  test('accounts: five lists in 15 minutes', async () => {
    const other = await startSimulator('x_ads', { now: () => 1_800_000_000_000 })
    const list = () => callX(other.url, 'GET', '/12/accounts', { signing: { timestamp: 1_800_000_000 } })
    for (let n = 0; n < 5; n++) expect((await list()).status).toBe(200)
    const refused = await list()
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-rate-limit-limit')).toBe('5')
    await other.stop()
  })
})
