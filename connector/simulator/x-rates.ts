import { Rate } from './platform.ts'
import { type Found, refusal } from './x-answers.ts'
import type { XAdsOptions } from './x-options.ts'

export type XRateKind = 'users' | 'writes' | 'reads' | 'accounts'

/** X's rate limits per account, and for lists of accounts per user (X Ads reference, 1.6). */
export class XRates {
  readonly #rates: Readonly<Record<XRateKind, Rate>>

  constructor(limits: XAdsOptions['rateLimit']) {
    const { users, writes, reads, accounts } = limits === false ? {} : (limits ?? {})
    const off = limits === false ? Number.POSITIVE_INFINITY : undefined
    this.#rates = {
      users: new Rate(off ?? users ?? 1_500, 60_000),
      writes: new Rate(off ?? writes ?? 450, 60_000),
      reads: new Rate(off ?? reads ?? 2_000, 900_000),
      accounts: new Rate(off ?? accounts ?? 5, 900_000),
    }
  }

  get usersPerMinute(): number {
    return this.#rates.users.limit
  }

  clear(): void {
    for (const rate of Object.values(this.#rates)) rate.clear()
  }

  /** Counts a request and notes the limit in its answer; throws a refusal where there were too many. */
  take(kind: XRateKind, accountId: string | undefined, now: number, found: Found): void {
    const rate = this.#rates[kind]
    if (rate.limit === Number.POSITIVE_INFINITY) return
    const { allowed, remaining, reset } = rate.take(accountId ?? '', now)
    const level = accountId === undefined ? 'x-rate-limit' : 'x-account-rate-limit'
    found.headers[`${level}-limit`] = String(rate.limit)
    found.headers[`${level}-remaining`] = String(remaining)
    found.headers[`${level}-reset`] = String(Math.ceil(reset / 1000))
    if (!allowed) throw refusal(429, 'TOO_MANY_REQUESTS', 'The rate limit is exceeded', found)
  }
}
