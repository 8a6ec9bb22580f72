import type { OAuthCredentials } from './oauth1.ts'
import type { CommonOptions } from './platform.ts'

export interface XAccount {
  readonly id: string
  readonly name?: string
  readonly approvalStatus?: string
  readonly deleted?: boolean
  /** What the token's user may do there; default ACCOUNT_ADMIN. */
  readonly permissions?: readonly string[]
}

export interface XAdsOptions extends CommonOptions {
  /** The accounts that the token's user sees; default: one, `X_SIMULATOR_ACCOUNT`. */
  readonly accounts?: readonly XAccount[]
  readonly credentials?: OAuthCredentials
  /** false: none. Requests per account: users endpoint and other writes by the minute, reads by 15 minutes. */
  readonly rateLimit?:
    | false
    | { readonly users?: number; readonly writes?: number; readonly reads?: number; readonly accounts?: number }
  /** What X lets the application do (1.2); default approved. */
  readonly application?: 'approved' | 'unapproved' | 'read_only'
  /** Shape of `operation_errors`, of which no sample is known; default: a list of errors per operation. */
  readonly operationErrors?: 'arrays' | 'objects'
  /** The code of "no such audience", of which two are possible (1.6). */
  readonly notFoundCode?: string
}

export const X_SIMULATOR_ACCOUNT = '18ce54d4x5t'
export const X_SIMULATOR_CREDENTIALS: OAuthCredentials = {
  consumerKey: 'sim-consumer-key',
  consumerSecret: 'sim-consumer-secret',
  accessToken: 'sim-access-token',
  accessTokenSecret: 'sim-access-token-secret',
}

/** An account as `GET /12/accounts` prints it (X Ads reference, 1.2). */
export function printAccount(account: XAccount): Record<string, unknown> {
  return {
    id: account.id,
    name: account.name ?? `Account ${account.id}`,
    business_name: null,
    business_id: null,
    timezone: 'UTC',
    timezone_switch_at: null,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
    approval_status: account.approvalStatus ?? 'ACCEPTED',
    deleted: account.deleted ?? false,
  }
}
