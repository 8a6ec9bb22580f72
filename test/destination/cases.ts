import type {
  Account,
  AudienceNow,
  Call,
  Destination,
  DestinationSettings,
  HttpAnswer,
  HttpRequest,
  StopReason,
} from '../../connector/destination/destination.ts'
import type { Simulator } from '../../connector/simulator/simulator.ts'

/** What one destination is held to: written by hand from the platform's reference, not printed by our own code. */
export interface Cases {
  readonly destination: Destination
  readonly settings: DestinationSettings
  /** As a user writes them in `tidemark.yml`; each of `badSettings` must be refused. */
  readonly goodSettings: readonly unknown[]
  readonly badSettings: readonly (readonly [why: string, settings: unknown])[]
  readonly requests: readonly RequestCase[]
  readonly answers: readonly AnswerCase[]
  /** Every code the reference page names: each must have a case among `answers`. */
  readonly codes: readonly string[]
  /** The body of an answer to a creation, with this JSON for the id. */
  readonly created: (id: string) => string
  /** HTTP statuses that say nothing by themselves. */
  readonly codeDecidesAt: readonly number[]
  /** The platform on localhost, taking the credentials of `settings`; without rate limits. */
  readonly simulate: (options?: { readonly rateLimit?: object }) => Promise<Simulator>
  /** A limit that lets one request pass, in the platform's own terms. */
  readonly oneRequest: object
}

export interface RequestCase {
  readonly what: string
  readonly call: (account: Account) => Call<unknown>
  readonly baseUrl?: string
  /** The body as it travels, its pieces put together. */
  readonly expected: Omit<HttpRequest, 'body'> & { readonly body?: string }
}

export interface AnswerCase {
  readonly what: string
  readonly call: (account: Account) => Call<unknown>
  readonly answer: HttpAnswer
  readonly expected: Expected
}
export type Expected = { readonly code?: string } & (
  | { readonly value: unknown; readonly requestId?: string }
  | {
      readonly next: 'retry'
      readonly applied: 'no' | 'maybe'
      readonly retryAfterMs?: number
      readonly waitsMs?: readonly number[]
    }
  | {
      readonly next: 'refused'
      readonly culpritRows?: readonly number[]
      readonly tooLarge?: true
      readonly unknownType?: true
    }
  | { readonly next: 'stop'; readonly exit: 76 | 77 | 78; readonly reason: StopReason }
)

export const permission = { next: 'stop', exit: 77, reason: 'permission' } as const
export const configuration = { next: 'stop', exit: 78, reason: 'configuration' } as const
export const gone = { next: 'stop', exit: 78, reason: 'audience_gone' } as const
export const notUnderstood = { next: 'stop', exit: 76, reason: 'not_understood' } as const
export const retryMaybe = { next: 'retry', applied: 'maybe' } as const
export const retryNo = { next: 'retry', applied: 'no' } as const
export const refused = { next: 'refused' } as const
export const tooLarge = { next: 'refused', tooLarge: true } as const

/** The list of accounts, for destinations that have one. */
export const directory = ({ directory: found }: Account) => {
  if (found === undefined) throw new Error('this destination lists accounts')
  return found
}

/** What the platform says of an audience, for destinations that say something. */
export const inspect = (account: Account, audienceId: string): Call<AudienceNow> => {
  if (account.inspectAudience === undefined) throw new Error('this destination says something of an audience')
  return account.inspectAudience(audienceId)
}

/** SHA-256 of abc@twitter.com and of +11234567890 (ad-platforms reference, 1.5). */
export const emailDigest = '4798b8bbdcf6f2a52e527f46a3d7a7c9aefb541afda03af79c74809ecc6376f3'
export const phoneDigest = '1fa6b8d986d9b9cd01bf36951815158bbde9f520c0567c835dfe34783d0a4231'

/** The attempt of X's worked example: its nonce, and 1318622958 s. */
export const attempt = {
  nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg',
  now: new Date('2011-10-14T20:09:18.900Z'),
}
