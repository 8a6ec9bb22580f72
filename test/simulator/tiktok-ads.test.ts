import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Simulator, startSimulator, type TikTokAdsOptions } from '../../connector/simulator/simulator.ts'
import { callTikTok, type Said, send, sha } from './client.ts'

const ADVERTISER = '7000000000000000001'
const OTHER = '7000000000000000009'
const JANE = sha('janedoe@gmail.com')
const PHONE = sha('+11234567890')

let tiktok: Simulator
let id: string
let foreign: string
const call = (path: string, body?: unknown, headers?: Record<string, string>) =>
  callTikTok(tiktok.url, path, body, headers)
const audience = (body: Record<string, unknown>) => call('segment/audience/', { advertiser_id: ADVERTISER, ...body })
const create = async (name: string): Promise<string> =>
  (await audience({ action: 'create', custom_audience_name: name })).json.data.audience_id
const cell = (value: string, ...audiences: string[]) => ({
  id: value,
  audience_ids: audiences.length > 0 ? audiences : [id],
})
const mapping = (schema: string[], rows: unknown, more: Record<string, unknown> = {}) =>
  call('segment/mapping/', {
    advertiser_ids: [ADVERTISER],
    action: 'add',
    id_schema: schema,
    batch_data: rows,
    ...more,
  })
const code = (said: Said) => [said.status, said.json?.code]
/** A simulator of its own for one test. */
const withOptions = async (options: TikTokAdsOptions, use: () => Promise<void>) => {
  const [before, audienceBefore] = [tiktok, id]
  tiktok = await startSimulator('tiktok_ads', { rateLimit: false, ...options })
  try {
    id = await create('own')
    await use()
  } finally {
    await tiktok.stop()
    tiktok = before
    id = audienceBefore
  }
}

beforeAll(async () => {
  tiktok = await startSimulator('tiktok_ads', {
    rateLimit: false,
    accounts: [
      { id: ADVERTISER },
      { id: OTHER },
      { id: '7000000000000000010', authorised: false },
      { id: '7000000000000000011', business: 'b' },
    ],
  })
  id = await create('High value')
  const made = await call('segment/audience/', {
    advertiser_id: OTHER,
    action: 'create',
    custom_audience_name: 'foreign',
  })
  foreign = made.json.data.audience_id
})
afterAll(() => tiktok.stop())

describe('base, token, envelope (2.0)', () => {
  test('success is code 0 with a request id', async () => {
    const said = await call('user/info/')
    expect(said.json).toMatchObject({ code: 0, message: 'OK', request_id: expect.any(String), data: {} })
  })

  test('without the slash at the end it is a web page with 404', async () => {
    const said = await call('user/info')
    expect([said.status, said.json]).toEqual([404, undefined])
    expect(said.text).toContain('<html>')
    expect((await send(`${tiktok.url}/v1.3/user/info/`, {})).status).toBe(404)
  })

  test.each<[string, Record<string, string>, number]>([
    ['no token', {}, 40104],
    ['a token in Authorization', { authorization: 'Bearer sim-tiktok-token' }, 40104],
    ['a wrong token', { 'access-token': 'other' }, 40105],
  ])('%s: HTTP 200, code %j', async (_, headers, expected) => {
    expect(code(await call('user/info/', undefined, headers))).toEqual([200, expected])
  })

  test('routes that are not there', async () => {
    const headers = { 'access-token': 'sim-tiktok-token' }
    expect(code(await call('segment/list/'))).toEqual([200, 40400])
    expect(code(await call('segment/mapping/'))).toEqual([200, 40010])
    expect(code(await send(`${tiktok.url}/open_api/v1.2/user/info/`, { headers }))).toEqual([200, 40006])
  })

  test('advertisers: only the authorised ones are listed', async () => {
    const list = await call('oauth2/advertiser/get/?app_id=7000000000000000002&secret=sim-tiktok-secret')
    const ids = list.json.data.list.map((one: { advertiser_id: string }) => one.advertiser_id)
    expect(ids).toEqual([ADVERTISER, OTHER, '7000000000000000011'])
    expect(code(await call('oauth2/advertiser/get/?app_id=7000000000000000002&secret=x'))).toEqual([200, 40101])
    const info = await call(`advertiser/info/?advertiser_ids=${encodeURIComponent(`["${ADVERTISER}"]`)}`)
    expect(info.json.data.list).toMatchObject([{ advertiser_id: ADVERTISER }])
  })
})

