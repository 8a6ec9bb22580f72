import { randomBytes, randomInt } from 'node:crypto'
import { type OAuthCredentials, type OAuthVerifier, parseAuthorization, parseQuery, type Signer } from './oauth1.ts'
import type { Answer, Received } from './platform.ts'
import { answer, type Found, NO_PAGE } from './x-answers.ts'

/** How a user lets an application act for them: OAuth 1.0a with a PIN (oauth_callback=oob), on the host of the API itself. */
export class XConsent {
  readonly #credentials: OAuthCredentials
  readonly #verifier: OAuthVerifier
  readonly #now: () => number
  /** Request tokens that were given, each with its PIN once the user agreed; good for one access token. */
  readonly #asked = new Map<string, { readonly secret: string; pin: string | null }>()

  constructor(credentials: OAuthCredentials, verifier: OAuthVerifier, now: () => number) {
    this.#credentials = credentials
    this.#verifier = verifier
    this.#now = now
  }

  reset(): void {
    this.#asked.clear()
  }

  /** What the request asks for, or null where it is none of these. */
  route(request: Received, found: Found): (() => Answer) | null {
    switch (`${request.method} ${request.path}`) {
      case 'POST /oauth/request_token':
        found.op = 'request_token'
        return this.#requestToken(request)
      case 'GET /oauth/authorize':
        found.op = 'authorise'
        return this.#authorise(request)
      case 'POST /oauth/access_token':
        found.op = 'access_token'
        return this.#accessToken(request)
      default:
        return null
    }
  }

  #requestToken(request: Received): () => Answer {
    const why = this.#refusal(request, { token: null, extra: 'oauth_callback' })
    if (why !== null) return () => unauthenticated()
    if (oauthOf(request).get('oauth_callback') !== 'oob') return () => failed(403, 415, 'Callback URL not approved')
    return () => {
      const [token, secret] = [randomBytes(12).toString('hex'), randomBytes(12).toString('hex')]
      this.#asked.set(token, { secret, pin: null })
      return form({ oauth_token: token, oauth_token_secret: secret, oauth_callback_confirmed: 'true' })
    }
  }

  /** The page on which the user agrees, and reads the PIN. */
  #authorise(request: Received): () => Answer {
    const asked = this.#asked.get(parseQuery(request.query)?.get('oauth_token') ?? '')
    if (asked === undefined) return () => NO_PAGE
    return () => {
      asked.pin ??= String(randomInt(1_000_000, 9_999_999))
      const body = `<!DOCTYPE html><html><body><p>Enter this PIN: <code>${asked.pin}</code></p></body></html>`
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body, code: null }
    }
  }

  #accessToken(request: Received): () => Answer {
    const oauth = oauthOf(request)
    const key = oauth.get('oauth_token') ?? ''
    const asked = this.#asked.get(key)
    const why = this.#refusal(request, { token: { key, secret: asked?.secret ?? '' }, extra: 'oauth_verifier' })
    if (asked === undefined || why !== null) return () => unauthenticated()
    if (asked.pin === null || oauth.get('oauth_verifier') !== asked.pin)
      return () => failed(401, 89, 'Error processing your OAuth request: Invalid oauth_verifier parameter')
    return () => {
      this.#asked.delete(key)
      const { accessToken, accessTokenSecret } = this.#credentials
      const user = { user_id: '786491', screen_name: 'simulated_user' }
      return form({ oauth_token: accessToken, oauth_token_secret: accessTokenSecret, ...user })
    }
  }

  #refusal(request: Received, signer: Signer): string | null {
    if (request.body.length > 0) return 'there is a body'
    const url = `http://${(request.headers.host ?? '').toLowerCase().replace(/:80$/, '')}${request.path}`
    const { method, headers } = request
    return this.#verifier.refusal(
      { method, url, query: parseQuery(request.query), authorization: headers.authorization, now: this.#now() },
      signer,
    )
  }
}

const oauthOf = ({ headers }: Received): ReadonlyMap<string, string> =>
  parseAuthorization(headers.authorization ?? '') ?? new Map()

const form = (values: Readonly<Record<string, string>>): Answer => ({
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: new URLSearchParams(values).toString(),
  code: null,
})

/** Outside the Ads API codes are numbers. */
const failed = (status: number, code: number, message: string): Answer =>
  answer(status, { errors: [{ code, message }] }, code)
const unauthenticated = (): Answer => failed(401, 32, 'Could not authenticate you.')
