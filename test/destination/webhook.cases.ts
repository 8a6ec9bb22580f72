import type { Account, HttpAnswer } from '../../connector/destination/destination.ts'
import { webhook } from '../../connector/destination/webhook.ts'
import { startSimulator } from '../../connector/simulator/simulator.ts'
import {
  type AnswerCase,
  type Cases,
  configuration,
  type Expected,
  emailDigest,
  gone,
  notUnderstood,
  permission,
  phoneDigest,
  type RequestCase,
  refused,
  retryMaybe,
  retryNo,
  tooLarge,
} from './cases.ts'

const secret = 'a-secret-of-24-characters'
const url = 'https://crm.example.com/hooks/tidemark'
/**
 * `printf '%s' '1318622958.kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg.{…}' | openssl dgst -sha256 -hmac a-secret-of-24-characters`
 */
const signed = (signature: string, body: string): RequestCase['expected'] => ({
  method: 'POST',
  url,
  headers: {
    accept: 'application/json',
    'content-type': 'application/json',
    'idempotency-key': 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
    'tidemark-signature': `t=1318622958,v1=${signature}`,
  },
  body,
})
const create = (account: Account) => account.createAudience({ name: 'Größe "L"', description: null })
const find = (account: Account) => account.findAudience('High value')
const update = (account: Account) => {
  if (account.updateAudience === undefined) throw new Error('a webhook renames')
  return account.updateAudience('aud-7', { name: 'High value', description: 'Who spends' })
}
const rows = `{"email":["${emailDigest}"]},{"email":["${emailDigest}"],"phone":["${phoneDigest}"]}`
const types = ['email', 'phone']
const add = (account: Account) => account.send({ op: 'add', audienceId: 'aud-7', types, rows, rowCount: 2 })
const remove = (account: Account) =>
  account.send({ op: 'remove', audienceId: 'aud-7', types, rows: `{"phone":["${phoneDigest}"]}`, rowCount: 1 })

const requests: readonly RequestCase[] = [
  {
    what: 'create an audience',
    call: create,
    expected: signed(
      'fc88ce0330a2d5937dd900a496673f6de48367ebb7c933d428091aff63d8fc3a',
      '{"event":"create_audience","endpoint_id":"crm-eu","audience":{"name":"Größe \\"L\\"","description":null}}',
    ),
  },
  {
    what: 'find an audience, next page',
    call: (account) => account.findAudience('High value', '2'),
    expected: signed(
      '0972a7feea59de8edac4fd5dad4243d805ce00e6b41607b9367bfd342c78f232',
      '{"event":"find_audience","endpoint_id":"crm-eu","name":"High value","cursor":"2"}',
    ),
  },
  {
    what: 'rename and describe an audience',
    call: update,
    expected: signed(
      'ab2569df05545f88d7affac7e55f275320897c0ce1f11216155667897487729e',
      '{"event":"update_audience","endpoint_id":"crm-eu","audience_id":"aud-7","audience":{"name":"High value","description":"Who spends"}}',
    ),
  },
  {
    what: 'add members, with how long a membership lasts',
    call: add,
    expected: signed(
      '148b6a3ac49dac1c6412fe2d7d6b443b44088cdffa59909489b043c8d2a7fdc5',
      '{"event":"add","endpoint_id":"crm-eu","audience_id":"aud-7","membership_days":90,"members":[' +
        '{"email":["4798b8bbdcf6f2a52e527f46a3d7a7c9aefb541afda03af79c74809ecc6376f3"]},' +
        '{"email":["4798b8bbdcf6f2a52e527f46a3d7a7c9aefb541afda03af79c74809ecc6376f3"],' +
        '"phone":["1fa6b8d986d9b9cd01bf36951815158bbde9f520c0567c835dfe34783d0a4231"]}]}',
    ),
  },
  {
    what: 'remove members',
    call: remove,
    expected: signed(
      '683946b30132c52cecaf688fdcc294e5489ebc4fce4aefd91bb61e68f82a0847',
      '{"event":"remove","endpoint_id":"crm-eu","audience_id":"aud-7","members":[' +
        '{"phone":["1fa6b8d986d9b9cd01bf36951815158bbde9f520c0567c835dfe34783d0a4231"]}]}',
    ),
  },
]

const answered = (status: number, body: unknown, headers = {}): HttpAnswer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
type Calls = { readonly name: string } & AnswerCase['call']
const to = (call: Calls, status: number, expected: Expected, body: unknown = '', headers = {}): AnswerCase => ({
  what: `HTTP ${status} ${JSON.stringify(body)} to ${call.name}`,
  call,
  answer: answered(status, body, headers),
  expected,
})
/** A status without a code of the endpoint's own. */
const bare = (call: Calls, status: number, expected: Expected): AnswerCase =>
  to(call, status, { code: `http_${status}`, ...expected })

