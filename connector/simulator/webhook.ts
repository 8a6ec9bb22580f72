import { createHmac, timingSafeEqual } from 'node:crypto'
import { Directory } from './directory.ts'
import { type Answered, audienceOf, type KeptAudience, KeptError, sha256 } from './kept.ts'
import { Membership } from './membership.ts'
import {
  type Answer,
  type Audience,
  type CommonOptions,
  type Found,
  isJsonType,
  judge,
  nothingFound,
  type Op,
  type Platform,
  Rate,
  type Received,
  type Surroundings,
  type Verdict,
  type WantedAnswer,
} from './platform.ts'
import { answer, readAudience, readBody, readMember, refusal } from './webhook-bodies.ts'

/** An endpoint as docs/webhook.md asks for it, on localhost. */

export interface WebhookOptions extends CommonOptions {
  readonly secret?: string
  readonly path?: string
  /** false: none. Default 100 a second. */
  readonly rateLimit?: false | { readonly perSecond?: number; readonly perMinute?: number }
  /** Members of one request; default 1,000. */
  readonly maxRows?: number
  /** Bytes of one request; default 1,000,000. */
  readonly maxBytes?: number
}
export const WEBHOOK_SIMULATOR_SECRET = 'sim-webhook-secret'

/** How far the clock of a sender may be off, in ms. */
const CLOCK_MS = 300_000
const OPS: Readonly<Record<string, Op>> = { find_audience: 'list_audiences' }

export class Webhook implements Platform {
  readonly name = 'webhook'
  readonly sizeAfterMs = 0
  readonly audiences = new Map<string, Audience>()
  readonly #options: WebhookOptions
  readonly #around: Surroundings
  readonly #rates: readonly Rate[]
  readonly answered = new Map<string, Answered>()
  #lastId: number

  constructor(options: WebhookOptions, around: Surroundings) {
    this.#options = options
    this.#around = around
    // Ids of an earlier simulator must not come back: a ledger that still names one would find a stranger's audience.
    this.#lastId = Math.floor(around.now() / 1000)
    const { perSecond, perMinute } = options.rateLimit === false ? {} : { perSecond: 100, ...options.rateLimit }
    const windows = [
      [perSecond, 1000],
      [perMinute, 60_000],
    ] as const
    this.#rates = windows.flatMap(([limit, ms]) => (limit === undefined ? [] : [new Rate(limit, ms)]))
  }

  adopt(kept: KeptAudience): void {
    const number = /^aud-(\d{1,15})$/.exec(kept.id)?.[1]
    if (number === undefined) throw new KeptError('an id is none of the webhook')
    this.#lastId = Math.max(this.#lastId, Number(number))
    this.audiences.set(kept.id, audienceOf(kept, new Directory()))
  }

