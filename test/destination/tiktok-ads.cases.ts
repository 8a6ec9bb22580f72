import { tiktokAds } from '../../connector/destination/tiktok-ads.ts'
import { startSimulator } from '../../connector/simulator/simulator.ts'
import { type Cases, directory, inspect, phoneDigest, type RequestCase } from './cases.ts'
import { add, find, remove, tiktokAdsAnswers } from './tiktok-ads-answers.cases.ts'

const api = 'https://business-api.tiktok.com/open_api/v1.3'
const headers = { accept: 'application/json', 'access-token': 'act.example-token' }
const json = { ...headers, 'content-type': 'application/json' }

const requests: readonly RequestCase[] = [
  {
    what: 'create an audience: one advertiser id, no description',
    call: (account) => account.createAudience({ name: 'Größe "L"', description: 'not sent' }),
    expected: {
      method: 'POST',
      url: `${api}/segment/audience/`,
      headers: json,
      body: '{"advertiser_id":"7000000000000000001","action":"create","custom_audience_name":"Größe \\"L\\""}',
    },
  },
  {
    what: 'find an audience',
    call: find,
    expected: {
      method: 'GET',
      url: `${api}/dmp/custom_audience/list/?advertiser_id=7000000000000000001&page=1&page_size=100`,
      headers,
    },
  },
  {
    what: 'find an audience, next page',
    call: (account) => account.findAudience('High value', '2'),
    expected: {
      method: 'GET',
      url: `${api}/dmp/custom_audience/list/?advertiser_id=7000000000000000001&page=2&page_size=100`,
      headers,
    },
  },
  {
    what: 'add ids: positional rows of one type, a list of advertisers',
    call: add,
    expected: {
      method: 'POST',
      url: `${api}/segment/mapping/`,
      headers: json,
      body:
        '{"advertiser_ids":["7000000000000000001"],"action":"add","id_schema":["EMAIL_SHA256"],"batch_data":[' +
        '[{"id":"4798b8bbdcf6f2a52e527f46a3d7a7c9aefb541afda03af79c74809ecc6376f3","audience_ids":["7012345678901234567"]}],' +
        '[{"id":"1fa6b8d986d9b9cd01bf36951815158bbde9f520c0567c835dfe34783d0a4231","audience_ids":["7012345678901234567"]}]]}',
    },
  },
  {
    // RudderStack left absent cells out, so that e-mail digests stood where another type was declared (2.3).
    what: 'add combined rows: a cell for each type, in the order of the schema, {} where a person has none',
    call: (account) =>
      account.send({
        op: 'add',
        audienceId: '7012345678901234567',
        types: ['EMAIL_SHA256', 'PHONE_SHA256'],
        rows: `[{},{"id":"${phoneDigest}","audience_ids":["7012345678901234567"]}]`,
        rowCount: 1,
      }),
    expected: {
      method: 'POST',
      url: `${api}/segment/mapping/`,
      headers: json,
      body:
        '{"advertiser_ids":["7000000000000000001"],"action":"add","id_schema":["EMAIL_SHA256","PHONE_SHA256"],"batch_data":[' +
        '[{},{"id":"1fa6b8d986d9b9cd01bf36951815158bbde9f520c0567c835dfe34783d0a4231","audience_ids":["7012345678901234567"]}]]}',
    },
  },
  {
    what: 'remove ids, at a simulator',
    call: remove,
    baseUrl: 'http://127.0.0.1:8081',
    expected: {
      method: 'POST',
      url: 'http://127.0.0.1:8081/open_api/v1.3/segment/mapping/',
      headers: json,
      body:
        '{"advertiser_ids":["7000000000000000001"],"action":"delete","id_schema":["PHONE_SHA256"],"batch_data":[' +
        '[{"id":"1fa6b8d986d9b9cd01bf36951815158bbde9f520c0567c835dfe34783d0a4231","audience_ids":["7012345678901234567"]}]]}',
    },
  },
]

const accountRequests: readonly RequestCase[] = [
  {
    what: 'ask for the size of an audience: a list as JSON in the query',
    call: (account) => inspect(account, '7012345678901234567'),
    expected: {
      method: 'GET',
      url: `${api}/dmp/custom_audience/get/?advertiser_id=7000000000000000001&custom_audience_ids=%5B%227012345678901234567%22%5D`,
      headers,
    },
  },
  {
    what: 'list the advertisers, with the app behind the token',
    call: (account) => directory(account).list(),
    expected: { method: 'GET', url: `${api}/oauth2/advertiser/get/?app_id=70001&secret=s%2B3%2F`, headers },
  },
  {
    what: 'describe advertisers: a list as JSON in the query',
    call: (account) => directory(account).facts(['7000000000000000001', '7000000000000000002']),
    expected: {
      method: 'GET',
      url: `${api}/advertiser/info/?advertiser_ids=%5B%227000000000000000001%22%2C%227000000000000000002%22%5D`,
      headers,
    },
  },
]

const credentials = { access_token: 'act.example-token' }
export const cases: Cases = {
  destination: tiktokAds,
  settings: {
    name: 'tiktok',
    type: 'tiktok_ads',
    accountId: '7000000000000000001',
    credentials: { ...credentials, app_id: '70001', secret: 's+3/' },
    baseUrl: 'https://business-api.tiktok.com',
    own: {},
    requestsPerSecond: 10,
    request: {
      timeoutMs: 60_000,
      quietMs: 120_000,
      concurrency: 4,
      maxRows: 1000,
      maxBytes: 1_000_000,
      combinedRows: false,
    },
  },
  goodSettings: [
    { advertiser_id: '7000000000000000001', credentials },
    { advertiser_id: '7000000000000000001', credentials: { ...credentials, app_id: '7', secret: 's' } },
  ],
  badSettings: [
    ['an advertiser id that YAML read as a number', { advertiser_id: 7e18, credentials }],
    ['an advertiser id with letters', { advertiser_id: '18ce54d4x5t', credentials }],
    ['a missing token', { advertiser_id: '7000000000000000001', credentials: {} }],
    ['a token with a line break', { advertiser_id: '7', credentials: { access_token: 'act.token\n' } }],
    ['a key that is not known', { advertiser_id: '7', credentials, pixel: 'x' }],
  ],
  requests: [...requests, ...accountRequests],
  answers: tiktokAdsAnswers,
  created: (id) => `{"code":0,"data":{"audience_id":${id}}}`,
  codeDecidesAt: [200, 400, 418],
  simulate: (options = {}) =>
    startSimulator('tiktok_ads', {
      rateLimit: false,
      sizeAfterMs: 0,
      credentials: { accessToken: credentials.access_token, appId: '70001', secret: 's+3/' },
      ...options,
    }),
  oneRequest: { perMinute: 1 },
  codes: (
    '20001 40000 40002 40001 40006 40051 40010 40400 40007 40011 40061 40016 40100 40132 40133 40050 40062 40101 ' +
    '40110 40115 40102 40104 40105 40106 40113 40119 40125 40118 40200 40201 40202 40300 40301 40900 40905 40906 ' +
    '40907 40908 40909 40910 40914 40915 50000 50002 51003 51010 51063 60001 61000 40008 40009 40014'
  ).split(' '),
}
