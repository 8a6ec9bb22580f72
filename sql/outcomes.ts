import { sql } from 'kysely'
import type { RunFacts } from './runs.ts'
import type { Scope, Sql } from './scope.ts'
import { inSpan } from './units.ts'

/** What settle has to know of the run whose delta it settles; that may be an earlier, crashed one. */
export interface Settlement {
  readonly run: RunFacts
  /** How long the run took when its row is written, in ms: a warehouse's clock stands still in a transaction. Null: unknown. */
  readonly tookMs: () => number | null
  readonly openFence: string
  /** Highest batch that was started; null after a crash: then the mark counts. */
  readonly highestStarted: number | null
  /** Every batch was accepted as a whole, and nothing of the delta is held or waits: nobody can have trouble. */
  readonly smooth: boolean
  /** True where a refused request changed nothing, so that its batch is unsent. */
  readonly atomic: boolean
  /** How long a request that got no answer may still be applied, from now, in ms. */
  readonly quietMs: number
  readonly quarantineDays: number
  readonly membershipDays: number | null
  /** The field as users know it for each identifier type. */
  readonly fieldOfType: Readonly<Record<string, string>>
}

/**
 * The delta with one outcome for each identifier: accepted, refused, uncertain or unsent; NULL for what never travels.
 * Whatever depends on an outcome reads only this. Without arrivals: once those with trouble are demoted
 * (`demoteArrivals`), all of theirs was accepted.
 */
export const resolved = (scope: Scope): Sql => resolve(scope, scope.runTable('delta_rows'))

/** The same of the members in `trouble` only: all refusals and holds are among them, and mostly there are none. */
export const resolvedTrouble = (scope: Scope): Sql =>
  resolve(
    scope,
    sql`(select * from ${scope.runTable('delta_rows')} where member_no in (select member_no from ${scope.scratch('trouble')}))`,
  )

/** Rows of the delta, a relation with all its columns, with their outcomes. */
export const resolve = (scope: Scope, delta: Sql): Sql =>
  sql`(select d.*, o.batch_no, coalesce(f.outcome, o.outcome) as outcome, coalesce(f.reason, o.reason) as refusal
from ${delta} as d
left join ${scope.scratch('outcomes')} as o on ${inSpan(sql.id('d', 'unit'), 'o')}
left join ${scope.scratch('culprits')} as f on f.unit = d.unit and (f.digest is null or (f.field = d.field and f.digest = d.digest)))`

/**
 * Members new to the ledger whose every identifier was accepted, the many of a first run: `member_no, member_key` of those
 * still stored as arrivals (see `demoteArrivals`), and of the others. Who is reachable and not in the ledger has adds, and
 * who has no trouble had them all accepted. Two relations and no scratch table: from a union, and from what a transaction
 * has just written, DuckDB inserts with one thread.
 */
export const arrived = (scope: Scope): readonly [arrivals: Sql, others: Sql] => [
  scope.runTable('arrivals'),
  sql`(select member_no, member_key from ${scope.runTable('delta_member_rows')} where in_k and counts and standing = 2
  and member_no not in (select member_no from ${scope.scratch('standing')}))`,
]

/** How many identifiers arrivals have. */
export const countArrivedIdentifiers = (scope: Scope): Sql =>
  sql`(select count(*) from ${scope.runTable('delta')} where op = 'add') - (select count(*) from ${scope.runTable('delta_rows')} where op = 'add')`

/** How many they are. */
export const countArrived = (scope: Scope): Sql =>
  sql.join(
    arrived(scope).map((members) => sql`(select count(*) from ${members} as a)`),
    sql` + `,
  )
