import { sql } from 'kysely'
import { type FingerprintSeed, fingerprintOf } from './fingerprint.ts'
import type { Format, NormalisationRule } from './normalise.ts'
import { normalisedRows } from './normalised-rows.ts'
import { fillRunTable } from './run-tables.ts'
import { createScratch, integer, type Scope, type Sql, sqlType, unionAll } from './scope.ts'
import { type SegmentSource, segmentRows } from './segment.ts'

/** More identifiers than this on one member: the member key is wrong. */
export const maxIdentifiers = 100

/** One mapped column as SQL needs it. */
export interface MappedColumn {
  /** As users know the field: `phone`. */
  readonly field: string
  /** As the platform and the ledger know it: `PHONE_SHA256`. */
  readonly type: string
  readonly column: string
  readonly rule: NormalisationRule
  readonly format: Format
  /** ISO 3166 alpha-2: the country of phone numbers that name none. */
  readonly defaultCountry?: string
  /** A column that names it; where it is empty the default counts. */
  readonly countryColumn?: string
}

/** The columns of the segment, each once: the nth is read as `raw_<n>`, also where it feeds several fields. */
export const sourceColumns = (columns: readonly MappedColumn[]): readonly string[] => [
  ...new Set(
    columns.flatMap(({ column, countryColumn }) => (countryColumn === undefined ? [column] : [column, countryColumn])),
  ),
]

/**
 * The one read of the changed members (design section 3, step 5): scratch view `read_members(member_no, member_key,
 * fingerprint, digest_1, reason_1, …)`, a row a row of the segment. Its fingerprint, not the one of step 4, is settled
 * later, for the source may have been rebuilt in between. `digest_i` of a value that failed its check is a hash of the raw
 * value: it only tells two failed values apart and never leaves the private schema.
 *
 * The rows stand in the run table `arrivals`, for nearly all of them stay there (see `leaveArrivals`).
 */
export const readMembers = (
  scope: Scope,
  segment: SegmentSource,
  columns: readonly MappedColumn[],
  seed: FingerprintSeed,
  dry: boolean,
): readonly Sql[] => [
  fillRunTable(
    scope,
    'arrivals',
    readRows(scope, changedRows(scope, segment, columns), columns, seed),
    dry,
    readColumns(columns),
  ),
  scope.dialect.createScratchView(scope.scratch('read_members'), sql`select * from ${scope.runTable('arrivals')}`),
]

/** The columns of `arrivals` that depend on the mapping. */
export const readColumns = (columns: readonly MappedColumn[]): Readonly<Record<string, 'digest' | 'name'>> =>
  Object.fromEntries(
    columns.flatMap((_, i) => [
      [`digest_${i + 1}`, 'digest'],
      [`reason_${i + 1}`, 'name'],
    ]),
  )

const changedRows = (scope: Scope, segment: SegmentSource, columns: readonly MappedColumn[]): Sql =>
  sql`select c.member_no, s.* from (${segmentRows(scope, segment, sourceColumns(columns))}) as s
join ${scope.scratch('changed_members')} as c on c.member_key = s.member_key`

/** Of `rows(member_no, member_key, raw_1, …)`: member_no, member_key, fingerprint, digest_1, reason_1, … */
export const readRows = (scope: Scope, rows: Sql, columns: readonly MappedColumn[], seed: FingerprintSeed): Sql => {
  const sources = sourceColumns(columns)
  // One object a column, so that one that feeds two fields is taken along once.
  const raws = new Map(sources.map((column, i) => [column, sql.id(`raw_${i + 1}`)]))
  const rawOf = (column: string): Sql => raws.get(column) ?? sql.id(column)
  return normalisedRows(scope.dialect, rows, {
    kept: {
      member_no: sql.id('member_no'),
      member_key: sql.id('member_key'),
      fingerprint: fingerprintOf(scope, seed, sources.length),
    },
    columns: columns.map(({ column, countryColumn, ...mapping }) => ({
      ...mapping,
      value: rawOf(column),
      ...(countryColumn === undefined ? {} : { countryValue: rawOf(countryColumn) }),
    })),
  })
}

/** One row: `single` is true where every member has one row. */
export const countReadMembers = (scope: Scope): Sql =>
  sql`select cast(count(*) = count(distinct member_no) as ${sqlType.text}) as single from ${scope.scratch('read_members')}`

/**
 * One row: changed members whose key looks like an e-mail address or a phone number, which must not stand in state tables:
 * an address anywhere in it (`Jo Doe <jo@example.com> `), or an international number with nothing else than blanks.
 */
export const countPersonalKeys = (scope: Scope): Sql => {
  const key = sql.id('member_key')
  const looks = sql`(${key} like '%@%' and ${scope.dialect.matches(key, '[^@ ]@[^@ ]+[.][^@ .]')})
  or (${key} like '%+%' and ${scope.dialect.matches(key, '^[ \t\r\n]*[+][0-9][0-9 ().-]{6,18}[ \t\r\n]*$')})`
  return sql`select cast(count(*) as ${sqlType.text}) as members from ${scope.scratch('changed_members')} where ${looks}`
}

