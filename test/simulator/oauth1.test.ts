import { describe, expect, test } from '@jest/globals'
import { OAuthVerifier, parseAuthorization, parseQuery, signature } from '../../connector/simulator/oauth1.ts'

// The worked example of X's page on creating a signature; the three results stand in the reference page, 1.1.
const EXAMPLE = {
  consumerSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
  tokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
  parameters: [
    ['status', 'Hello Ladies + Gentlemen, a signed OAuth request!'],
    ['include_entities', 'true'],
    ['oauth_consumer_key', 'xvz1evFS4wEEPTGEFPHBog'],
    ['oauth_nonce', 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg'],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', '1318622958'],
    ['oauth_token', '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb'],
    ['oauth_version', '1.0'],
  ] as [string, string][],
}

describe('the signature', () => {
  test.each([
    ['https://api.x.com/1.1/statuses/update.json', 'Ls93hJiZbQ3akF3HF3x1Bz8/zU4='],
    ['https://api.twitter.com/1.1/statuses/update.json', 'hCtSmYh+iHYCEqBWrE7C7hYmtUk='],
    ['https://api.twitter.com/1/statuses/update.json', 'tnnArxj06cWHq44gCs1OSKk/jLY='],
  ])('for %s is %s', (url, expected) => {
    const { parameters, consumerSecret, tokenSecret } = EXAMPLE
    expect(signature('post', url, parameters, consumerSecret, tokenSecret)).toBe(expected)
    expect(signature('POST', url, [...parameters].reverse(), consumerSecret, tokenSecret)).toBe(expected)
  })

  test('sorts by key before value: `a` comes before `a1`, though `1` comes before `=`', () => {
    // openssl dgst -sha1 -hmac 's&t' -binary over GET&http%3A%2F%2Fh%2Fp&a%3Dz%26a1%3Db, in base64
    const parameters: [string, string][] = [
      ['a1', 'b'],
      ['a', 'z'],
    ]
    expect(signature('GET', 'http://h/p', parameters, 's', 't')).toBe('Kam3R3XTb30JEI1od6AqLgkVjBQ=')
  })
})

describe('the header', () => {
  test('is read with its values decoded', () => {
    const found = parseAuthorization('OAuth oauth_nonce="a%20b", oauth_signature="x%2By%3D"')
    expect(Object.fromEntries(found ?? [])).toEqual({ oauth_nonce: 'a b', oauth_signature: 'x+y=' })
  })

  test.each([
    'Bearer abc',
    'OAuth',
    'OAuth oauth_nonce=abc',
    'OAuth oauth_nonce="a+b"',
    'OAuth oauth_nonce="a%2fb"',
    'OAuth oauth_nonce="a",oauth_token="b"',
    'OAuth oauth_nonce="a", oauth_nonce="b"',
    'OAuth oauth_nonce="a",',
  ])('%s is not one', (header) => {
    expect(parseAuthorization(header)).toBeNull()
  })
})

test.each(['a=1&a=2', 'a', '=1', 'name=a+b', 'at=12:00', 'ids=1,2', 'a=%41', 'a=%zz', 'a=1&'])(
  'the query %s is refused',
  (query) => {
    expect(parseQuery(query)).toBeNull()
  },
)

test('nonces are remembered for as long as their timestamp would be taken', () => {
  const credentials = { consumerKey: 'ck', consumerSecret: 'cs', accessToken: 'at', accessTokenSecret: 'as' }
  const verifier = new OAuthVerifier(credentials)
  const ask = (nonce: string, at: number, now: number) => {
    const oauth: [string, string][] = [
      ['oauth_consumer_key', 'ck'],
      ['oauth_nonce', nonce],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', String(at)],
      ['oauth_token', 'at'],
      ['oauth_version', '1.0'],
    ]
    const signed = signature('GET', 'http://h/p', oauth, 'cs', 'as')
    const all = [...oauth, ['oauth_signature', signed]]
    const authorization = `OAuth ${all.map(([key, value]) => `${key}="${encodeURIComponent(value ?? '')}"`).join(', ')}`
    return verifier.refusal({ method: 'GET', url: 'http://h/p', query: new Map(), authorization, now: now * 1000 })
  }
  expect(ask('one', 10_000, 10_000)).toBeNull()
  expect(ask('one', 10_000, 10_001)).toMatch(/nonce/)
  expect(ask('two', 10_000, 10_300)).toBeNull()
  expect(ask('three', 10_000, 10_301)).toMatch(/timestamp/)
  expect(ask('four', 10_301, 10_000)).toMatch(/timestamp/)
  expect(ask('one', 10_600, 10_700)).toMatch(/nonce/)
})