describe('audiences (2.3, 2.4)', () => {
  test('names are not unique, long ones are cut to 67 and three dots', async () => {
    expect(await create('Twice')).not.toBe(await create('Twice'))
    const whole = await create('n'.repeat(70))
    const cut = await create('n'.repeat(71))
    const list = await call(`dmp/custom_audience/list/?advertiser_id=${ADVERTISER}&page_size=100`)
    const name = (one: string) =>
      list.json.data.list.find((item: { audience_id: string }) => item.audience_id === one).name
    expect(name(whole)).toBe('n'.repeat(70))
    expect(name(cut)).toBe(`${'n'.repeat(67)}...`)
  })

  test.each<[string, Record<string, unknown>, number]>([
    ['an advertiser that is not there', { advertiser_id: '1', action: 'create', custom_audience_name: 'a' }, 40300],
    [
      'one that the token has no right to',
      { advertiser_id: '7000000000000000010', action: 'create', custom_audience_name: 'a' },
      40001,
    ],
    ['an id that is a number', { advertiser_id: 7, action: 'create', custom_audience_name: 'a' }, 40002],
    ['no action', { custom_audience_name: 'a' }, 40002],
    ['no name', { action: 'create' }, 40002],
    ['an unknown field', { action: 'create', custom_audience_name: 'a', name: 'a' }, 40002],
    ['deleting what is not there', { action: 'delete', delete_audience_id: '7123' }, 40007],
  ])('%s: code %j', async (_, body, expected) => {
    expect(code(await audience(body))).toEqual([200, expected])
  })

  test('bodies that are no JSON, or not said to be', async () => {
    expect(code(await call('segment/audience/', '{'))).toEqual([200, 40002])
    expect(code(await call('segment/audience/', '[]'))).toEqual([200, 40002])
    const headers = { 'access-token': 'sim-tiktok-token', 'content-type': 'text/plain' }
    const body = { advertiser_id: ADVERTISER, action: 'create', custom_audience_name: 'a' }
    expect(code(await call('segment/audience/', body, headers))).toEqual([200, 40002])
  })

  test('a deleted audience is gone', async () => {
    const gone = await create('Gone')
    expect((await audience({ action: 'delete', delete_audience_id: gone })).json.code).toBe(0)
    expect((await audience({ action: 'delete', delete_audience_id: gone })).json.code).toBe(40007)
    expect((await mapping(['EMAIL_SHA256'], [[cell(JANE, gone)]])).json.code).toBe(40007)
  })

  test('pages: the newest first', async () => {
    await withOptions({}, async () => {
      const ids = [id, await create('b'), await create('c')]
      const path = `dmp/custom_audience/list/?advertiser_id=${ADVERTISER}&page_size=2&page=`
      const first = (await call(`${path}1`)).json.data
      const second = (await call(`${path}2`)).json.data
      expect(first.page_info).toEqual({ page: 1, page_size: 2, total_number: 3, total_page: 2 })
      expect([...first.list, ...second.list].map((one) => one.audience_id)).toEqual(ids.reverse())
      expect(first.list[0]).toMatchObject({ name: 'c', audience_type: 'Partner', cover_num: 0, is_valid: false })
      for (const wrong of ['page=0', 'page_size=101', 'custom_audience_ids=1', 'custom_audience_ids=[1]', 'name=a']) {
        expect((await call(`dmp/custom_audience/list/?advertiser_id=${ADVERTISER}&${wrong}`)).json.code).toBe(40002)
      }
    })
  })

  test('details of one', async () => {
    const ids = encodeURIComponent(`["${id}"]`)
    const said = await call(`dmp/custom_audience/get/?advertiser_id=${ADVERTISER}&custom_audience_ids=${ids}`)
    expect(said.json.data.list[0].audience_details).toMatchObject({
      audience_id: id,
      name: 'High value',
      type: 'Partner',
    })
    expect((await call(`dmp/custom_audience/get/?advertiser_id=${ADVERTISER}`)).json.code).toBe(40002)
  })

  test('at most so many; scopes; allow-list', async () => {
    await withOptions({ maxAudiences: 1 }, async () => {
      expect((await audience({ action: 'create', custom_audience_name: 'b' })).json.code).toBe(40002)
    })
    const narrow = await startSimulator('tiktok_ads', { scopes: [30] })
    const human = await startSimulator('tiktok_ads', { allowListed: false })
    const body = { advertiser_id: ADVERTISER, action: 'create', custom_audience_name: 'a' }
    expect((await callTikTok(narrow.url, 'segment/audience/', body)).json.code).toBe(40001)
    expect((await callTikTok(human.url, 'segment/audience/', body)).json.code).toBe(40118)
    await Promise.all([narrow.stop(), human.stop()])
  })
})

