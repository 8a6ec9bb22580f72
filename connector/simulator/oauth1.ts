import { createHmac } from 'node:crypto'

/** Verification of OAuth 1.0a HMAC-SHA1 requests (reference page on X Ads, section 1.1). */

export interface OAuthCredentials {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly accessToken: string
  readonly accessTokenSecret: string
}

/** RFC 3986: everything but A-Z a-z 0-9 - . _ ~ as %XX of its UTF-8 bytes, upper case. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The text behind an RFC 3986 encoding, or null where it is not exactly that encoding (`+`, `:`, `%3a`, `%41` …). */
export function percentDecode(encoded: string): string | null {
  try {
    const text = decodeURIComponent(encoded)
    return percentEncode(text) === encoded ? text : null
  } catch {
    return null
  }
}

/**
 * METHOD & enc(scheme://host/path) & enc(sorted k=v), signed with enc(consumer secret)&enc(token secret).
 * `parameters`: oauth_* without the signature, query and form parameters, decoded. Returns base64.
 */
export function signature(
  method: string,
  url: string,
  parameters: Iterable<readonly [key: string, value: string]>,
  consumerSecret: string,
  tokenSecret: string,
): string {
  // By key and only then by value: sorting `k=v` as one text would put `a1` before `a`, for `1` comes before `=`.
  const pairs = [...parameters]
    .map(([key, value]) => [percentEncode(key), percentEncode(value)] as const)
    .sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([key, value]) => `${key}=${value}`)
  const base = [method.toUpperCase(), percentEncode(url), percentEncode(pairs.join('&'))].join('&')
  return createHmac('sha1', `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`)
    .update(base)
    .digest('base64')
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

const REQUIRED = [
  'oauth_consumer_key',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
  'oauth_timestamp',
  'oauth_version',
]

/** Who signs, beside the application: a user, or nobody yet (consent, steps 6.1 and 6.3 of OAuth 1.0a). */
export interface Signer {
  readonly token: { readonly key: string; readonly secret: string } | null
  /** A parameter of the header that this request needs. */
  readonly extra?: 'oauth_callback' | 'oauth_verifier'
}

/** `OAuth key="value", …`: keys and values percent-encoded, values quoted, joined by comma and space. Null if it is not. */
export function parseAuthorization(header: string): ReadonlyMap<string, string> | null {
  if (!/^OAuth [^",= ]+="[^"]*"(?:, [^",= ]+="[^"]*")*$/.test(header)) return null
  const found = new Map<string, string>()
  for (const part of header.slice('OAuth '.length).split(', ')) {
    const equals = part.indexOf('=')
    const key = percentDecode(part.slice(0, equals))
    const value = percentDecode(part.slice(equals + 2, -1))
    if (key === null || value === null || found.has(key)) return null
    found.set(key, value)
  }
  return found
}

/** A query string as pairs, or null where a key stands twice or something is not percent-encoded as RFC 3986 wants it. */
export function parseQuery(query: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>()
  if (query === '') return found
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    if (equals < 1) return null
    const key = percentDecode(part.slice(0, equals))
    const value = percentDecode(part.slice(equals + 1))
    if (key === null || value === null || found.has(key)) return null
    found.set(key, value)
  }
  return found
}

/** Accepted difference to our clock, ms. X publishes none; five minutes is what others use. */
const SKEW_MS = 300_000

/** Checks requests and remembers their nonces. */
export class OAuthVerifier {
  readonly #credentials: OAuthCredentials
  /** Nonce to timestamp in ms; forgotten when the timestamp alone would be refused. */
  readonly #nonces = new Map<string, number>()
  #swept = 0

  constructor(credentials: OAuthCredentials) {
    this.#credentials = credentials
  }

  /** The user behind the access token. */
  get user(): Signer {
    return { token: { key: this.#credentials.accessToken, secret: this.#credentials.accessTokenSecret } }
  }

  /** Null when the request is authentic, otherwise the reason. A JSON body is not signed; form bodies are not taken here. */
  refusal(
    request: {
      readonly method: string
      /** scheme://host/path of the host really called, without query. */
      readonly url: string
      readonly query: ReadonlyMap<string, string> | null
      readonly authorization: string | undefined
      /** Milliseconds since 1970. */
      readonly now: number
    },
    { token, extra }: Signer = this.user,
  ): string | null {
    if (request.authorization === undefined) return 'there is no Authorization header'
    const oauth = parseAuthorization(request.authorization)
    if (oauth === null) return 'the Authorization header is not OAuth key="value", … with percent-encoded values'
    const required = [...REQUIRED, ...(token === null ? [] : ['oauth_token']), ...(extra === undefined ? [] : [extra])]
    for (const key of required) if (!oauth.has(key)) return `${key} is missing`
    for (const key of oauth.keys()) {
      if (key !== 'realm' && !required.includes(key)) return 'the header has an unknown parameter'
    }
    if (oauth.get('oauth_signature_method') !== 'HMAC-SHA1') return 'oauth_signature_method must be HMAC-SHA1'
    if (oauth.get('oauth_version') !== '1.0') return 'oauth_version must be 1.0'
    if (request.query === null) return 'the query has a key twice, or is not percent-encoded as RFC 3986 wants it'
    const { consumerKey, consumerSecret } = this.#credentials
    if (oauth.get('oauth_consumer_key') !== consumerKey) return 'the consumer key is unknown'
    if (oauth.get('oauth_token') !== token?.key) return 'the access token is unknown or was revoked'
    const timestamp = oauth.get('oauth_timestamp') ?? ''
    if (!/^[1-9]\d{0,11}$/.test(timestamp)) return 'oauth_timestamp must be seconds since 1970'
    const at = Number(timestamp) * 1000
    if (Math.abs(at - request.now) > SKEW_MS) return 'oauth_timestamp is too far from the time here'
    const parameters = [...oauth, ...request.query].filter(([key]) => key !== 'oauth_signature' && key !== 'realm')
    const expected = signature(request.method, request.url, parameters, consumerSecret, token?.secret ?? '')
    if (oauth.get('oauth_signature') !== expected) return 'the signature does not fit'
    const nonce = oauth.get('oauth_nonce') ?? ''
    if (nonce === '') return 'oauth_nonce is empty'
    if (this.#nonces.has(nonce)) return 'the nonce was used before'
    this.#sweep(request.now)
    this.#nonces.set(nonce, at)
    return null
  }

  reset(): void {
    this.#nonces.clear()
  }

  #sweep(now: number): void {
    if (now - this.#swept < SKEW_MS) return
    this.#swept = now
    for (const [nonce, at] of this.#nonces) if (at + 2 * SKEW_MS < now) this.#nonces.delete(nonce)
  }
}
