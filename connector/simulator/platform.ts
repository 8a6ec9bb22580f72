import type { IncomingHttpHeaders } from 'node:http'
import type { Simulator } from './contract.ts'
import type { Directory } from './directory.ts'
import type { FaultRule, Faults } from './faults.ts'
import type { Answered, KeptAudience, KeptPlatform } from './kept.ts'
import type { Membership } from './membership.ts'

/** As in `destinations.*.type`. */
export type PlatformName = 'x_ads' | 'tiktok_ads' | 'webhook'

/** What a request asks for, in words that all platforms share; `unknown` where it could not be told. */
export type Op =
  | 'add'
  | 'remove'
  | 'add_and_remove'
  | 'create_audience'
  | 'get_audience'
  | 'list_audiences'
  | 'update_audience'
  | 'delete_audience'
  | 'list_accounts'
  | 'get_account'
  | 'get_access'
  | 'request_token'
  | 'authorise'
  | 'access_token'
  | 'unknown'

/** A request whose body has arrived completely. */
export interface Received {
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  /** As sent, without the question mark. */
  readonly query: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** The platform's own code: a word on X (null = no error), a number on TikTok (0 = no error). */
  readonly code: string | number | null
}

/** What a platform makes of a request before it acts on it; faults come between this and `apply`. */
export interface Verdict {
  readonly op: Op
  readonly audience: string | null
  /** User objects (X) or rows (TikTok). */
  readonly users: number
  /** Identifiers in them. */
  readonly identifiers: number
  readonly accepted: boolean
  /** Acts, for the first `limit` users only where it is given, and says the answer; a refused request changes nothing. */
  apply(limit?: number): Answer
}

/** What was found out about a request so far; it stands in the record also when the request is refused. */
export interface Found {
  op: Op
  audience: string | null
  users: number
  identifiers: number
}

export const nothingFound = (): Found => ({ op: 'unknown', audience: null, users: 0, identifiers: 0 })

/**
 * The verdict on a request. `route` looks at it, notes what it finds in `found`, and returns what the platform would do, or
 * throws `Refused`; `finish` completes each answer.
 */
export function judge(
  found: Found,
  route: () => (limit?: number) => Answer,
  finish: (said: Answer) => Answer = (said) => said,
): Verdict {
  let accepted = true
  let act: (limit?: number) => Answer
  try {
    act = route()
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused
    accepted = false
    act = () => refused.answer
  }
  const { op, users, identifiers } = found
  return {
    op,
    // A getter, because a create knows the audience only once it has acted.
    get audience() {
      return found.audience
    },
    users,
    identifiers,
    accepted,
    apply: (limit) => finish(act(limit)),
  }
}

/** An answer that a fault rule wants; what it leaves out the platform fills in. */
export interface WantedAnswer {
  readonly status?: number
  readonly code?: string | number
  readonly message?: string
  /** `retry-after`, seconds. */
  readonly retryAfter?: number
  /** X, status 429: seconds until the limit is said to be reset; default 1. */
  readonly resetAfter?: number
}

/** An audience as the simulator keeps it; each platform prints it in its own way. */
export interface Audience {
  readonly id: string
  /** X account or TikTok advertiser. */
  readonly account: string
  name: string
  description: string | null
  /** Milliseconds since 1970. */
  readonly createdAt: number
  updatedAt: number
  deleted: boolean
  readonly membership: Membership
  /** Milliseconds since 1970 of the first change that the size does not count yet. */
  changedAt: number | null
  /** Persons when it was last computed. */
  size: number | null
}

/** One simulated platform, without HTTP. */
export interface Platform {
  readonly name: PlatformName
  /** Sizes are computed this long after a change, in ms, unless an option says otherwise. */
  readonly sizeAfterMs: number
  receive(request: Received): Verdict
  answer(wanted: WantedAnswer): Answer
  readonly audiences: ReadonlyMap<string, Audience>
  /** Takes over an audience of an earlier simulator; throws where its id is none of this platform's. */
  adopt(audience: KeptAudience): void
  /** What was answered to each idempotency key, where the platform remembers it. */
  readonly answered?: Map<string, Answered>
  /** Forgets audiences, nonces and rate windows. Ids are not given again. */
  reset(): void
}

/** What a platform is given by its surroundings. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now(): number
  readonly faults: Faults
  readonly directory: Directory
}

/** Options of all platforms. */
export interface CommonOptions {
  /** 0, the default: any free one. The host is always 127.0.0.1. */
  readonly port?: number
  /** Milliseconds since 1970; a test may set its own clock. Delays always pass in real time. */
  readonly now?: () => number
  /** Identifier (digest, lower case) to person. Who is not in it is a person of their own. */
  readonly persons?: Iterable<readonly [digest: string, person: string]>
  readonly faults?: readonly FaultRule[]
  /** Audiences younger than this are missing in lists; milliseconds, default 0. */
  readonly listLagMs?: number
  /** Sizes are computed this long after a change; milliseconds. Default: the platform's own (X 6 h, TikTok 24 h). */
  readonly sizeAfterMs?: number
  /** Error messages quote the offending value, as a careless platform may. Default false. */
  readonly quoteValues?: boolean
  /** What an earlier simulator kept. */
  readonly kept?: KeptPlatform
  /** Whenever something took effect that would be kept. */
  readonly onChange?: () => void
  /** Whom the page at `/` shows; default: the simulator alone. */
  readonly shownWith?: readonly Simulator[]
}

/** The size of an audience as the platform would say it now: null until it was computed once. */
export function sizeNow(audience: Audience, now: number, sizeAfterMs: number): number | null {
  if (audience.changedAt !== null && now - audience.changedAt >= sizeAfterMs) {
    audience.size = audience.membership.personCount()
    audience.changedAt = null
  }
  return audience.size
}

/** Thrown while a request is looked at; its answer is what the platform says. */
export class Refused extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super('refused')
    this.answer = answer
  }
}

/** Counts requests in windows of fixed length, per key. */
export class Rate {
  readonly limit: number
  readonly #lengthMs: number
  readonly #windows = new Map<string, { start: number; count: number }>()

  constructor(limit: number, lengthMs: number) {
    this.limit = limit
    this.#lengthMs = lengthMs
  }

  /** Counts one request at `now` (ms); `reset` is when the window ends (ms). A window begins on a multiple of its length. */
  take(key: string, now: number): { readonly allowed: boolean; readonly remaining: number; readonly reset: number } {
    const start = Math.floor(now / this.#lengthMs) * this.#lengthMs
    let window = this.#windows.get(key)
    if (window === undefined || window.start !== start) {
      window = { start, count: 0 }
      this.#windows.set(key, window)
    }
    const allowed = window.count < this.limit
    if (allowed) window.count++
    return { allowed, remaining: this.limit - window.count, reset: start + this.#lengthMs }
  }

  clear(): void {
    this.#windows.clear()
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** True for `application/json`, with or without a UTF-8 charset. */
export function isJsonType(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json(?:\s*;\s*charset="?utf-8"?)?$/i.test(contentType.trim())
}
