import type { KeptAudience } from './kept.ts'
import {
  type Answer,
  type Audience,
  type Found,
  judge,
  nothingFound,
  type Platform,
  Rate,
  type Received,
  Refused,
  type Surroundings,
  type Verdict,
  type WantedAnswer,
} from './platform.ts'
import { type Route, TikTokAccounts } from './tiktok-accounts.ts'
import { CODE, envelope, NO_PAGE, readBody, readQuery, readText, refusal } from './tiktok-answers.ts'
import { TikTokAudiences } from './tiktok-audiences.ts'
import { MAPPING_KEYS, readMapping, readMappingHead } from './tiktok-mapping.ts'
import { TIKTOK_SIMULATOR_CREDENTIALS, type TikTokAdsOptions, type TikTokAdvertiser } from './tiktok-options.ts'

/** TikTok Ads on localhost, as strict as the reference page (sections 2.0 to 2.5) says the platform is. */

const READ_AUDIENCES = 30
const CHANGE_AUDIENCES = 31
const PREFIX = '/open_api/v1.3/'

export class TikTokAds implements Platform {
  readonly name = 'tiktok_ads'
  readonly sizeAfterMs = 86_400_000
  readonly audiences: ReadonlyMap<string, Audience>
  readonly #around: Surroundings
  readonly #options: TikTokAdsOptions
  readonly #credentials: { readonly accessToken: string; readonly appId: string; readonly secret: string }
  readonly #accounts: TikTokAccounts
  readonly #rates: readonly Rate[]
  readonly #store: TikTokAudiences
  readonly #routes: ReadonlyMap<string, Route>

