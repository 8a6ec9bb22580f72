import { randomBytes } from 'node:crypto'
import type { Answer, Found, Received } from './platform.ts'
import { CODE, envelope, readBody, readIds, readQuery, readText, refusal } from './tiktok-answers.ts'
import { TIKTOK_SIMULATOR_ADVERTISER, type TikTokAdsOptions, type TikTokAdvertiser } from './tiktok-options.ts'

export interface Route {
  readonly method: 'GET' | 'POST'
  /** Needs no token. */
  readonly open?: true
  readonly handle: (request: Received, found: Found) => (limit?: number) => Answer
}

/** An auth_code is good for one hour, and once (TikTok Ads reference, 2.0). */
const CODE_MS = 3_600_000

/** Advertisers, and how a user lets an application act for them (TikTok Ads reference, 2.0). */
export class TikTokAccounts {
  readonly #advertisers: ReadonlyMap<string, TikTokAdvertiser>
  readonly #credentials: { readonly accessToken: string; readonly appId: string; readonly secret: string }
  readonly #throttle: (advertiser: string) => void
  /** Codes that were given and not used, with the time when they end by the real clock, ms. */
  readonly #codes = new Map<string, number>()
  readonly routes: readonly (readonly [path: string, route: Route])[]

  constructor(
    advertisers: TikTokAdsOptions['accounts'],
    credentials: { readonly accessToken: string; readonly appId: string; readonly secret: string },
    throttle: (advertiser: string) => void,
  ) {
    this.#advertisers = new Map((advertisers ?? [{ id: TIKTOK_SIMULATOR_ADVERTISER }]).map((one) => [one.id, one]))
    this.#credentials = credentials
    this.#throttle = throttle
    this.routes = [
      ['oauth2/access_token/', { method: 'POST', open: true, handle: (request, found) => this.#token(request, found) }],
      ['oauth2/advertiser/get/', { method: 'GET', handle: (request, found) => this.#list(request, found) }],
      ['advertiser/info/', { method: 'GET', handle: (request, found) => this.#info(request, found) }],
      ['user/info/', { method: 'GET', handle: (request, found) => this.#user(request, found) }],
    ]
  }

  reset(): void {
    this.#codes.clear()
  }

  /** The advertiser, if it exists and the token was granted it. */
  find(id: string): TikTokAdvertiser {
    const advertiser = this.#advertisers.get(id)
    if (advertiser === undefined) throw refusal(CODE.noAdvertiser, 'The advertiser does not exist.')
    if (advertiser.authorised === false) throw refusal(CODE.noPermission, 'No permission to operate the advertiser.')
    return advertiser
  }

  /** The page on which the user agrees: it leads to the address of the application, with the code. Null: another page. */
  authorise({ method, path, query }: Received, found: Found): (() => Answer) | null {
    if (method !== 'GET' || path !== '/portal/auth') return null
    found.op = 'authorise'
    const asked = new URLSearchParams(query)
    if (asked.get('app_id') !== this.#credentials.appId) throw refusal(CODE.badParameters, 'app_id: Unknown.')
    return () => {
      const code = randomBytes(12).toString('hex')
      this.#codes.set(code, Date.now() + CODE_MS)
      const back = new URL(asked.get('redirect_uri') ?? 'https://app.example.com/back')
      back.searchParams.set('auth_code', code)
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      return { status: 302, headers: { location: back.href }, body: '', code: null }
    }
  }

  #token(request: Received, found: Found): () => Answer {
    found.op = 'access_token'
    const body = readBody(request, ['app_id', 'secret', 'auth_code'])
    this.#checkApp(readText(body.app_id, 'app_id'), readText(body.secret, 'secret'))
    const code = readText(body.auth_code, 'auth_code')
    if ((this.#codes.get(code) ?? 0) < Date.now())
      throw refusal(CODE.badCode, 'The auth_code is invalid or has expired.')
    return () => {
      this.#codes.delete(code)
      const advertiser_ids = this.#granted().map(({ id }) => id)
      return envelope(CODE.ok, 'OK', { access_token: this.#credentials.accessToken, advertiser_ids, scope: [30, 31] })
    }
  }

  #list(request: Received, found: Found): () => Answer {
    found.op = 'list_accounts'
    this.#throttle('')
    const query = readQuery(request, ['app_id', 'secret'])
    this.#checkApp(readText(query.get('app_id'), 'app_id'), readText(query.get('secret'), 'secret'))
    const list = this.#granted().map((one) => ({ advertiser_id: one.id, advertiser_name: nameOf(one) }))
    return () => envelope(CODE.ok, 'OK', { list })
  }

  #info(request: Received, found: Found): () => Answer {
    found.op = 'get_account'
    const ids = readIds(readQuery(request, ['advertiser_ids']).get('advertiser_ids'), 'advertiser_ids', 100)
    if (ids === undefined) throw refusal(CODE.badParameters, 'advertiser_ids: Missing data for required field.')
    const advertisers = ids.map((id) => this.find(id))
    this.#throttle(ids[0] ?? '')
    const list = advertisers.map((one) => ({
      advertiser_id: one.id,
      name: nameOf(one),
      status: 'STATUS_ENABLE',
      timezone: 'UTC',
    }))
    return () => envelope(CODE.ok, 'OK', { list })
  }

  #user(request: Received, found: Found): () => Answer {
    found.op = 'get_access'
    this.#throttle('')
    readQuery(request, [])
    return () => envelope(CODE.ok, 'OK', { core_user_id: '7000000000000000003', display_name: 'Simulated user' })
  }

  #granted(): readonly TikTokAdvertiser[] {
    return [...this.#advertisers.values()].filter(({ authorised }) => authorised !== false)
  }

  #checkApp(appId: string, secret: string): void {
    if (appId !== this.#credentials.appId || secret !== this.#credentials.secret)
      throw refusal(CODE.badSecret, 'The app_id and the secret do not belong together.')
  }
}

const nameOf = ({ id, name }: TikTokAdvertiser): string => name ?? `Advertiser ${id}`
