import type { Call } from './destination.ts'

/** For setting up, never for a run: platforms let these be asked seldom (X: 5 lists in 15 minutes, 1.6). */
export interface AccountDirectory {
  /** Credentials that only this needs. */
  readonly needs: readonly string[]
  list(cursor?: string): Call<AccountsPage>
  /** Whether `facts` tell what the user behind the token may do. */
  readonly saysRoles: boolean
  /** What the list leaves out, for at most `factsPerCall` accounts at once. */
  readonly factsPerCall: number
  facts(accountIds: readonly string[]): Call<readonly AccountFacts[]>
}

export interface AccountsPage {
  readonly accounts: readonly AccountFacts[]
  /** Absent on the last page. */
  readonly nextCursor?: string
}

/** What a platform says of an ad account, in its own words; absent: not by this answer. */
export interface AccountFacts {
  readonly accountId: string
  readonly name?: string
  readonly status?: string
  /** The roles of the user behind the token. */
  readonly permissions?: readonly string[]
  /** Whether one of them lets audiences be changed. */
  readonly mayEdit?: boolean
}
