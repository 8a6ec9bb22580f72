import { sql } from 'kysely'
import { createScratch, type Scope, type Sql, text } from './scope.ts'
import { type SegmentSource, segmentRows } from './segment.ts'

/** What is mixed into every fingerprint, so that a new mapping or new rules make everybody a changed member. */
export interface FingerprintSeed {
  /** Says which columns feed which fields, in what format. */
  readonly mapping: string
  /** The version of the normalisation rules. */
  readonly version: number
}

/**
 * `raw_1` … `raw_n` as one text in which no two rows can look alike: each value with its length before it; of a NULL
 * only the colon stays.
 */
export const fingerprintOf = ({ dialect }: Scope, seed: FingerprintSeed, columns: number): Sql => {
  const values = Array.from({ length: columns }, (_, i) => {
    const raw = sql.id(`raw_${i + 1}`)
    return [sql`length(${raw})`, sql.raw("':'"), raw]
  })
  return dialect.fingerprint(dialect.concat([text(`${seed.version}|${seed.mapping}|`), ...values.flat()]))
}

/** Scratch `current_members(member_key, fingerprint)`: one row per row of the segment; NULL keys stand in it as NULL. */
export const createCurrentMembers = (
  scope: Scope,
  segment: SegmentSource,
  columns: readonly string[],
  seed: FingerprintSeed,
): Sql =>
  createScratch(
    scope,
    'current_members',
    sql`select member_key, ${fingerprintOf(scope, seed, columns.length)} as fingerprint
from (${segmentRows(scope, segment, columns)}) as r`,
  )

/** One row: `rows` and `null_keys` of the segment, all as text. */
export const countCurrentMembers = (scope: Scope): Sql =>
  sql`select cast(count(*) as varchar) as all_rows, cast(count(*) - count(member_key) as varchar) as null_keys
from ${scope.scratch('current_members')}`

/**
 * Scratch `changed_members(member_key, known, member_no)`: K of design section 3, step 4, numbered densely from 1; known is
 * 1 of those who are settled in the ledger or due. With `full` it is everybody.
 */
export const createChangedMembers = (scope: Scope, full: boolean): Sql => {
  const keys = full ? everybody(scope) : scope.dialect.diffsByJoin ? differenceByJoin(scope) : differenceByExcept(scope)
  const due = sql`select member_key, 1 from ${scope.stateTable('due')} where due_at <= ${scope.now}`
  return createScratch(
    scope,
    'changed_members',
    sql`select member_key, max(known) as known, row_number() over () as member_no from (${keys} union all ${due}) as k group by member_key`,
  )
}

const everybody = (scope: Scope): Sql =>
  sql`select member_key, 0 as known from ${scope.scratch('current_members')} where member_key is not null
union all select member_key, 1 from ${scope.stateTable('ledger_members')}
union all select member_key, 1 from ${scope.stateTable('ledger_identifiers')}`

/** The definition: EXCEPT each way. */
export const differenceByExcept = (scope: Scope): Sql => {
  const current = sql`select member_key, fingerprint from ${scope.scratch('current_members')} where member_key is not null`
  const ledger = sql`select member_key, fingerprint from ${scope.stateTable('ledger_members')}`
  return sql`select member_key, 0 as known from (${current} except ${ledger}) as came
union all select member_key, 1 from (${ledger} except ${current}) as went`
}

/** The same in one pass: equal, since neither side holds a NULL in the two columns. */
export const differenceByJoin = (scope: Scope): Sql =>
  sql`select coalesce(c.member_key, l.member_key) as member_key, case when l.member_key is null then 0 else 1 end as known
from (select member_key, fingerprint from ${scope.scratch('current_members')} where member_key is not null) as c
full join ${scope.stateTable('ledger_members')} as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint
where c.member_key is null or l.member_key is null`

/** One row: how many members changed. */
export const countChangedMembers = (scope: Scope): Sql =>
  sql`select cast(count(*) as varchar) as members from ${scope.scratch('changed_members')}`
