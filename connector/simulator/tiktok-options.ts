import type { CommonOptions } from './platform.ts'

export interface TikTokAdvertiser {
  readonly id: string
  readonly name?: string
  /** Whether the token may use it; default true. */
  readonly authorised?: boolean
  /** Business account; one request may name only advertisers of one. */
  readonly business?: string
}

export interface TikTokAdsOptions extends CommonOptions {
  readonly accounts?: readonly TikTokAdvertiser[]
  readonly credentials?: { readonly accessToken: string; readonly appId: string; readonly secret: string }
  /** Granted to the token; default 30 (read audiences) and 31 (change them). */
  readonly scopes?: readonly number[]
  /** Whether the app may use the streaming endpoints; default true. */
  readonly allowListed?: boolean
  /** false: none. Per advertiser; default 10 a second, no others. */
  readonly rateLimit?: false | { readonly perSecond?: number; readonly perMinute?: number; readonly perDay?: number }
  /** Rows of one mapping; unpublished, default 1,000. */
  readonly maxRows?: number
  /** Bytes of one mapping; unpublished, default 1,000,000. */
  readonly maxBytes?: number
  /** Custom audiences per advertiser; default 400. */
  readonly maxAudiences?: number
  /** Audiences are about to expire, as those that no ad uses; default false. */
  readonly expiring?: boolean
  /** Take e-mails and phones in one mapping; default false, as it is known to fail. */
  readonly acceptMixedSchema?: boolean
  /** Take the id type EMAIL_SHA512, which is not in the published list; default false. */
  readonly acceptEmailSha512?: boolean
}

export const TIKTOK_SIMULATOR_ADVERTISER = '7000000000000000001'
export const TIKTOK_SIMULATOR_CREDENTIALS = {
  accessToken: 'sim-tiktok-token',
  appId: '7000000000000000002',
  secret: 'sim-tiktok-secret',
} as const
