import { type Codes, configuration, faultOf, permission, type Scene, unexpected } from './answers.ts'
import type { Consent, ConsentPage, ConsentRequest } from './consent.ts'
import type { Call, HttpAnswer, Outcome } from './destination.ts'
import { authorisation, queryOf } from './oauth1.ts'
import { codes, reader } from './x-ads-answers.ts'

/**
 * Consent by OAuth 1.0a with a PIN, for programs without a page of their own (docs.x.com, "PIN-based OAuth"): a request
 * token for the callback `oob`, the page on which the user agrees and reads the PIN, and an access token for both.
 */
export const xConsent: Consent = {
  needs: ['consumer_key', 'consumer_secret'],
  brings: ['access_token', 'access_token_secret'],
  asks: 'PIN',
  begin: (app) => ({
    request: signed(app, 'request_token', { oauth_callback: 'oob' }),
    read: formReader(sceneOf(app, 'let this app ask for consent', []), appCodes, (form) => pageOf(form, app)),
  }),
  finish: (app, { kept }, shown) => ({
    request: signed(app, 'access_token', { oauth_verifier: shown }, kept),
    read: formReader(sceneOf(app, 'exchange the PIN for a token', [shown, ...Object.values(kept)]), pinCodes, tokenOf),
  }),
}

const wrongApp = permission(
  'check `consumer_key` and `consumer_secret` of the developer app, and the clock of this machine, since requests are dated',
)
const mayNotAsk = permission(
  'the developer app may not ask for consent: switch on user authentication with OAuth 1.0a in its settings at X',
)
/** The app itself was taken a moment ago, when it asked for the page. */
const wrongPin = permission(
  'the PIN is not the one of this page: it is good for once and for some minutes. Begin again with `tidemark connect`, and give the PIN of the new page',
)
const appCodes: Codes = {
  ...codes,
  415: configuration('X does not take a PIN of this developer app: allow the callback `oob` in its settings at X'),
  http_401: wrongApp,
  http_403: mayNotAsk,
}
const pinCodes: Codes = { ...codes, http_401: wrongPin, http_403: wrongPin }

/** Consent lives on the host of X itself, not on that of the Ads API; a simulator or proxy is both. */
const hosts: Readonly<Record<string, string>> = {
  'https://ads-api.x.com': 'https://api.x.com',
  'https://ads-api-sandbox.x.com': 'https://api.x.com',
  'https://ads-api.twitter.com': 'https://api.twitter.com',
  'https://ads-api-sandbox.twitter.com': 'https://api.twitter.com',
}
const hostOf = ({ baseUrl }: ConsentRequest): string => hosts[baseUrl] ?? baseUrl

const sceneOf = (app: ConsentRequest, doing: string, secrets: readonly string[]): Scene => ({
  title: 'X Ads',
  doing: `${doing} (\`destinations.${app.name}\`)`,
  secrets: [...Object.values(app.credentials), ...secrets],
})

const signed =
  (
    app: ConsentRequest,
    path: string,
    extra: Readonly<Record<string, string>>,
    token: ConsentPage['kept'] = {},
  ): Call<never>['request'] =>
  ({ nonce, now }) => {
    const url = `${hostOf(app)}/oauth/${path}`
    const { consumer_key: consumerKey = '', consumer_secret: consumerSecret = '' } = app.credentials
    const { accessToken, accessTokenSecret } = token
    const ofUser = accessToken === undefined ? {} : { accessToken, accessTokenSecret: accessTokenSecret ?? '' }
    const authorization = authorisation({
      method: 'POST',
      url,
      credentials: { consumerKey, consumerSecret, ...ofUser },
      nonce,
      timestamp: Math.floor(now.getTime() / 1000),
      extra,
    })
    return { method: 'POST', url, headers: { accept: 'application/json', authorization } }
  }

/** Successes are forms, errors are JSON as everywhere. */
const formReader =
  <T>(scene: Scene, table: Codes, meaning: (form: URLSearchParams) => T | null) =>
  (answer: HttpAnswer): Outcome<T> => {
    if (answer.status !== 200) return reader<T>(scene, table, () => unexpected)(answer)
    const value = meaning(new URLSearchParams(answer.body))
    if (value !== null) return { ok: true, value }
    return { ok: false, fault: faultOf(unexpected.instead, scene, { code: unexpected.code }) }
  }

/** A credential of ours travels in headers and is printed for a shell: nothing but visible ASCII. */
const tokenIn = (form: URLSearchParams, key: string): string | null => {
  const text = form.get(key) ?? ''
  return /^[\x21-\x7e]{1,500}$/.test(text) ? text : null
}

const pageOf = (form: URLSearchParams, app: ConsentRequest): ConsentPage | null => {
  const [accessToken, accessTokenSecret] = [tokenIn(form, 'oauth_token'), tokenIn(form, 'oauth_token_secret')]
  if (accessToken === null || accessTokenSecret === null || form.get('oauth_callback_confirmed') !== 'true') return null
  const address = `${hostOf(app)}/oauth/authorize?${queryOf({ oauth_token: accessToken })}`
  return { address, kept: { accessToken, accessTokenSecret } }
}

const tokenOf = (form: URLSearchParams) => {
  const [token, secret] = [tokenIn(form, 'oauth_token'), tokenIn(form, 'oauth_token_secret')]
  if (token === null || secret === null) return null
  const name = form.get('screen_name') ?? ''
  const whose = /^\w{1,50}$/.test(name) ? `user @${name}` : 'the user who agreed'
  return { credentials: { access_token: token, access_token_secret: secret }, whose }
}
