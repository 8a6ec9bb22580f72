import { sql } from 'kysely'
import { createScratch, type Scope, type Sql, sqlType, text } from './scope.ts'
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

/** `member_key, fingerprint`: one row per row of the segment; NULL keys stand in it as NULL. */
export const currentMembers = (
  scope: Scope,
  segment: SegmentSource,
  columns: readonly string[],
  seed: FingerprintSeed,
): Sql =>
  sql`select member_key, ${fingerprintOf(scope, seed, columns.length)} as fingerprint
from (${segmentRows(scope, segment, columns)}) as r`

/** Kinds of rows in `compared`: rows that are settled as they are, rows without a key, changed members, members who are due. */
const kind = { same: sql.raw('0'), keyless: sql.raw('1'), changed: sql.raw('2'), due: sql.raw('3') } as const
const ofK = sql`kind in (${kind.changed}, ${kind.due})`

/**
 * Compares the segment with the ledger, in one narrow read of it: scratch `compared(kind, member_key, segment_rows,
 * member_no)`, one row for all rows that are settled as they are, one for all without a key, and one for each member of K
 * (design section 3, step 4). With `full`, K is everybody.
 */
export const compareSegment = (scope: Scope, current: Sql, full: boolean): readonly Sql[] => {
  const compare = compareWith(scope)
  if (scope.dialect.diffsByJoin) return [compare(compareByJoin(scope, sql`(${current})`, full))]
  const read = scope.scratch('current_members')
  return [createScratch(scope, 'current_members', current), compare(compareByExcept(scope, read, full))]
}

/**
 * The same where the ledger has no row at all: everybody is a changed member, whatever a fingerprint would be, so only the
 * keys are read (0.19 s instead of 0.37 s a million).
 */
export const compareWithNothing = (scope: Scope, segment: SegmentSource): Sql =>
  compareWith(scope)(
    sql`select case when member_key is null then ${kind.keyless} else ${kind.changed} end as kind, member_key, 1 as segment_rows
from (${segmentRows(scope, segment, [])}) as c`,
  )

/** `compared` from the rows that one of the ways finds. */
export const compareWith =
  (scope: Scope) =>
  (rows: Sql): Sql =>
    createScratch(
      scope,
      'compared',
      sql`select kind, member_key, cast(sum(segment_rows) as ${sqlType.integer}) as segment_rows, row_number() over (${scope.dialect.anyOrder}) as member_no
from (${rows}) as r group by kind, member_key`,
    )

/** The definition: EXCEPT each way. `current`: a relation as `currentMembers`. */
export const compareByExcept = (scope: Scope, current: Sql, full: boolean): Sql => {
  const keyed = sql`select member_key, fingerprint from ${current} as c where member_key is not null`
  const ledger = sql`select member_key, fingerprint from ${scope.stateTable('ledger_members')}`
  const { except } = scope.dialect
  const [came, went] = full ? [keyed, ledger] : [sql`${keyed} ${except} ${ledger}`, sql`${ledger} ${except} ${keyed}`]
  return sql`select ${kind.changed} as kind, member_key, 0 as segment_rows from (${came}) as came
union all select ${kind.changed}, member_key, 0 from (${went}) as went
union all select case when member_key is null then ${kind.keyless} else ${kind.same} end, null, 1 from ${current} as c${keptOnly(scope, full)}`
}

/** The same in one pass: equal, since neither side holds a NULL in the two columns. */
export const compareByJoin = (scope: Scope, current: Sql, full: boolean): Sql => {
  const settled = full ? sql`` : sql`when c.fingerprint is not null and l.member_key is not null then ${kind.same}`
  const key = sql`coalesce(c.member_key, l.member_key)`
  return sql`select kind, case when kind = ${kind.changed} then member_key end as member_key, segment_rows from (
  select case when c.fingerprint is not null and c.member_key is null then ${kind.keyless} ${settled} else ${kind.changed} end as kind,
    ${key} as member_key, case when c.fingerprint is null then 0 else 1 end as segment_rows
  from ${current} as c
  full join ${scope.stateTable('ledger_members')} as l on l.member_key = c.member_key and l.fingerprint = c.fingerprint) as j${keptOnly(scope, full)}`
}

/** Everybody includes those of whom only a kept identifier is left. */
const keptOnly = (scope: Scope, full: boolean): Sql =>
  full ? sql` union all select ${kind.changed}, member_key, 0 from ${scope.stateTable('ledger_identifiers')}` : sql``

/** Members whose time has come are changed members too; then scratch view `changed_members(member_key, member_no, due)`. */
export const createChangedMembers = (scope: Scope): readonly Sql[] => {
  const compared = scope.scratch('compared')
  return [
    sql`insert into ${compared} (kind, member_key, segment_rows, member_no)
select ${kind.due}, d.member_key, 0, row_number() over (${scope.dialect.anyOrder}) + (select count(*) from ${compared})
from ${scope.stateTable('due')} as d where d.due_at <= ${scope.now}
  and not exists (select 1 from ${compared} as c where c.kind = ${kind.changed} and c.member_key = d.member_key)`,
    scope.dialect.createScratchView(
      scope.scratch('changed_members'),
      sql`select member_key, member_no, kind = ${kind.due} as due from ${compared} where ${ofK}`,
    ),
  ]
}

/** One row, as text: rows of the segment, those of them without a key, and how many members changed. */
export const countCompared = (scope: Scope): Sql => {
  const total = (which: Sql, of: Sql): Sql =>
    sql`cast(coalesce(sum(case when ${which} then ${of} end), 0) as ${sqlType.text})`
  return sql`select ${total(sql`1 = 1`, sql`segment_rows`)} as all_rows, ${total(sql`kind = ${kind.keyless}`, sql`segment_rows`)} as null_keys,
  ${total(ofK, sql`1`)} as members from ${scope.scratch('compared')}`
}