  constructor(options: TikTokAdsOptions, around: Surroundings) {
    this.#around = around
    this.#options = options
    this.#credentials = options.credentials ?? TIKTOK_SIMULATOR_CREDENTIALS
    this.#accounts = new TikTokAccounts(options.accounts, this.#credentials, (id) => this.#throttle(id))
    const { perSecond, perMinute, perDay } = options.rateLimit === false ? {} : { perSecond: 10, ...options.rateLimit }
    const windows = [
      [perSecond, 1_000],
      [perMinute, 60_000],
      [perDay, 86_400_000],
    ] as const
    this.#rates = windows.flatMap(([limit, ms]) => (limit === undefined ? [] : [new Rate(limit, ms)]))
    this.#store = new TikTokAudiences(options, around)
    this.audiences = this.#store.audiences
    this.#routes = new Map<string, Route>([
      ...this.#accounts.routes,
      ['segment/audience/', { method: 'POST', handle: (request, found) => this.#audience(request, found) }],
      ['segment/mapping/', { method: 'POST', handle: (request, found) => this.#mapping(request, found) }],
      ['dmp/custom_audience/list/', { method: 'GET', handle: (request, found) => this.#list(request, found) }],
      ['dmp/custom_audience/get/', { method: 'GET', handle: (request, found) => this.#details(request, found) }],
    ])
  }

  adopt(kept: KeptAudience): void {
    this.#store.adopt(kept)
  }

  reset(): void {
    this.#accounts.reset()
    this.#store.audiences.clear()
    for (const rate of this.#rates) rate.clear()
  }

  answer(wanted: WantedAnswer): Answer {
    const { status = 200, message = 'An error', retryAfter } = wanted
    const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
    if (wanted.code === undefined && status !== 200) {
      const body = `<html><body><h1>${status}</h1></body></html>`
      return { status, headers: { 'content-type': 'text/html', ...headers }, body, code: null }
    }
    const said = envelope(Number(wanted.code ?? 50000), message)
    return { ...said, status, headers: { ...said.headers, ...headers } }
  }

  receive(request: Received): Verdict {
    const found = nothingFound()
    return judge(found, () => this.#route(request, found))
  }

  #route(request: Received, found: Found): (limit?: number) => Answer {
    const page = this.#accounts.authorise(request, found)
    if (page !== null) return page
    const version = /^\/open_api\/(v[^/]+)\/(?:[a-z0-9_]+\/)+$/.exec(request.path)
    // The slash at the end is required (2.0).
    if (version === null) throw new Refused(NO_PAGE)
    if (version[1] !== 'v1.3') throw refusal(CODE.badVersion, 'The API version is not supported.')
    const route = this.#routes.get(request.path.slice(PREFIX.length))
    if (route === undefined) throw refusal(CODE.noRoute, 'The path does not exist.')
    if (request.method !== route.method) throw refusal(CODE.badMethod, `The method must be ${route.method}.`)
    if (route.open === true) return route.handle(request, found)
    // Node joins repeated headers with a comma, which then equals no token.
    const token = request.headers['access-token']
    if (token === undefined || token === '') throw refusal(CODE.noToken, 'Access token is null')
    if (token !== this.#credentials.accessToken) {
      throw refusal(CODE.badToken, 'Access token is incorrect or has been revoked.')
    }
    return route.handle(request, found)
  }

  #audience(request: Received, found: Found): () => Answer {
    const body = readBody(request, ['advertiser_id', 'action', 'custom_audience_name', 'delete_audience_id'])
    const { action } = body
    if (action === 'create') found.op = 'create_audience'
    else if (action === 'delete') found.op = 'delete_audience'
    else throw refusal(CODE.badParameters, 'action: Must be one of: create, delete.')
    const advertiser = this.#mayUse(readText(body.advertiser_id, 'advertiser_id'), CHANGE_AUDIENCES)
    this.#streaming()
    if (action === 'create') {
      if (body.delete_audience_id !== undefined) throw refusal(CODE.badParameters, 'delete_audience_id: Unknown field.')
      return this.#store.create(advertiser.id, readText(body.custom_audience_name, 'custom_audience_name'), found)
    }
    if (body.custom_audience_name !== undefined)
      throw refusal(CODE.badParameters, 'custom_audience_name: Unknown field.')
    return this.#store.remove(advertiser.id, readText(body.delete_audience_id, 'delete_audience_id'), found)
  }

  #mapping(request: Received, found: Found): (limit?: number) => Answer {
    const maxBytes = this.#options.maxBytes ?? 1_000_000
    const body = readBody(request, MAPPING_KEYS)
    const head = readMappingHead(body)
    found.op = head.op
    const businesses = new Set(head.advertisers.map((id) => this.#mayUse(id, CHANGE_AUDIENCES, false).business ?? ''))
    if (businesses.size > 1) throw refusal(CODE.advertiserMismatch, 'The advertisers are not of one business account.')
    this.#throttle(head.advertisers[0] ?? '')
    this.#streaming()
    if (request.body.length > maxBytes) throw refusal(CODE.badBatchSize, `The request has more than ${maxBytes} bytes.`)
    const limits = {
      maxRows: this.#options.maxRows ?? 1_000,
      acceptMixedSchema: this.#options.acceptMixedSchema ?? false,
      acceptEmailSha512: this.#options.acceptEmailSha512 ?? false,
      quoteValues: this.#options.quoteValues ?? false,
    }
    const check = (id: string): void => {
      this.#store.find(head.advertisers, id)
      found.audience ??= id
    }
    const mapping = readMapping(body, head, limits, check, this.#around.faults.refused(head.op))
    found.users = mapping.rows.length
    found.identifiers = mapping.identifiers
    return (limit = mapping.rows.length) => {
      this.#store.change(mapping, limit)
      return limit < mapping.rows.length ? envelope(CODE.partial, 'Partial success') : envelope(CODE.ok, 'OK')
    }
  }

  #list(request: Received, found: Found): () => Answer {
    found.op = 'list_audiences'
    const query = readQuery(request, ['advertiser_id', 'custom_audience_ids', 'page', 'page_size'])
    const advertiser = this.#mayUse(readText(query.get('advertiser_id'), 'advertiser_id'), READ_AUDIENCES)
    return this.#store.list(advertiser.id, query)
  }

  #details(request: Received, found: Found): () => Answer {
    found.op = 'get_audience'
    const query = readQuery(request, ['advertiser_id', 'custom_audience_ids', 'history_size'])
    const advertiser = this.#mayUse(readText(query.get('advertiser_id'), 'advertiser_id'), READ_AUDIENCES)
    return this.#store.details(advertiser.id, query, found)
  }

  #mayUse(id: string, scope: number, throttle = true): TikTokAdvertiser {
    const advertiser = this.#accounts.find(id)
    if (!(this.#options.scopes ?? [READ_AUDIENCES, CHANGE_AUDIENCES]).includes(scope)) {
      throw refusal(CODE.noPermission, 'The access token lacks a scope for this path.')
    }
    if (throttle) this.#throttle(id)
    return advertiser
  }

  #streaming(): void {
    if (this.#options.allowListed === false) throw refusal(CODE.notAllowListed, 'The app is not in the allowlist.')
  }

  /** No headers, no Retry-After, HTTP 200 (2.2). */
  #throttle(advertiser: string): void {
    for (const rate of this.#rates) {
      if (!rate.take(advertiser, this.#around.now()).allowed) throw refusal(CODE.rateLimited, 'Too many requests.')
    }
  }
}
