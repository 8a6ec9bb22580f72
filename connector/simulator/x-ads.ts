import type { KeptAudience } from './kept.ts'
import { OAuthVerifier, parseQuery } from './oauth1.ts'
import {
  type Answer,
  type Audience,
  isJsonType,
  judge,
  nothingFound,
  type Platform,
  type Received,
  Refused,
  type Surroundings,
  type Verdict,
  type WantedAnswer,
} from './platform.ts'
import {
  answer,
  ERROR_OF_STATUS,
  type Found,
  NO_PAGE,
  noBody,
  type Parameters,
  page,
  readParameters,
  refusal,
  said,
  startsWith,
  yesOrNo,
} from './x-answers.ts'
import { XAudiences } from './x-audiences.ts'
import { XConsent } from './x-consent.ts'
import {
  printAccount,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
  type XAccount,
  type XAdsOptions,
} from './x-options.ts'
import { XRates } from './x-rates.ts'
import { routeOf } from './x-routes.ts'
import { type Operation, readUsers } from './x-users.ts'

/** X Ads on localhost, as strict as the reference page (sections 1.0 to 1.7) says the platform is. */

const MAY_WRITE = ['ACCOUNT_ADMIN', 'AD_MANAGER', 'PARTNER_AUDIENCE_MANAGER']
export class XAds implements Platform {
  readonly name = 'x_ads'
  readonly sizeAfterMs = 21_600_000
  readonly audiences: ReadonlyMap<string, Audience>
  readonly #store: XAudiences
  readonly #around: Surroundings
  readonly #options: XAdsOptions
  readonly #accounts: ReadonlyMap<string, XAccount>
  readonly #verifier: OAuthVerifier
  readonly #consent: XConsent
  readonly #rates: XRates

