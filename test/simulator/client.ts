import { createHash, createHmac, randomBytes } from 'node:crypto'

/** A caller of the simulators, of the tests' own: it shares no code with them nor with the connector. */

/** SHA-256 in lower-case hex. */
export function sha(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

export interface Said {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint/suspicious/noExplicitAny: an answer may be anything
  readonly json: any
}

export async function send(url: string, init: RequestInit): Promise<Said> {
  const response = await fetch(url, init)
  const text = await response.text()
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  return { status: response.status, headers: response.headers, text, json }
}

function encode(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      return /[A-Za-z0-9\-._~]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

export interface Signing {
  readonly consumerKey?: string
  readonly consumerSecret?: string
  readonly token?: string
  readonly nonce?: string
  readonly timestamp?: number
  /** The host that the signature is made for, where it is not the one called. */
  readonly host?: string
}

/** The Authorization header of a request. */
export function authorize(method: string, url: string, query: Record<string, string>, signing: Signing = {}): string {
  const target = new URL(url)
  const oauth: Record<string, string> = {
    oauth_consumer_key: signing.consumerKey ?? 'sim-consumer-key',
    oauth_nonce: signing.nonce ?? randomBytes(12).toString('hex'),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(signing.timestamp ?? Math.floor(Date.now() / 1000)),
    oauth_token: signing.token ?? 'sim-access-token',
    oauth_version: '1.0',
  }
  const pairs = Object.entries({ ...oauth, ...query }).map(([key, value]) => [encode(key), encode(value)] as const)
  pairs.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  const parameters = pairs.map(([key, value]) => `${key}=${value}`).join('&')
  const base = `${method}&${encode(`http://${signing.host ?? target.host}${target.pathname}`)}&${encode(parameters)}`
  const key = `${encode(signing.consumerSecret ?? 'sim-consumer-secret')}&sim-access-token-secret`
  oauth.oauth_signature = createHmac('sha1', key).update(base).digest('base64')
  return `OAuth ${Object.entries(oauth)
    .map(([name, value]) => `${name}="${encode(value)}"`)
    .join(', ')}`
}

/** A signed request to X; `body` as it is, or as JSON. */
export function callX(
  base: string,
  method: string,
  path: string,
  { query = {}, body, headers = {}, signing = {} }: XCall = {},
): Promise<Said> {
  const search = Object.entries(query)
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .join('&')
  const json: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  return send(`${base}${path}${search === '' ? '' : `?${search}`}`, {
    method,
    headers: { authorization: authorize(method, `${base}${path}`, query, signing), ...json, ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

export interface XCall {
  readonly query?: Record<string, string>
  readonly body?: unknown
  readonly headers?: Record<string, string>
  readonly signing?: Signing
}

/** A request to TikTok: POST where there is a body. */
export function callTikTok(
  base: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { 'access-token': 'sim-tiktok-token' },
): Promise<Said> {
  const url = `${base}/open_api/v1.3/${path}`
  if (body === undefined) return send(url, { headers })
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return send(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text })
}
