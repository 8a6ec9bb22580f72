import { createHmac } from 'node:crypto'

/** The four secrets of OAuth 1.0a in user context; before a user has consented there are only those of the application. */
export interface OAuth1Credentials {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly accessToken?: string
  readonly accessTokenSecret?: string
}

/** Percent-encoding of RFC 3986: only A-Z a-z 0-9 - . _ ~ stay, hex is upper-case, a space is %20. */
export function percentEncode(text: string): string {
  // encodeURIComponent leaves these five as they are; a signature over them would not be the platform's.
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** A query string of `parameters` in the order given, encoded as they are signed. */
export function queryOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([key, value]) => `${percentEncode(key)}=${percentEncode(value)}`)
    .join('&')
}

/**
 * The `Authorization` header of one request, OAuth 1.0a with HMAC-SHA1 (X Ads reference, 1.1). Pure: the same input
 * gives the same header. `url` is absolute, with its query, which is signed; a JSON body is not. `timestamp` counts
 * seconds since 1970. A nonce may be used once only, so every attempt is signed afresh.
 */
export function authorisation(input: {
  readonly method: string
  readonly url: string
  readonly credentials: OAuth1Credentials
  readonly nonce: string
  readonly timestamp: number
  /** Further parameters of the header: `oauth_callback`, `oauth_verifier`. */
  readonly extra?: Readonly<Record<string, string>>
}): string {
  const { credentials } = input
  const oauth: Record<string, string> = {
    oauth_consumer_key: credentials.consumerKey,
    oauth_nonce: input.nonce,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(input.timestamp),
    oauth_version: '1.0',
    ...(credentials.accessToken === undefined ? {} : { oauth_token: credentials.accessToken }),
    ...input.extra,
  }
  const key = `${percentEncode(credentials.consumerSecret)}&${percentEncode(credentials.accessTokenSecret ?? '')}`
  const signature = createHmac('sha1', key)
    .update(baseString(input.method, input.url, oauth))
    .digest('base64')
  const header = Object.entries({ ...oauth, oauth_signature: signature })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncode(name)}="${percentEncode(value)}"`)
  return `OAuth ${header.join(', ')}`
}

/** METHOD & address without query & all parameters sorted, each part encoded (X Ads reference, 1.1). */
function baseString(method: string, url: string, oauth: Readonly<Record<string, string>>): string {
  const address = new URL(url)
  const query = address.search.slice(1).split('&').filter(Boolean).map(pairOf)
  const parameters = [...Object.entries(oauth), ...query]
    .map(([key, value]) => [percentEncode(key), percentEncode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${value}`)
  return [method.toUpperCase(), address.origin + address.pathname, parameters.join('&')].map(percentEncode).join('&')
}

function pairOf(pair: string): [string, string] {
  const equals = pair.indexOf('=')
  if (equals < 0) return [decodeURIComponent(pair), '']
  return [decodeURIComponent(pair.slice(0, equals)), decodeURIComponent(pair.slice(equals + 1))]
}
