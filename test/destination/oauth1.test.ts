import { describe, expect, test } from '@jest/globals'
import { authorisation, percentEncode, queryOf } from '../../connector/destination/oauth1.ts'

// X's worked example (creating-a-signature); the signatures are those of the reference page, 1.1.
const example = {
  method: 'POST',
  credentials: {
    consumerKey: 'xvz1evFS4wEEPTGEFPHBog',
    consumerSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
    accessToken: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
    accessTokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
  },
  nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
  timestamp: 1318622958,
}
const query = queryOf({ status: 'Hello Ladies + Gentlemen, a signed OAuth request!', include_entities: 'true' })
const signatureOf = (url: string, method = 'POST') =>
  decodeURIComponent(/oauth_signature="([^"]+)"/.exec(authorisation({ ...example, method, url }))?.[1] ?? '')

describe('OAuth 1.0a, HMAC-SHA1', () => {
  test.each([
    ['https://api.x.com/1.1/statuses/update.json', 'Ls93hJiZbQ3akF3HF3x1Bz8/zU4='],
    ['https://api.twitter.com/1.1/statuses/update.json', 'hCtSmYh+iHYCEqBWrE7C7hYmtUk='],
    ['https://api.twitter.com/1/statuses/update.json', 'tnnArxj06cWHq44gCs1OSKk/jLY='],
  ])('%s', (url, signature) => {
    expect(signatureOf(`${url}?${query}`)).toBe(signature)
  })

  test('the header, with its parts in order and encoded', () => {
    expect(authorisation({ ...example, url: `https://api.x.com/1.1/statuses/update.json?${query}` })).toBe(
      'OAuth oauth_consumer_key="xvz1evFS4wEEPTGEFPHBog", ' +
        'oauth_nonce="kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg", ' +
        'oauth_signature="Ls93hJiZbQ3akF3HF3x1Bz8%2FzU4%3D", oauth_signature_method="HMAC-SHA1", ' +
        'oauth_timestamp="1318622958", oauth_token="370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb", ' +
        'oauth_version="1.0"',
    )
  })

  test('the order of the query, the case of host and method and a default port do not matter', () => {
    const reversed = query.split('&').reverse().join('&')
    const expected = 'Ls93hJiZbQ3akF3HF3x1Bz8/zU4='
    expect(signatureOf(`https://api.x.com/1.1/statuses/update.json?${reversed}`)).toBe(expected)
    expect(signatureOf(`HTTPS://API.X.COM:443/1.1/statuses/update.json?${query}`, 'post')).toBe(expected)
  })

  test('percent-encoding keeps only unreserved characters', () => {
    expect(percentEncode("AZaz09-._~ !'()*+,/:=&%é😀")).toBe(
      'AZaz09-._~%20%21%27%28%29%2A%2B%2C%2F%3A%3D%26%25%C3%A9%F0%9F%98%80',
    )
  })
})
