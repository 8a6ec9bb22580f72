import { xAds } from '../../connector/destination/x-ads.ts'
import { startSimulator } from '../../connector/simulator/simulator.ts'
import { type Cases, directory, inspect, type RequestCase } from './cases.ts'
import { xAdsAnswers } from './x-ads-answers.cases.ts'
import { add, find, remove, rows, update } from './x-ads-calls.cases.ts'
import { xAdsCodes } from './x-ads-codes.cases.ts'

// Keys, nonce and time of X's worked example (reference 1.1); signatures computed with Python's hmac and urllib.
const credentials = {
  consumer_key: 'xvz1evFS4wEEPTGEFPHBog',
  consumer_secret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
  access_token: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
  access_token_secret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
}
const signed = (signature: string) => ({
  accept: 'application/json',
  authorization:
    'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", ' +
    `oauth_signature="${signature}", oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318622958", ` +
    'oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", oauth_version="1.0"',
})
const json = (signature: string) => ({ ...signed(signature), 'content-type': 'application/json' })
const audiences = 'https://ads-api.x.com/12/accounts/18ce54d4x5t/custom_audiences'
const oddName = "High value: 100% (A+B), it's *new*!"
const oddNameEncoded = 'High%20value%3A%20100%25%20%28A%2BB%29%2C%20it%27s%20%2Anew%2A%21'

const requests: readonly RequestCase[] = [
  {
    what: 'create an audience, every character of the name and the description percent-encoded',
    call: (account) => account.createAudience({ name: oddName, description: 'Café & more' }),
    expected: {
      method: 'POST',
      url: `${audiences}?name=${oddNameEncoded}&description=Caf%C3%A9%20%26%20more`,
      headers: signed('zMh8mPH0Wroafgrg2L3Ha2fUdaE%3D'),
    },
  },
  {
    what: 'create an audience without description',
    call: (account) => account.createAudience({ name: oddName, description: null }),
    expected: {
      method: 'POST',
      url: `${audiences}?name=${oddNameEncoded}`,
      headers: signed('KL2M5UzM9cJAFjngmT9up9vrBiQ%3D'),
    },
  },
  {
    what: 'find an audience',
    call: find,
    expected: {
      method: 'GET',
      url: `${audiences}?q=High%20value&count=1000`,
      headers: signed('33AlnwXmlJKiZQUWSVyPX5uF2qo%3D'),
    },
  },
  {
    what: 'find an audience, next page',
    call: (account) => account.findAudience('High value', '8x7v00oow'),
    expected: {
      method: 'GET',
      url: `${audiences}?q=High%20value&count=1000&cursor=8x7v00oow`,
      headers: signed('YctV%2Bec%2FuTGws0IwBydS%2Fl3ur3o%3D'),
    },
  },
  {
    what: 'rename an audience and unset its description',
    call: update,
    expected: {
      method: 'PUT',
      url: `${audiences}/1nmth?name=High%20value&description=`,
      headers: signed('phODtSewOzUs48wNVC3t1virGn0%3D'),
    },
  },
  {
    what: 'add users: one operation, the body not signed',
    call: add,
    expected: {
      method: 'POST',
      url: `${audiences}/1nmth/users`,
      headers: json('zreLvHV6V%2BGeBN4%2Bahf%2FFx0PJzA%3D'),
      body: `[{"operation_type":"Update","params":{"users":[${rows}]}}]`,
    },
  },
  {
    what: 'remove users: the same signature, for only the body differs',
    call: remove,
    expected: {
      method: 'POST',
      url: `${audiences}/1nmth/users`,
      headers: json('zreLvHV6V%2BGeBN4%2Bahf%2FFx0PJzA%3D'),
      body: `[{"operation_type":"Delete","params":{"users":[${rows}]}}]`,
    },
  },
  {
    what: 'ask for the size of an audience',
    call: (account) => inspect(account, '1nmth'),
    expected: { method: 'GET', url: `${audiences}/1nmth`, headers: signed('SjksebNs%2BXisR6tqof98XW%2B1Cog%3D') },
  },
  {
    what: 'list the accounts, as many as fit on a page',
    call: (account) => directory(account).list(),
    expected: {
      method: 'GET',
      url: 'https://ads-api.x.com/12/accounts?count=1000',
      headers: signed('zCA1gC50QBFNo84ISJVhqQBOIec%3D'),
    },
  },
  {
    what: 'list the accounts, next page',
    call: (account) => directory(account).list('8x7v00oow'),
    expected: {
      method: 'GET',
      url: 'https://ads-api.x.com/12/accounts?count=1000&cursor=8x7v00oow',
      headers: signed('Z622j%2BhIHy9uUH6%2BXUl%2Fw7MJ5ew%3D'),
    },
  },
  {
    what: 'ask what the user may do in an account',
    call: (account) => directory(account).facts(['18ce54d4x5t']),
    expected: {
      method: 'GET',
      url: 'https://ads-api.x.com/12/accounts/18ce54d4x5t/authenticated_user_access',
      headers: signed('6sgxAlgX9Ywbz9mK2Lz7GQoKo1o%3D'),
    },
  },
  {
    what: 'signed for the older host name when that is called',
    call: add,
    baseUrl: 'https://ads-api.twitter.com',
    expected: {
      method: 'POST',
      url: 'https://ads-api.twitter.com/12/accounts/18ce54d4x5t/custom_audiences/1nmth/users',
      headers: json('mZLXjB5Lh1Zc5iYxZmjpBBxu9fM%3D'),
      body: `[{"operation_type":"Update","params":{"users":[${rows}]}}]`,
    },
  },
  {
    what: 'signed for a simulator, with its port',
    call: add,
    baseUrl: 'http://127.0.0.1:8080',
    expected: {
      method: 'POST',
      url: 'http://127.0.0.1:8080/12/accounts/18ce54d4x5t/custom_audiences/1nmth/users',
      headers: json('Epcd5P9ItaZ2vWDZL5UjH8%2F2euI%3D'),
      body: `[{"operation_type":"Update","params":{"users":[${rows}]}}]`,
    },
  },
]

