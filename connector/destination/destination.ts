import type { ZodObject } from 'zod'
import type { AccountDirectory } from './accounts.ts'
import type { Consent } from './consent.ts'

/**
 * What an ad platform is to Tidemark: a value with its fields, limits, requests and answers. A destination knows
 * neither SQL nor warehouses, neither the clock nor the network: it describes requests and reads answers.
 */
export interface Destination {
  /** As written in `destinations.*.type`, and as stored in the column `platform`. */
  readonly type: string
  /** The platform's own name, for messages: `X Ads`. */
  readonly title: string
  /** The keys of `destinations.*` that only this platform has: account, credentials. Strict: unknown keys are errors. */
  readonly settings: ZodObject
  /** Which key of `settings` names the ad account: `account_id`, `advertiser_id`. */
  readonly accountKey: string
  /** By the name users map them with. */
  readonly fields: Readonly<Record<string, Field>>
  readonly limits: Limits
  readonly audience: AudienceRules
  /** True where a refused request changed nothing at all (all or nothing), so that its batch counts as unsent. */
  readonly atomic: boolean
  /** `min_members` of the first sync unless an activation sets its own. */
  readonly minMembers: number
  /** True where removing an identifier removes the person with all identifiers, so that who shares one is added again. */
  readonly removesPersons: boolean
  /** Days after which the platform forgets a membership that is not sent again; null: never. */
  membershipDays(settings: Pick<DestinationSettings, 'own'>): number | null
  /** How the identifiers of a batch are written, so that SQL can pack a batch into one text. */
  layout(audienceId: string, request: Pick<DestinationSettings['request'], 'combinedRows'>): RowLayout
  /** The requests and answers of one ad account. Throws nothing: `settings` were validated. */
  account(settings: DestinationSettings): Account
  /** How a person lets a developer app act for them. Absent where credentials are made in another way. */
  readonly consent?: Consent
}

/** A field of a destination, as users map it. */
export interface Field {
  /** How a clear value becomes a digest: the name of a rule in `sql/normalise.ts`. */
  readonly rule: FieldRule
  /** The platform's identifier type for a SHA-256 digest; it is the `field` of the ledger. */
  readonly type: string
  /**
   * The type for a SHA-512 digest. Absent: the platform takes none. Such types may be missing from its published list: of
   * one that it refuses altogether, all values are rejected as `unsupported_by_platform`.
   */
  readonly sha512Type?: string
}
/** All identifier types, in the order of a layout, with the fields as users map them. */
export const fieldsByType = ({ fields }: Pick<Destination, 'fields'>): Readonly<Record<string, string>> => {
  const named = Object.entries(fields)
  const sha512 = named.flatMap(([name, { sha512Type }]) => (sha512Type === undefined ? [] : [[sha512Type, name]]))
  return Object.fromEntries([...named.map(([name, { type }]) => [type, name]), ...sha512])
}
export type FieldRule = 'email' | 'phone' | 'device_id' | 'mobile_ad_id' | 'x_user_id' | 'handle'

export interface Limits {
  /** Absent where there is no usual one: users must write `base_url`. */
  readonly baseUrl?: string
  readonly requestsPerSecond: number
  /** How long one request may take. */
  readonly timeoutMs: number
  /** Requests in flight at once. */
  readonly concurrency: number
  /** Rows (user objects or positional rows) in one request. Absent: only bytes count. */
  readonly maxRows?: number
  readonly maxBytes: number
}

export interface AudienceRules {
  readonly maxNameLength: number
  readonly canRename: boolean
  readonly canDescribe: boolean
  /** True where the name of a deleted audience stays taken for ever. */
  readonly keepsNames?: true
  /** True where a name that is taken is no obstacle: a second audience of it is made without a word. */
  readonly allowsTwins?: true
  /** Matched people from which on an ad can use an audience; 0: any. */
  readonly minMatched: number
  /** Hours after a change in which its size is still being counted, at least and at most; null: sizes are not told. */
  readonly countingHours: readonly [number, number] | null
}

/**
 * How one batch is written as text. A row is `row.open`, then for each identifier type in use `types[type].open`,
 * its values (`value.open` digest `value.close`) joined by commas, `types[type].close`, the types joined by commas,
 * then `row.close`. Rows are joined by commas; the request puts its own text around them.
 */
export interface RowLayout {
  /** `member`: one row is one member with all identifiers. `identifier`: one row is one identifier, a batch is of one type. */
  readonly rowPer: 'member' | 'identifier'
  /**
   * Only with rows of members: rows are positional. Each has one cell for each type that travels in the run, in their
   * order, and a cell holds one value, or is this text; a member with several values of a type has several rows.
   */
  readonly blank?: string
  readonly row: Fence
  readonly types: Readonly<Record<string, Cell>>
  readonly value: Fence
  /** Bytes that the request puts around the rows, at most. */
  readonly envelopeBytes: number
}
export interface Fence {
  readonly open: string
  readonly close: string
}
export interface Cell extends Fence {
  /** Hex characters of a digest; 64 (SHA-256) unless said. */
  readonly digits?: number
}