const columnRows = (
  scope: Scope,
  columns: readonly MappedColumn[],
  what: (column: MappedColumn, n: number) => Sql,
): Sql => unionAll(columns.map((column, i) => sql`${what(column, i + 1)} from ${scope.scratch('read_members')}`))

/** How often an identifier of a member can stand in what was read. */
export interface Repeats {
  /** Some members have several rows. */
  readonly rows: boolean
  /** Some identifier type has several columns. */
  readonly columns: boolean
}

/** Scratch `several(member_no)`: members of whom several rows were read. Mostly there are none. */
export const createSeveral = (scope: Scope, { rows }: Repeats): Sql =>
  createScratch(
    scope,
    'several',
    sql`select member_no from ${scope.scratch('read_members')} ${rows ? sql`` : sql`where 1 = 0 `}group by member_no having count(*) > 1`,
  )

/** One row, as text: how many those are. */
export const countSeveral = (scope: Scope): Sql =>
  sql`select cast(count(*) as ${sqlType.text}) as members from ${scope.scratch('several')}`

/** All valid identifiers, as columns name them. */
const everyIdentifier = (scope: Scope, columns: readonly MappedColumn[]): Sql =>
  unionAll(
    columns.map((column, i) => {
      const n = i + 1
      return sql`select member_no, member_key, cast(${sql.lit(column.type)} as ${sqlType.text}) as field, ${sql.id(`digest_${n}`)} as digest
from ${scope.scratch('read_members')} where ${sql.id(`digest_${n}`)} is not null and ${sql.id(`reason_${n}`)} is null`
    }),
  )
const ofSeveral = ({ scratch }: Scope): Sql => sql`(select member_no from ${scratch('several')})`

/**
 * Scratch `wanted_rows(member_no, member_key, field, digest)`: valid identifiers of those of whom something can stand twice,
 * each once per member.
 */
export const createWantedRows = (scope: Scope, columns: readonly MappedColumn[], repeats: Repeats): Sql => {
  const some = repeats.rows ? sql` where member_no in ${ofSeveral(scope)}` : sql` where 1 = 0`
  return createScratch(
    scope,
    'wanted_rows',
    sql`select distinct member_no, member_key, field, digest from (${everyIdentifier(scope, columns)}) as w${repeats.columns ? sql`` : some}`,
  )
}

/**
 * Scratch view `wanted(member_no, member_key, field, digest)`: valid identifiers of the changed members, each once per
 * member. After `dropOversized`: some warehouses make a table of it.
 */
export const createWanted = (scope: Scope, columns: readonly MappedColumn[], repeats: Repeats): Sql => {
  const view = (query: Sql): Sql => scope.dialect.createScratchView(scope.scratch('wanted'), query)
  const all = everyIdentifier(scope, columns)
  const rows = sql`select * from ${scope.scratch('wanted_rows')}`
  if (repeats.columns) return view(rows)
  if (!repeats.rows) return view(all)
  return view(sql`select * from (${all}) as w where member_no not in ${ofSeveral(scope)} union all ${rows}`)
}

/**
 * Scratch `oversized(member_no, member_key, identifiers)`: members with more identifiers than a person has. Nobody has so
 * many from one row: a mapping with more columns than that has several of a type.
 */
export const createOversized = (scope: Scope): Sql =>
  createScratch(
    scope,
    'oversized',
    sql`select member_no, min(member_key) as member_key, count(*) as identifiers from ${scope.scratch('wanted_rows')}
group by member_no having count(*) > ${sql.raw(String(maxIdentifiers))}`,
  )

/** What oversized members want is not wanted. */
export const dropOversized = (scope: Scope): Sql =>
  sql`delete from ${scope.scratch('wanted_rows')} where member_no in (select member_no from ${scope.scratch('oversized')})`

/**
 * Run table `delta_rejections(member_key, field, reason, origin, identifiers, value)`, a row a rejected value: values that failed their check, members
 * with too many identifiers, and one row with a count for NULL keys. Platform refusals and quarantined identifiers join
 * them in settle.
 */
export const fillRejections = (scope: Scope, columns: readonly MappedColumn[], nullKeys: number, dry: boolean): Sql => {
  const failed = columnRows(
    scope,
    columns,
    (column, n) =>
      sql`select member_key, cast(${column.field} as ${sqlType.text}) as field, ${sql.id(`reason_${n}`)} as reason, ${sql.id(`digest_${n}`)} as value`,
  )
  return fillRunTable(
    scope,
    'delta_rejections',
    sql`select distinct member_key, field, reason, cast('validation' as ${sqlType.text}) as origin, cast(1 as ${sqlType.integer}) as identifiers, value
from (${failed}) as f where reason is not null
union all select member_key, null, 'too_many_identifiers', 'validation', identifiers, null from ${scope.scratch('oversized')}
union all select null, null, 'null_member_key', 'validation', n, null from (select ${integer(nullKeys)} as n) as k where n > 0`,
    dry,
  )
}
