import { sql } from 'kysely'
import type { FingerprintSeed } from './fingerprint.ts'
import { maxHolders } from './placeholders.ts'
import { integer, type Scope, type Sql, sqlType, unionAll } from './scope.ts'
import { type SegmentSource, segmentRows } from './segment.ts'
import { type MappedColumn, readRows, sourceColumns } from './wanted.ts'

/** So many rows of a segment show what its columns look like: the first that the warehouse comes upon. */
export const sampleRows = 10_000

const sampleOf = (scope: Scope, segment: SegmentSource, columns: readonly string[]): Sql =>
  sql`select ${integer(0)} as member_no, s.* from (${segmentRows(scope, segment, columns)}) as s limit ${sql.raw(String(sampleRows))}`

/**
 * What a run would make of a sample, in one query that leaves nothing behind: of each column (`n`, from 1) how many values
 * are rejected by each reason, and with a NULL reason how many are valid. All as text; no value is among it. A digest that
 * more members of the sample than `maxHolders` have is one that too many share.
 */
export const sampleReasons = (
  scope: Scope,
  segment: SegmentSource,
  columns: readonly MappedColumn[],
  seed: FingerprintSeed,
): Sql => {
  const read = readRows(scope, sampleOf(scope, segment, sourceColumns(columns)), columns, seed)
  const numbers = unionAll(columns.map((_, i) => sql`select ${sql.lit(i + 1)} as n`))
  const ofColumn = (name: string): Sql =>
    sql`case f.n${sql.join(
      columns.map((_, i) => sql` when ${sql.lit(i + 1)} then ${sql.id(`${name}_${i + 1}`)}`),
      sql``,
    )} end`
  const values = sql`select f.n, r.member_key, ${ofColumn('digest')} as digest, ${ofColumn('reason')} as reason from (${read}) as r cross join (${numbers}) as f`
  const digests = sql`select n, reason, count(*) as held, count(distinct member_key) as holders from (${values}) as v
where digest is not null group by n, digest, reason`
  const judged = sql`select n, held, case when reason is null and holders > ${sql.raw(String(maxHolders))} then 'shared_by_many' else reason end as reason from (${digests}) as d`
  return sql`select cast(n as ${sqlType.text}) as n, reason, cast(sum(held) as ${sqlType.text}) as identifiers from (${judged}) as j
group by n, reason order by n, reason`
}

/** Two or three letters of ISO 3166, or words. */
const countryLike = '^[^0-9@_:/#]{2,60}$'

/**
 * One row: of each of these columns, in a sample, how many rows have a value (`filled_1`), how many of those look like a
 * country (`countries_1`), and how many different ones there are, whatever their case (`different_1`).
 */
export const sampleCountries = (scope: Scope, segment: SegmentSource, columns: readonly string[]): Sql => {
  const counts = columns.flatMap((_, i) => {
    const raw = sql.id(`raw_${i + 1}`)
    const as = (expression: Sql, name: string): Sql =>
      sql`cast(${expression} as ${sqlType.text}) as ${sql.id(`${name}_${i + 1}`)}`
    return [
      as(sql`count(nullif(${raw}, ''))`, 'filled'),
      as(sql`sum(case when ${scope.dialect.matches(raw, countryLike)} then 1 else 0 end)`, 'countries'),
      as(sql`count(distinct nullif(${scope.dialect.lowerAscii(raw)}, ''))`, 'different'),
    ]
  })
  return sql`select ${sql.join(counts)} from (${sampleOf(scope, segment, columns)}) as r`
}
