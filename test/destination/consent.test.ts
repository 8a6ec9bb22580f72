import { describe, expect, test } from '@jest/globals'
import type { Consented, ConsentPage, ConsentRequest } from '../../connector/destination/consent.ts'
import type { Call } from '../../connector/destination/destination.ts'
import { authorisation } from '../../connector/destination/oauth1.ts'
import { tiktokConsent } from '../../connector/destination/tiktok-ads-consent.ts'
import { xConsent } from '../../connector/destination/x-ads-consent.ts'
import { attempt, notUnderstood, permission } from './cases.ts'
import { cases as tiktokAdsCases } from './tiktok-ads.cases.ts'
import { cases as xAdsCases } from './x-ads.cases.ts'

const answered = (status: number, body: string) => ({ status, headers: {}, body })

describe('the header before there is a user', () => {
  // Keys, nonces, times and signatures as X printed them ("Implementing Sign in with Twitter"); they fit its older host.
  const consumer = {
    consumerKey: 'cChZNFj6T5R0TigYB9yd1w',
    consumerSecret: 'L8qq9PZyRg6ieKGEKhZolGC0vJWLw8iEJ88DRdyOg',
  }
  const timestamp = 1_318_467_427

  test('with a callback', () => {
    const header = authorisation({
      method: 'POST',
      url: 'https://api.twitter.com/oauth/request_token',
      credentials: consumer,
      nonce: 'ea9ec8429b68d6b77cd5600adbbb0456',
      timestamp,
      extra: { oauth_callback: 'http://localhost/sign-in-with-twitter/' },
    })
    expect(header).toBe(
      'OAuth oauth_callback="http%3A%2F%2Flocalhost%2Fsign-in-with-twitter%2F", oauth_consumer_key="cChZNFj6T5R0TigYB9yd1w", ' +
        'oauth_nonce="ea9ec8429b68d6b77cd5600adbbb0456", oauth_signature="F1Li3tvehgcraF8DMJ7OyxO4w9Y%3D", ' +
        'oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318467427", oauth_version="1.0"',
    )
  })

  test('with a verifier', () => {
    const header = authorisation({
      method: 'POST',
      url: 'https://api.twitter.com/oauth/access_token',
      credentials: {
        ...consumer,
        accessToken: 'NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0',
        accessTokenSecret: 'veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI',
      },
      nonce: 'a9900fe68e2573b27a37f10fbad6a755',
      timestamp,
      extra: { oauth_verifier: 'uw7NjWHT6OJ1MpJOXsHfNxoAhPKpgI8BlYDhxEjIBY' },
    })
    expect(header).toContain('oauth_signature="39cipBtIOHEEnybAR4sATQTpl2I%3D"')
  })
})