describe('mapping (2.3)', () => {
  test('adds and removes; the answer has no counts', async () => {
    const added = await mapping(['email_sha256'], [[cell(JANE)], [cell(sha('b'))]])
    expect(added.json).toMatchObject({ code: 0, data: {} })
    expect(tiktok.members(id).identifiers).toEqual(new Set([`EMAIL_SHA256 ${JANE}`, `EMAIL_SHA256 ${sha('b')}`]))
    await mapping(['EMAIL_SHA256'], [[cell(JANE)], [cell(sha('b'))]], { action: 'delete' })
    expect(tiktok.members(id).identifiers.size).toBe(0)
    expect(tiktok.requests.slice(-2)).toMatchObject([
      { op: 'add', users: 2, identifiers: 2, status: 200, code: 0, audience: id },
      { op: 'remove', users: 2, audience: id },
    ])
  })

  test('action may be left out', async () => {
    const body = { advertiser_ids: [ADVERTISER], id_schema: ['EMAIL_SHA256'], batch_data: [[cell(JANE)]] }
    await call('segment/mapping/', body)
    expect(tiktok.members(id).identifiers.size).toBe(1)
    await call('segment/mapping/', { ...body, action: 'delete' })
  })

  test.each<[string, string[], unknown, number]>([
    ['a row that is too short', ['IDFA_SHA256', 'AAID_SHA256'], [[{ id: JANE, audience_ids: ['ID'] }]], 40002],
    ['a row that is too long', ['EMAIL_SHA256'], [[{ id: JANE, audience_ids: ['ID'] }, {}]], 40002],
    ['a row without an id', ['EMAIL_SHA256'], [[{}]], 40002],
    ['no rows', ['EMAIL_SHA256'], [], 40002],
    ['rows that are no rows', ['EMAIL_SHA256'], [{ id: JANE, audience_ids: ['ID'] }], 40002],
    ['null for a missing id', ['IDFA_SHA256', 'AAID_SHA256'], [[{ id: JANE, audience_ids: ['ID'] }, null]], 40002],
    ['a cell without audiences', ['EMAIL_SHA256'], [[{ id: JANE }]], 40002],
    ['an unknown key in a cell', ['EMAIL_SHA256'], [[{ id: JANE, audience_ids: ['ID'], type: 'x' }]], 40002],
    ['a type that is not supported', ['GAID_SHA256'], [[{ id: JANE, audience_ids: ['ID'] }]], 40002],
    ['a type twice', ['EMAIL_SHA256', 'email_sha256'], [[{ id: JANE, audience_ids: ['ID'] }, {}]], 40002],
    ['e-mail and phone together', ['EMAIL_SHA256', 'PHONE_SHA256'], [[{ id: JANE, audience_ids: ['ID'] }, {}]], 40002],
    ['clear text', ['EMAIL_SHA256'], [[{ id: 'janedoe@gmail.com', audience_ids: ['ID'] }]], 40062],
    ['upper-case hex', ['EMAIL_SHA256'], [[{ id: JANE.toUpperCase(), audience_ids: ['ID'] }]], 40062],
    ['a SHA-256 for an MD5', ['IDFA_MD5'], [[{ id: JANE, audience_ids: ['ID'] }]], 40062],
    ['an audience that is not there', ['EMAIL_SHA256'], [[{ id: JANE, audience_ids: ['7123'] }]], 40007],
    ['an audience of another advertiser', ['EMAIL_SHA256'], [[{ id: JANE, audience_ids: ['FOREIGN'] }]], 40301],
  ])('%s: nothing of it is applied', async (_, schema, rows, expected) => {
    const good = schema.map((_type, n) => (n === 0 ? { id: sha('good'), audience_ids: ['ID'] } : {}))
    const both = Array.isArray(rows) && rows.length > 0 ? [good, ...rows] : rows
    const named = JSON.parse(JSON.stringify(both).replaceAll('"ID"', `"${id}"`).replaceAll('"FOREIGN"', `"${foreign}"`))
    const said = await mapping(schema, schema[0] === 'IDFA_MD5' ? named.slice(1) : named)
    expect(code(said)).toEqual([200, expected])
    expect(tiktok.members(id).identifiers.size).toBe(0)
    expect(said.text).not.toContain('janedoe')
  })

  test.each<[string, Record<string, unknown>, number]>([
    ['an unknown action', { action: 'append' }, 40002],
    ['no advertiser', { advertiser_ids: [] }, 40002],
    ['one advertiser outside a list', { advertiser_ids: ADVERTISER }, 40002],
    ['an advertiser that is not there', { advertiser_ids: [ADVERTISER, '1'] }, 40300],
    ['advertisers of two businesses', { advertiser_ids: [ADVERTISER, '7000000000000000011'] }, 40301],
    ['an unknown field', { rows: [] }, 40002],
  ])('%s', async (_, more, expected) => {
    expect((await mapping(['EMAIL_SHA256'], [[cell(JANE)]], more)).json.code).toBe(expected)
  })

  test('audiences of several advertisers in one request', async () => {
    const said = await mapping(['EMAIL_SHA256'], [[cell(JANE, id, foreign)]], { advertiser_ids: [ADVERTISER, OTHER] })
    expect(said.json.code).toBe(0)
    expect(tiktok.members(id).identifiers).toEqual(tiktok.members(foreign).identifiers)
    await mapping(['EMAIL_SHA256'], [[cell(JANE, id, foreign)]], {
      advertiser_ids: [ADVERTISER, OTHER],
      action: 'delete',
    })
  })

  test('limits: rows and bytes', async () => {
    const rows = Array.from({ length: 1_001 }, (_, n) => [cell(sha(`${n}`))])
    await withOptions({}, async () => {
      const own = rows.map(([one]) => [{ ...one, audience_ids: [id] }])
      expect((await mapping(['EMAIL_SHA256'], own)).json.code).toBe(40061)
      expect((await mapping(['EMAIL_SHA256'], own.slice(1))).json.code).toBe(0)
      expect(tiktok.audience(id)?.identifiers).toBe(1_000)
    })
    await withOptions({ maxBytes: 400 }, async () => {
      expect((await mapping(['EMAIL_SHA256'], [[cell(JANE)]])).json.code).toBe(0)
      expect((await mapping(['EMAIL_SHA256'], [[cell(JANE)], [cell(JANE)], [cell(JANE)]])).json.code).toBe(40061)
    })
  })

  test('combined rows and SHA-512 where they are taken', async () => {
    await withOptions({ acceptMixedSchema: true, acceptEmailSha512: true }, async () => {
      const rows = [
        [cell(PHONE), cell(JANE)],
        [cell(sha('+2')), {}],
        [{}, cell(sha('c'))],
      ]
      expect((await mapping(['PHONE_SHA256', 'EMAIL_SHA256'], rows)).json.code).toBe(0)
      expect(tiktok.members(id).identifiers).toEqual(
        new Set([
          `PHONE_SHA256 ${PHONE}`,
          `EMAIL_SHA256 ${JANE}`,
          `PHONE_SHA256 ${sha('+2')}`,
          `EMAIL_SHA256 ${sha('c')}`,
        ]),
      )
      // Row 1 was one entry: a removal by its e-mail takes the phone along.
      await mapping(['EMAIL_SHA256'], [[cell(JANE)]], { action: 'delete' })
      expect(tiktok.members(id).identifiers).toEqual(new Set([`PHONE_SHA256 ${sha('+2')}`, `EMAIL_SHA256 ${sha('c')}`]))
      expect((await mapping(['EMAIL_SHA512'], [[cell('a'.repeat(128))]])).json.code).toBe(0)
    })
  })
})

test('rate limit (2.2): ten a second for an advertiser, code 40100, no headers', async () => {
  let now = 1_800_000_000_000
  await withOptions({ rateLimit: {}, now: () => now }, async () => {
    now += 1_000
    const answers = []
    for (let n = 0; n < 11; n++) answers.push(await mapping(['EMAIL_SHA256'], [[cell(JANE)]]))
    expect(answers.map((said) => said.json.code)).toEqual([...Array(10).fill(0), 40100])
    expect(answers[10]?.status).toBe(200)
    expect([...(answers[10]?.headers.keys() ?? [])].filter((key) => /rate|retry/.test(key))).toEqual([])
    now += 1_000
    expect((await mapping(['EMAIL_SHA256'], [[cell(JANE)]])).json.code).toBe(0)
  })
})