/** Every row of the table in docs/webhook.md. */
const statuses: readonly AnswerCase[] = [
  bare(add, 400, configuration),
  bare(add, 401, permission),
  bare(find, 403, permission),
  bare(find, 404, configuration),
  bare(find, 405, configuration),
  bare(add, 408, retryMaybe),
  bare(create, 409, { next: 'stop', exit: 78, reason: 'name_taken' }),
  bare(add, 409, retryNo),
  bare(add, 410, gone),
  bare(update, 410, gone),
  bare(create, 410, notUnderstood),
  bare(add, 413, tooLarge),
  bare(create, 413, configuration),
  bare(add, 415, configuration),
  bare(add, 422, refused),
  bare(create, 422, configuration),
  bare(add, 425, retryNo),
  to(add, 429, { ...retryNo, retryAfterMs: 7000 }, '', { 'retry-after': '7' }),
  to(add, 503, { ...retryMaybe, retryAfterMs: 7000 }, '', { 'retry-after': '7' }),
  bare(add, 500, retryMaybe),
  bare(add, 302, configuration),
  bare(add, 418, notUnderstood),
  bare(add, 204, notUnderstood),
  bare(add, 202, notUnderstood),
  to(add, 422, { ...refused, code: 'digest' }, { code: 'digest', message: 'A digest is not taken.' }),
]

const shortCount = { code: 'count_mismatch', ...retryMaybe }
const unexpected = { code: 'unexpected_answer', ...notUnderstood }
const bodies: readonly AnswerCase[] = [
  to(add, 200, { value: undefined, requestId: 'r-1' }, { received: 2, request_id: 'r-1' }),
  to(add, 200, shortCount, { received: 1 }),
  to(add, 200, unexpected, { received: 3 }),
  to(add, 200, unexpected, { received: -1 }),
  to(add, 200, unexpected, { received: '2' }),
  to(add, 200, unexpected, {}),
  to(add, 200, unexpected, 'OK'),
  to(create, 200, { value: { audienceId: 'aud-7' } }, { audience_id: 'aud-7' }),
  to(create, 200, { value: { audienceId: '7' } }, { audience_id: 7 }),
  to(create, 200, unexpected, { audience_id: '../7' }),
  to(create, 200, unexpected, {}),
  to(update, 200, { value: undefined }, { audience_id: 'aud-7' }),
  to(update, 200, unexpected, { audience_id: 'aud-8' }),
  to(
    find,
    200,
    {
      value: {
        matches: [
          { audienceId: 'aud-7', createdAt: new Date('2026-08-22T10:00:00Z') },
          { audienceId: 'aud-9', createdAt: null },
        ],
        nextCursor: 'p2',
      },
    },
    {
      audiences: [
        { audience_id: 'aud-7', name: 'High value', created_at: '2026-08-22T10:00:00Z' },
        { audience_id: 'aud-8', name: 'high value', created_at: '2026-08-22T10:00:00Z' },
        { audience_id: 'aud-9', name: 'High value' },
      ],
      next_cursor: 'p2',
    },
  ),
  to(find, 200, { value: { matches: [] } }, { audiences: [], next_cursor: null }),
  to(find, 200, unexpected, { audiences: {} }),
  to(find, 200, unexpected, { audiences: [], next_cursor: 7 }),
]

const credentials = { secret, path: '/hooks/tidemark' }
export const cases: Cases = {
  destination: webhook,
  settings: {
    name: 'crm',
    type: 'webhook',
    accountId: 'crm-eu',
    credentials,
    baseUrl: 'https://crm.example.com',
    own: { membership_days: 90 },
    requestsPerSecond: 5,
    request: {
      timeoutMs: 30_000,
      quietMs: 90_000,
      concurrency: 2,
      maxRows: 1000,
      maxBytes: 1_000_000,
      combinedRows: false,
    },
  },
  goodSettings: [
    { endpoint_id: 'crm-eu', credentials },
    { endpoint_id: 'crm-eu', credentials: { secret }, membership_days: 90 },
  ],
  badSettings: [
    ['an endpoint id with a slash', { endpoint_id: 'crm/eu', credentials }],
    ['a short secret', { endpoint_id: 'crm', credentials: { secret: 'fifteen-letters' } }],
    ['a path without a slash', { endpoint_id: 'crm', credentials: { secret, path: 'hooks' } }],
    ['a path with a query', { endpoint_id: 'crm', credentials: { secret, path: '/hooks?token=1' } }],
    ['memberships of a day', { endpoint_id: 'crm', credentials, membership_days: 1 }],
    ['a key that is not known', { endpoint_id: 'crm', credentials, url: 'x' }],
  ],
  requests,
  answers: [...statuses, ...bodies],
  codes: [400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 425].map((status) => `http_${status}`),
  created: (id) => `{"audience_id":${id}}`,
  codeDecidesAt: [200, 418],
  simulate: (options = {}) =>
    startSimulator('webhook', { rateLimit: false, secret, path: '/hooks/tidemark', ...options }),
  oneRequest: { perMinute: 1 },
}
