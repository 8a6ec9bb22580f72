import { sql } from 'kysely'
import { exactName } from './dialect/exact-name.ts'
import { type Scope, type Sql, sqlType } from './scope.ts'

/** A segment as SQL needs it. */
export interface SegmentSource {
  readonly source:
    | { readonly relation: readonly string[] }
    | { readonly sql: string }
    /** No rows, with columns of these names: nothing of the warehouse is read. */
    | { readonly nobody: readonly string[] }
  readonly where: readonly SegmentCondition[]
  readonly memberKey: { readonly column: string; readonly hash: boolean }
  /** Mapped columns that hold digests as bytes: they are read as hex. */
  readonly bytes?: readonly string[]
}
export type SegmentCondition = { readonly column: string } & (
  | { readonly operator: keyof typeof comparisons; readonly value: string | number | boolean }
  | { readonly operator: 'in' | 'not_in'; readonly values: readonly (string | number | boolean)[] }
  | { readonly operator: 'is_null'; readonly value: boolean }
)

const comparisons = { equals: '=', not_equals: '<>', at_least: '>=', at_most: '<=', above: '>', below: '<' } as const

/**
 * The rows of a segment: `member_key` (text, NULL where it is NULL or empty) and the raw text of each mapped column as
 * `raw_1`, `raw_2`, … Of bytes, it is their hex.
 */
export const segmentRows = (scope: Scope, segment: SegmentSource, columns: readonly string[]): Sql => {
  const key = scope.dialect.asText(columnOf(segment.memberKey.column))
  const memberKey = segment.memberKey.hash
    ? sql`case when ${key} <> '' then ${scope.dialect.toHex(scope.dialect.sha256(key))} end`
    : sql`nullif(${key}, '')`
  const raw = columns.map((name, i) => {
    const column = columnOf(name)
    const text = segment.bytes?.includes(name) ? hexOf(scope, column) : column
    return sql`, ${scope.dialect.asText(text)} as ${sql.id(`raw_${i + 1}`)}`
  })
  return sql`select ${memberKey} as member_key${sql.join(raw, sql``)} from ${relation(segment)} as s${conditions(segment.where)}`
}

/** Bytes that are all printable are no digest but a text, of which 32 would look like one in hex: those get a prefix that is refused. */
const hexOf = ({ dialect }: Scope, bytes: Sql): Sql => {
  const hex = dialect.toHex(bytes)
  return sql`case when ${dialect.matches(hex, '^([2-6][0-9a-f]|7[0-9a-e]|0[9ad])+$')} then '0x' || ${hex} else ${hex} end`
}

const columnOf = (name: string): Sql => sql`s.${exactName(name)}`

/** The names of the columns a relation has: an empty result that carries them. */
export const segmentColumns = (segment: SegmentSource): Sql => sql`select * from ${relation(segment)} as s limit 0`

/** How many rows meet one condition; it reads the column, for only then a value that does not fit shows. */
export const countCondition = (segment: SegmentSource, one: SegmentCondition): Sql =>
  sql`select cast(count(*) as ${sqlType.text}) as n from ${relation(segment)} as s where ${condition(one)}`

const relation = ({ source }: SegmentSource): Sql => {
  if ('relation' in source) return exactName(...source.relation)
  if ('sql' in source) return sql`(${sql.raw(source.sql.replace(/;\s*$/, ''))}\n)`
  const columns = source.nobody.map((name) => sql`cast(null as ${sqlType.text}) as ${exactName(name)}`)
  return sql`(select * from (select ${sql.join(columns)}) as n where 1 = 0)`
}

const conditions = (where: readonly SegmentCondition[]): Sql =>
  where.length === 0 ? sql`` : sql` where ${sql.join(where.map(condition), sql` and `)}`

const condition = (c: SegmentCondition): Sql => {
  const column = columnOf(c.column)
  switch (c.operator) {
    case 'in':
      return sql`${column} in (${sql.join(c.values.map(literal))})`
    case 'not_in':
      return sql`${column} not in (${sql.join(c.values.map(literal))})`
    case 'is_null':
      return c.value ? sql`${column} is null` : sql`${column} is not null`
    default:
      return sql`${column} ${sql.raw(comparisons[c.operator])} ${literal(c.value)}`
  }
}

/** Bound as text; numbers and booleans are cast, so that they compare as what they are. */
const literal = (value: string | number | boolean): Sql => {
  if (typeof value === 'number')
    return sql`cast(${String(value)} as ${Number.isInteger(value) ? sqlType.integer : sqlType.fraction})`
  if (typeof value === 'boolean') return sql`cast(${String(value)} as ${sqlType.boolean})`
  return sql`${value}`
}