/** The validated settings of one entry of `destinations`. */
export interface DestinationSettings {
  /** The key below `destinations`. */
  readonly name: string
  readonly type: string
  readonly accountId: string
  readonly credentials: Readonly<Record<string, string>>
  /** What else the destination's own `settings` say. */
  readonly own: Readonly<Record<string, unknown>>
  /** Scheme, host and port; paths are the destination's. No trailing slash. */
  readonly baseUrl: string
  readonly requestsPerSecond: number
  readonly request: {
    readonly timeoutMs: number
    readonly quietMs: number
    readonly concurrency: number
    readonly maxRows?: number
    readonly maxBytes: number
    readonly combinedRows: boolean
  }
}

export type Operation = 'add' | 'remove'

/** One ad account on one platform: every request Tidemark makes there, with the reader of its answer. */
export interface Account {
  createAudience(audience: { readonly name: string; readonly description: string | null }): Call<AudienceFound>
  /** One page of a search for an audience of exactly this name, in use now. `cursor` comes from the page before. */
  findAudience(name: string, cursor?: string): Call<AudiencePage>
  /** Absent where the platform can neither rename nor describe. */
  updateAudience?(
    audienceId: string,
    audience: { readonly name: string; readonly description: string | null },
  ): Call<void>
  send(batch: OutgoingBatch): Call<void>
  /** What the platform says of an audience now. Absent where it says nothing. */
  inspectAudience?(audienceId: string): Call<AudienceNow>
  /** The ad accounts that the token can see. Absent where a platform has none, or no list of them. */
  readonly directory?: AccountDirectory
}

export interface AudienceNow {
  /** People the platform has matched; null where it shows none (yet): sizes lag by hours. */
  readonly size: number | null
  /** Sentences for a person: what the platform still works on, whether ads can use it. */
  readonly notes: readonly string[]
}

export interface AudienceFound {
  readonly audienceId: string
}
export interface AudiencePage {
  readonly matches: readonly { readonly audienceId: string; readonly createdAt: Date | null }[]
  /** Absent on the last page. */
  readonly nextCursor?: string
}

export interface OutgoingBatch {
  readonly op: Operation
  readonly audienceId: string
  /** Where `layout.rowPer` is `identifier`, the type of all rows; else all that travel in the run, in the order of positions. */
  readonly types: readonly string[]
  /** Rows as `layout` writes them, joined by commas. */
  readonly rows: string
  readonly rowCount: number
}

/** One request and how to read its answer. */
export interface Call<T> {
  /** Made afresh for every attempt, since a signature must not be used twice. `nonce` and `now` are for the signature. */
  request(attempt: { readonly nonce: string; readonly now: Date }): HttpRequest
  /** Never throws: what it does not understand is a fault that stops. */
  read(answer: HttpAnswer): Outcome<T>
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Pieces, one behind the other: put together, a batch of 5 MB would stand in memory twice. */
  readonly body?: readonly string[]
}
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly requestId?: string }
  | { readonly ok: false; readonly fault: Fault }

/**
 * Why a request did not do what was asked, named by what the caller does next.
 * - `retry`: may pass later. `applied` says whether the platform may have done it all the same.
 * - `refused`: refused because of the values in it; others may pass.
 * - `stop`: nothing of the kind will pass; `exit` says who has to act (design section 6).
 */
export type Fault = {
  /** The platform's own code, or a word of ours where it has none. */
  readonly code: string
  /** One sentence for a person: what the platform said and what to do. No secret, no identifier. */
  readonly message: string
  /** The platform's own words, as far as they may be shown. */
  readonly said?: string
  readonly requestId?: string
} & (
  | {
      readonly next: 'retry'
      readonly applied: 'no' | 'maybe'
      readonly retryAfterMs?: number
      /**
       * A rate limit was met, and the platform says neither which nor for how long: the waits of its limits, shortest
       * first. Each next one is for who is refused after the one before.
       */
      readonly waitsMs?: readonly number[]
    }
  | {
      readonly next: 'refused'
      readonly culpritRows?: readonly number[]
      /** Not because of a value: the same rows may pass in smaller requests. */
      readonly tooLarge?: boolean
      /** Not because of a value: it says that it does not know the type of the identifiers. */
      readonly unknownType?: boolean
    }
  | { readonly next: 'stop'; readonly exit: 76 | 77 | 78; readonly reason: StopReason }
)
export type StopReason = 'permission' | 'configuration' | 'audience_gone' | 'name_taken' | 'not_understood'