describe('consent on X', () => {
  const { consumer_key = '', consumer_secret = '' } = xAdsCases.settings.credentials
  const app: ConsentRequest = { ...xAdsCases.settings, credentials: { consumer_key, consumer_secret }, state: 'st4te' }
  const begin = xConsent.begin(app) as Call<ConsentPage>
  const page: ConsentPage = {
    address: '',
    kept: {
      accessToken: 'NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0',
      accessTokenSecret: 'veNRnAWe6inFuo8o2u8SLLZLjolYDmDP7SzL0YfYI',
    },
  }
  const finish = xConsent.finish(app, page, '4868795')
  const common =
    'oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", '

  // Signatures computed with Python's hmac and urllib.
  test('a request token is asked for on the host of X, for the callback oob', () => {
    expect(begin.request(attempt)).toEqual({
      method: 'POST',
      url: 'https://api.x.com/oauth/request_token',
      headers: {
        accept: 'application/json',
        authorization:
          `OAuth oauth_callback="oob", ${common}oauth_signature="jc%2FVgbxSHtvlecdtQHT0gEuVfe0%3D", ` +
          'oauth_signature_method="HMAC-SHA1", oauth_timestamp="1318622958", oauth_version="1.0"',
      },
    })
  })

  test('the PIN is exchanged with the request token', () => {
    expect(finish.request(attempt)).toEqual({
      method: 'POST',
      url: 'https://api.x.com/oauth/access_token',
      headers: {
        accept: 'application/json',
        authorization:
          `OAuth ${common}oauth_signature="zcT7O2IY4EbsAHgTfgacG6kZV4w%3D", oauth_signature_method="HMAC-SHA1", ` +
          'oauth_timestamp="1318622958", oauth_token="NPcudxy0yU5T3tBzho7iCotZ3cnetKwcTIRlX0iwRl0", ' +
          'oauth_verifier="4868795", oauth_version="1.0"',
      },
    })
  })

  test.each([
    ['https://ads-api.twitter.com', 'https://api.twitter.com'],
    ['https://ads-api-sandbox.x.com', 'https://api.x.com'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ])('asked at %s: %s', (baseUrl, host) => {
    const asked = xConsent.begin({ ...app, baseUrl }) as Call<ConsentPage>
    expect(asked.request(attempt).url).toBe(`${host}/oauth/request_token`)
  })

  test('the page for a request token', () => {
    const form = 'oauth_token=NPcu-dx_y&oauth_token_secret=veNR&oauth_callback_confirmed=true'
    expect(begin.read(answered(200, form))).toEqual({
      ok: true,
      value: {
        address: 'https://api.x.com/oauth/authorize?oauth_token=NPcu-dx_y',
        kept: { accessToken: 'NPcu-dx_y', accessTokenSecret: 'veNR' },
      },
    })
  })

  test('the token for a PIN', () => {
    const form = 'oauth_token=6253282-eWud&oauth_token_secret=2EEf&user_id=6253282&screen_name=twitterapi'
    expect(finish.read(answered(200, form))).toEqual({
      ok: true,
      value: { credentials: { access_token: '6253282-eWud', access_token_secret: '2EEf' }, whose: 'user @twitterapi' },
    })
  })

  test.each([
    ['a callback that was not confirmed', begin, 200, 'oauth_token=a&oauth_token_secret=b', notUnderstood],
    ['no token', finish, 200, 'oauth_token_secret=b', notUnderstood],
    ['a token with a line break', finish, 200, 'oauth_token=a%0Ab&oauth_token_secret=b', notUnderstood],
    ['a page', finish, 200, '<html>Welcome</html>', notUnderstood],
    ['a wrong app', begin, 401, '{"errors":[{"code":32,"message":"Could not authenticate you."}]}', permission],
    ['a wrong PIN', finish, 401, '{"errors":[{"code":89,"message":"Invalid oauth_verifier"}]}', permission],
    ['a 403 without a reason', finish, 403, '', permission],
  ] as const)('%s', (_what, call: Call<unknown>, status, body, fault) => {
    const outcome = call.read(answered(status, body))
    expect(outcome).toMatchObject({ ok: false, fault })
    expect(JSON.stringify(outcome)).not.toMatch(/4868795|veNRn|kAcSOq/)
  })
})

describe('consent on TikTok', () => {
  const app: ConsentRequest = {
    ...tiktokAdsCases.settings,
    credentials: { app_id: '70001', secret: 's+3/' },
    state: 'st4te',
  }
  const finish: Call<Consented> = tiktokConsent.finish(app, { address: '', kept: {} }, 'c0de')
  const envelope = (code: number, data: unknown) => JSON.stringify({ code, message: 'Words', request_id: '1', data })

  test('the page needs no call; the address it leads to can be named', () => {
    expect(tiktokConsent.begin(app)).toEqual({
      address: 'https://business-api.tiktok.com/portal/auth?app_id=70001&state=st4te',
      kept: {},
    })
    expect(tiktokConsent.begin({ ...app, redirectUri: 'https://shop.example/back?a=b' })).toMatchObject({
      address:
        'https://business-api.tiktok.com/portal/auth?app_id=70001&state=st4te&redirect_uri=https%3A%2F%2Fshop.example%2Fback%3Fa%3Db',
    })
  })

  test('the auth_code is exchanged in a body, without a token', () => {
    expect(finish.request(attempt)).toEqual({
      method: 'POST',
      url: 'https://business-api.tiktok.com/open_api/v1.3/oauth2/access_token/',
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: ['{"app_id":"70001","secret":"s+3/","auth_code":"c0de"}'],
    })
  })

  test('the token, and whose advertisers it is for', () => {
    const data = { access_token: 'act.new', advertiser_ids: ['7000000000000000001', 12], scope: [30, 31] }
    expect(finish.read(answered(200, envelope(0, data)))).toMatchObject({
      ok: true,
      value: { credentials: { access_token: 'act.new' }, whose: 'advertisers 7000000000000000001, 12' },
    })
    expect(finish.read(answered(200, envelope(0, { access_token: 'act.new' })))).toMatchObject({
      value: { whose: 'no advertiser at all' },
    })
  })

  test.each([
    ['no token', envelope(0, {}), notUnderstood],
    ['a code that was used', envelope(40110, {}), permission],
    ['a secret that does not fit', envelope(40101, {}), permission],
  ] as const)('%s', (_what, body, fault) => {
    const outcome = finish.read(answered(200, body))
    expect(outcome).toMatchObject({ ok: false, fault })
    expect(JSON.stringify(outcome)).not.toMatch(/c0de|s\+3/)
  })
})
