import { sql } from 'kysely'
import type { RunFacts } from './runs.ts'
import type { Scope, Sql } from './scope.ts'

/** What settle has to know of the run whose delta it settles; that may be an earlier, crashed one. */
export interface Settlement {
  readonly run: RunFacts
  readonly openFence: string
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
 * Everything after the freezing of outcomes reads only this.
 */
export const resolved = (scope: Scope): Sql => resolve(scope, scope.runTable('delta'))

/** The same of the members in `trouble` only: all refusals and holds are among them, and mostly there are none. */
export const resolvedTrouble = (scope: Scope): Sql =>
  resolve(
    scope,
    sql`(select * from ${scope.runTable('delta')} where member_no in (select member_no from ${scope.scratch('trouble')}))`,
  )

const resolve = (scope: Scope, delta: Sql): Sql =>
  sql`(select d.*, coalesce(f.outcome, o.outcome) as outcome, f.reason as refusal
from ${delta} as d
left join ${scope.scratch('outcomes')} as o on o.batch_no = d.batch_no
left join ${scope.runTable('refused')} as f on f.batch_no = d.batch_no and f.row_no = d.row_no
  and (f.digest is null or (f.field = d.field and f.digest = d.digest)))`