  reset(): void {
    this.audiences.clear()
    this.answered.clear()
    for (const rate of this.#rates) rate.clear()
  }

  answer({ status = 500, code = `status_${status}`, message = 'An error', retryAfter }: WantedAnswer): Answer {
    return answer(status, { code, message }, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) })
  }

  receive(request: Received): Verdict {
    const found = nothingFound()
    return judge(found, () => this.#route(request, found))
  }

  #route(request: Received, found: Found): (limit?: number) => Answer {
    const path = this.#options.path ?? '/'
    if (request.path !== path || request.query !== '') throw refusal(404, 'no_route', 'There is nothing here.')
    if (request.method !== 'POST') throw refusal(405, 'method', 'Only POST is taken.')
    if (!isJsonType(request.headers['content-type'])) throw refusal(415, 'media_type', 'Only JSON is taken.')
    const key = this.#verify(request)
    const body = readBody(request)
    const event = String(body.event)
    found.op = OPS[event] ?? (event as Op)
    this.#throttle()
    if (request.body.length > (this.#options.maxBytes ?? 1_000_000)) throw refusal(413, 'too_large', 'Too many bytes.')
    const before = this.answered.get(key)
    const bodySha256 = sha256(request.body)
    if (before !== undefined) {
      if (before.bodySha256 !== bodySha256)
        throw refusal(422, 'key_used', 'The idempotency key came with another body before.')
      return () => before.answer
    }
    const act = this.#handle(event, body, found)
    return (limit) => {
      const said = act(limit)
      this.answered.set(key, { bodySha256, answer: said })
      return said
    }
  }

  /** Returns the idempotency key. */
  #verify({ headers, body }: Received): string {
    const key = headers['idempotency-key']
    const signed = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(String(headers['tidemark-signature']))
    if (typeof key !== 'string' || key === '' || signed === null)
      throw refusal(401, 'unsigned', 'There is no signature.')
    const [, seconds = '', given = ''] = signed
    if (Math.abs(this.#around.now() - Number(seconds) * 1000) > CLOCK_MS)
      throw refusal(401, 'too_old', 'It is too old.')
    const own = createHmac('sha256', this.#options.secret ?? WEBHOOK_SIMULATOR_SECRET)
    const wanted = own.update(`${seconds}.${key}.`).update(body).digest()
    if (!timingSafeEqual(wanted, Buffer.from(given, 'hex'))) throw refusal(401, 'signature', 'The signature is wrong.')
    return key
  }

  #throttle(): void {
    for (const rate of this.#rates) {
      const { allowed, reset } = rate.take('endpoint', this.#around.now())
      const seconds = Math.max(1, Math.ceil((reset - this.#around.now()) / 1000))
      if (!allowed) throw refusal(429, 'slow_down', 'Too many requests.', { 'retry-after': String(seconds) })
    }
  }

  #handle(event: string, body: Record<string, unknown>, found: Found): (limit?: number) => Answer {
    switch (event) {
      case 'create_audience':
        return this.#create(String(body.endpoint_id), readAudience(body.audience), found)
      case 'find_audience':
        if (typeof body.name !== 'string' || body.name === '') throw refusal(422, 'name', 'There is no name.')
        return () => answer(200, { audiences: this.#named(String(body.endpoint_id), body.name) })
      case 'update_audience': {
        const audience = this.#find(body, found)
        const { name, description } = readAudience(body.audience)
        this.#free(audience.account, name, audience.id)
        return () => {
          Object.assign(audience, { name, description, updatedAt: this.#around.now() })
          return answer(200, { audience_id: audience.id })
        }
      }
      default:
        return this.#members(event as 'add' | 'remove', body, found)
    }
  }

  #create(account: string, given: { name: string; description: string | null }, found: Found): () => Answer {
    this.#free(account, given.name)
    return () => {
      const now = this.#around.now()
      const id = `aud-${++this.#lastId}`
      const times = { createdAt: now, updatedAt: now, changedAt: now }
      // Only identifiers are removed, never who is behind them: nobody knows of persons here.
      const membership = new Membership(new Directory())
      this.audiences.set(id, { id, account, ...given, ...times, deleted: false, membership, size: null })
      found.audience = id
      return answer(200, { audience_id: id })
    }
  }

  #free(account: string, name: string, own?: string): void {
    const taken = [...this.audiences.values()].some(
      (one) => one.account === account && one.name === name && !one.deleted && one.id !== own,
    )
    if (taken) throw refusal(409, 'name_taken', 'There is an audience of that name.')
  }

  #named(account: string, name: unknown): readonly object[] {
    const visible = this.#around.now() - (this.#options.listLagMs ?? 0)
    return [...this.audiences.values()]
      .filter((one) => one.account === account && one.name === name && !one.deleted && one.createdAt <= visible)
      .map(({ id, createdAt }) => ({ audience_id: id, name, created_at: new Date(createdAt).toISOString() }))
  }

  #find({ audience_id, endpoint_id }: Record<string, unknown>, found: Found): Audience {
    found.audience = String(audience_id)
    const audience = this.audiences.get(String(audience_id))
    if (audience === undefined || audience.deleted || audience.account !== endpoint_id)
      throw refusal(410, 'no_audience', 'There is no such audience.')
    return audience
  }

  #members(op: 'add' | 'remove', body: Record<string, unknown>, found: Found): (limit?: number) => Answer {
    const audience = this.#find(body, found)
    const { members, membership_days: days = 1 } = body
    if (!Number.isInteger(days) || (days as number) < 1)
      throw refusal(422, 'days', 'membership_days is a whole number.')
    const most = this.#options.maxRows ?? 1000
    if (!Array.isArray(members) || members.length === 0) throw refusal(422, 'members', 'There are no members.')
    if (members.length > most) throw refusal(413, 'too_large', `More than ${most} members.`)
    const refused = this.#around.faults.refused(op)
    const entries = members.map((member: unknown) => {
      const entry = readMember(member)
      const bad = entry.find((one, n) => n % 2 === 1 && refused.has(one))
      const said = this.#options.quoteValues ? `A digest is not taken: ${bad}` : 'A digest is not taken.'
      if (bad !== undefined) throw refusal(422, 'digest', said)
      return entry
    })
    found.users = entries.length
    found.identifiers = entries.reduce((sum, entry) => sum + entry.length / 2, 0)
    return (limit = entries.length) => {
      const taken = entries.slice(0, Math.max(0, limit))
      for (const entry of taken) {
        for (let n = 0; n < entry.length; n += 2) audience.membership[op](entry.slice(n, n + 2))
      }
      audience.changedAt ??= this.#around.now()
      return answer(200, { received: taken.length })
    }
  }
}