  constructor(options: XAdsOptions, around: Surroundings) {
    this.#around = around
    this.#options = options
    this.#accounts = new Map(
      (options.accounts ?? [{ id: X_SIMULATOR_ACCOUNT }]).map((account) => [account.id, account]),
    )
    const credentials = options.credentials ?? X_SIMULATOR_CREDENTIALS
    this.#verifier = new OAuthVerifier(credentials)
    this.#rates = new XRates(options.rateLimit)
    this.#consent = new XConsent(credentials, this.#verifier, () => around.now())
    this.#store = new XAudiences(options, around)
    this.audiences = this.#store.audiences
  }

  adopt(kept: KeptAudience): void {
    this.#store.adopt(kept)
  }

  reset(): void {
    this.#store.audiences.clear()
    this.#verifier.reset()
    this.#consent.reset()
    this.#rates.clear()
  }

  answer(wanted: WantedAnswer): Answer {
    const status = wanted.status ?? 400
    const code = wanted.code ?? ERROR_OF_STATUS[status] ?? 'INTERNAL_ERROR'
    const headers: Record<string, string> = {}
    if (status === 429) {
      const reset = Math.ceil(this.#around.now() / 1000) + (wanted.resetAfter ?? 1)
      headers['x-account-rate-limit-limit'] = String(this.#rates.usersPerMinute)
      headers['x-account-rate-limit-remaining'] = '0'
      headers['x-account-rate-limit-reset'] = String(reset)
    }
    if (wanted.retryAfter !== undefined) headers['retry-after'] = String(wanted.retryAfter)
    return answer(
      status,
      { errors: [{ code, message: wanted.message ?? 'An error' }], request: { params: {} } },
      code,
      headers,
    )
  }

  receive(request: Received): Verdict {
    const found: Found = { ...nothingFound(), params: {}, headers: {} }
    const finish = (said: Answer): Answer => ({ ...said, headers: { ...found.headers, ...said.headers } })
    return judge(found, () => this.#route(request, found), finish)
  }

  #route(request: Received, found: Found): (limit?: number) => Answer {
    const consent = this.#consent.route(request, found)
    if (consent !== null) return consent
    const segments = request.path.split('/').slice(1)
    if (segments[0] !== '12') throw new Refused(NO_PAGE)
    const query = parseQuery(request.query)
    const why = this.#verifier.refusal({
      method: request.method,
      url: `http://${(request.headers.host ?? '').toLowerCase().replace(/:80$/, '')}${request.path}`,
      query,
      authorization: request.headers.authorization,
      now: this.#around.now(),
    })
    if (why !== null || query === null) {
      throw refusal(401, 'UNAUTHORIZED_ACCESS', 'This request is not properly authenticated', found, { details: why })
    }
    if (this.#options.application === 'unapproved') {
      throw refusal(403, 'UNAUTHORIZED_CLIENT_APPLICATION', 'The client application may not use the Ads API', found)
    }
    const [, accounts, accountId, collection, audienceId, users, ...more] = segments
    const route = routeOf(segments)
    if (accounts !== 'accounts' || route === null || more.length > 0) {
      throw refusal(404, 'ROUTE_NOT_FOUND', 'There is no such route', found)
    }
    const op = route[request.method]
    if (op === undefined) throw refusal(405, 'METHOD_NOT_ALLOWED', 'The method is not allowed here', found)
    found.op = op === 'users' ? 'unknown' : op
    if (accountId !== undefined) found.params.account_id = accountId
    if (collection === 'custom_audiences' && audienceId !== undefined) {
      found.audience = audienceId
      found.params.custom_audience_id = audienceId
    }
    const writes = request.method !== 'GET'
    const kind = users !== undefined ? 'users' : accountId === undefined ? 'accounts' : writes ? 'writes' : 'reads'
    this.#rates.take(kind, accountId, this.#around.now(), found)
    if (op === 'list_accounts') return this.#listAccounts(query, request, found)
    const account = this.#accounts.get(accountId ?? '')
    if (account === undefined || (account.deleted === true && writes)) {
      throw refusal(403, 'ACCOUNT_NOT_FOUND', 'The account was not found, or the user has no access to it', found)
    }
    if (writes && this.#options.application === 'read_only') {
      throw refusal(403, 'READONLY_CLIENT_APPLICATION', 'The client application may only read', found)
    }
    if (writes && !(account.permissions ?? ['ACCOUNT_ADMIN']).some((permission) => MAY_WRITE.includes(permission))) {
      throw refusal(403, 'ACTION_NOT_ALLOWED', 'The user may not do this', found)
    }
    if (op === 'users') return this.#users(query, request, account, found)
    noBody(request, found)
    switch (op) {
      case 'get_account':
        readParameters(query, [], found)
        return () => said(found, { ...printAccount(account), industry_type: null })
      case 'get_access':
        readParameters(query, [], found)
        return () => said(found, { user_id: '786491', permissions: account.permissions ?? ['ACCOUNT_ADMIN'] })
      case 'create_audience':
        return this.#store.create(readParameters(query, ['name', 'description'], found), account.id, found)
      case 'list_audiences':
        return this.#store.list(query, account.id, found)
      case 'get_audience':
        return this.#store.get(readParameters(query, ['with_deleted'], found), account.id, audienceId, found)
      case 'update_audience':
        return this.#store.update(readParameters(query, ['name', 'description'], found), account.id, audienceId, found)
      default:
        readParameters(query, [], found)
        return this.#store.remove(account.id, audienceId, found)
    }
  }

  #listAccounts(query: Parameters, request: Received, found: Found): () => Answer {
    noBody(request, found)
    const known = ['account_ids', 'count', 'cursor', 'q', 'sort_by', 'with_deleted', 'with_total_count']
    const parameters = readParameters(query, known, found)
    const ids = parameters.get('account_ids')?.split(',')
    const withDeleted = yesOrNo(parameters, 'with_deleted', found)
    const accounts = [...this.#accounts.values()].filter(
      (account) =>
        (withDeleted || account.deleted !== true) &&
        (ids === undefined || ids.includes(account.id)) &&
        startsWith(account.name ?? account.id, parameters.get('q')),
    )
    return page(parameters, found, accounts.map(printAccount))
  }

  #users(query: Parameters, request: Received, account: XAccount, found: Found): (limit?: number) => Answer {
    readParameters(query, [], found)
    const audience = this.#store.find(account.id, found.audience ?? undefined, found)
    if (!isJsonType(request.headers['content-type']) || request.headers['content-encoding'] !== undefined) {
      throw refusal(415, 'UNSUPPORTED_MEDIA_TYPE', 'The content type must be application/json', found)
    }
    const read = readUsers(request.body, this.#around.now(), (op) => this.#around.faults.refused(op))
    if ('refused' in read) {
      const { status, code, message, operation, value } = read.refused
      const quoted = this.#options.quoteValues === true && value !== undefined ? { value } : {}
      const extra = operation === undefined ? {} : { parameter: operation.parameter }
      const one = { code, message, ...extra, ...quoted }
      const errors = operation === undefined ? undefined : this.#operationErrors(operation.index, operation.count, one)
      throw refusal(status, code, message, found, { ...extra, ...quoted }, errors)
    }
    const ops = new Set(read.operations.map((operation) => operation.op))
    found.op = ops.size > 1 ? 'add_and_remove' : ops.has('add') ? 'add' : 'remove'
    found.users = read.users
    found.identifiers = read.identifiers
    return (limit = read.users) => {
      // All or nothing, unless a fault wants fewer.
      if (!audience.deleted) change(audience, read.operations, limit, this.#around.now())
      return said(found, { success_count: Math.max(0, Math.min(limit, read.users)), total_count: read.users })
    }
  }

  #operationErrors(index: number, count: number, one: Record<string, unknown>): unknown[] {
    if (this.#options.operationErrors === 'objects') return [{ operation_index: index, ...one }]
    return Array.from({ length: count }, (_, n) => (n === index ? [one] : []))
  }
}

function change(audience: Audience, operations: readonly Operation[], limit: number, now: number): void {
  let left = limit
  audience.changedAt ??= now
  for (const { op, entries } of operations) {
    for (const entry of entries) {
      if (left-- <= 0) return
      audience.membership[op](entry)
    }
  }
}