export const cases: Cases = {
  destination: xAds,
  settings: {
    name: 'x',
    type: 'x_ads',
    accountId: '18ce54d4x5t',
    credentials,
    baseUrl: 'https://ads-api.x.com',
    own: {},
    requestsPerSecond: 25,
    request: { timeoutMs: 60_000, quietMs: 120_000, concurrency: 4, maxBytes: 5_000_000, combinedRows: false },
  },
  goodSettings: [{ account_id: '18ce54d4x5t', credentials }],
  badSettings: [
    ['an account id with a slash', { account_id: '18ce/54', credentials }],
    ['a key that is not known', { account_id: '18ce54d4x5t', credentials, audience: 'x' }],
    ['a credential that is not known', { account_id: '18ce54d4x5t', credentials: { ...credentials, bearer: 'x' } }],
    ['a missing secret', { account_id: '18ce54d4x5t', credentials: { consumer_key: 'a', consumer_secret: 'b' } }],
    ['a token with a line break', { account_id: '18ce54d4x5t', credentials: { ...credentials, access_token: 'a\n' } }],
    ['an empty token', { account_id: '18ce54d4x5t', credentials: { ...credentials, access_token: '' } }],
  ],
  requests,
  answers: [...xAdsCodes, ...xAdsAnswers],
  created: (id) => `{"data":{"id":${id}}}`,
  codeDecidesAt: [200, 400, 418],
  simulate: (options = {}) =>
    startSimulator('x_ads', {
      rateLimit: false,
      sizeAfterMs: 0,
      credentials: {
        consumerKey: credentials.consumer_key,
        consumerSecret: credentials.consumer_secret,
        accessToken: credentials.access_token,
        accessTokenSecret: credentials.access_token_secret,
      },
      ...options,
    }),
  oneRequest: { users: 1 },
  codes: (
    'INVALID_PARAMETER MISSING_PARAMETER INVALID_USER FEATURE_NOT_AVAILABLE REQUEST_TOO_COMPLEX UNAUTHORIZED_ACCESS ' +
    'UNAUTHORIZED_CLIENT_APPLICATION ACCOUNT_NOT_FOUND READONLY_CLIENT_APPLICATION ACTION_NOT_ALLOWED NOT_FOUND ' +
    'ROUTE_NOT_FOUND TAILORED_AUDIENCE_NOT_FOUND CUSTOM_AUDIENCE_NOT_FOUND METHOD_NOT_ALLOWED CANCELLED_REQUEST ' +
    'LOCK_ACQUISITION_TIMEOUT TOO_MANY_REQUESTS INTERNAL_ERROR SERVICE_UNAVAILABLE OVER_CAPACITY'
  ).split(' '),
}
