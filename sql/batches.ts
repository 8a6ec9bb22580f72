import { sql } from 'kysely'
import { createRunTable } from './run-tables.ts'
import { createScratch, integer, type Scope, type Sql, text } from './scope.ts'
import { type BatchLayout, type Fence, type Lane, lanes, laneWidth, partOf, withTypes } from './units.ts'

/** How much fits into one request. Bytes of UTF-8. */
export interface BatchLimits {
  readonly maxBytes: number
  /** Absent: only bytes count. */
  readonly maxRows?: number
}

/** Every digest is written as 64 hex characters, so a batch's bytes are known before it is packed. */
const digestBytes = 64
const bytes = (fence: Fence): number => Buffer.byteLength(fence.open) + Buffer.byteLength(fence.close)
const comma = 1

/** Identifier types that travel, one a row. */
export const listTypes = (scope: Scope): Sql =>
  sql`select distinct field from ${scope.runTable('delta')} where leads order by field`

/** Bytes of one unit with the comma behind it: there are as many commas as values, wherever they stand. */
const unitBytes = (layout: BatchLayout): Sql => {
  const value = bytes(layout.value) + digestBytes + comma
  if (layout.rowPer === 'identifier') {
    const perType = Object.entries(layout.types).map(
      ([type, fence]) => sql` when ${text(type)} then ${integer(bytes(fence))}`,
    )
    return sql`sum(${integer(value + bytes(layout.row))} + case field${sql.join(perType, sql``)} end)`
  }
  const perType = Object.entries(layout.types).map(
    ([type, fence]) => sql` + max(case when field = ${type} then ${integer(bytes(fence))} else 0 end)`,
  )
  return sql`(count(*) * ${integer(value)} + ${integer(bytes(layout.row))}${sql.join(perType, sql``)})`
}

/**
 * Cuts the delta into batches (design section 3, step 9): numbers come from running sums within windows of units plus
 * a prefix sum over the windows, not from one global sort. Removes have the lower numbers. Makes the run tables
 * `batches(batch_no, op, field, members, identifiers, request_rows, bytes, first_unit, last_unit)` and
 * `spans(batch_no, part, first_unit, last_unit)`, by which a unit finds its batch: no row of the delta is written again.
 */
export const cutBatches = (
  scope: Scope,
  layout: BatchLayout,
  limits: BatchLimits,
  types: readonly string[],
  dry: boolean,
): readonly Sql[] => [
  createScratch(
    scope,
    'units',
    sql`select unit, count(*) as identifiers, ${layout.rowPer === 'identifier' ? sql`count(*)` : sql.raw('1')} as request_rows,
  ${unitBytes(withTypes(layout, types))} as bytes
from ${scope.runTable('delta')} where leads group by unit`,
  ),
  createScratch(scope, 'cuts', cuts(scope, layout, limits)),
  ...createRunTable(scope, 'batches', batches(scope, layout), dry),
  ...createRunTable(
    scope,
    'spans',
    sql`select batch_no, part, first_unit, last_unit from ${scope.scratch('cuts')}`,
    dry,
  ),
]

/**
 * What a unit takes of a request, and how much a request takes of it. Rows where no unit takes a larger part of the bytes
 * than of the rows, bytes where none takes a larger part of the rows, so that the requests are as few as that one limit
 * allows; the larger part, over a common denominator, only where units differ in it.
 */
const sizes = ({ envelopeBytes }: BatchLayout, { maxBytes, maxRows }: BatchLimits) => {
  const forRows = maxBytes - envelopeBytes
  if (maxRows === undefined) return { size: sql`bytes`, limit: integer(forRows), bound: sql`'bytes'` }
  const ofBytes = sql`bytes * ${integer(maxRows)}`
  const ofRows = sql`request_rows * ${integer(forRows)}`
  return {
    bound: sql`case when max(${ofBytes} - ${ofRows}) <= 0 then 'rows' when min(${ofBytes} - ${ofRows}) >= 0 then 'bytes' else 'both' end`,
    size: sql`case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(${ofBytes}, ${ofRows}) end`,
    limit: sql`case bound when 'rows' then ${integer(maxRows)} when 'bytes' then ${integer(forRows)} else ${integer(maxRows)} * ${integer(forRows)} end`,
  }
}

/**
 * The pieces that a batch has in each window. A unit's batch is named by how often the limit, less what the largest unit
 * may overhang, fits before its end.
 */
const cuts = (scope: Scope, layout: BatchLayout, limits: BatchLimits): Sql => {
  const { size, limit, bound } = sizes(layout, limits)
  return sql`with placed as (select *, unit - mod(unit, ${integer(laneWidth)}) as lane, ${partOf(sql`unit`)} as part from ${scope.scratch('units')}),
bounds as (select lane, ${bound} as bound from placed group by lane),
u as (select p.*, b.bound, ${size} as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, ${limit} - max(size) + 1) as fit from u group by lane, bound),
parts as (select lane, part, sum(size) as size from u group by lane, part),
starts as (select part, coalesce(sum(size) over (partition by lane order by part rows between unbounded preceding and 1 preceding), 0) as size from parts),
sums as (select u.*, cast(s.size + sum(u.size) over (partition by u.part order by u.unit) as bigint) as sum_size
  from u join starts as s on s.part = u.part),
named as (select s.*, s.sum_size - 1 - mod(s.sum_size - 1, f.fit) as cut from sums as s join fits as f on f.lane = s.lane)
select dense_rank() over (order by lane, cut) as batch_no, lane, part, min(unit) as first_unit, max(unit) as last_unit, count(*) as members, sum(identifiers) as identifiers,
  sum(request_rows) as request_rows, sum(bytes) as bytes
from named group by lane, part, cut`
}

const batches = (scope: Scope, layout: BatchLayout): Sql => {
  const ofLane = (value: (lane: Lane) => string | null): Sql =>
    sql`case lane${sql.join(
      lanes(layout).map((lane, n) => sql` when ${integer(n * laneWidth)} then ${text(value(lane))}`),
      sql``,
    )} end`
  return sql`select batch_no, ${ofLane((l) => l.op)} as op,
  ${ofLane((l) => l.type)} as field, cast(sum(members) as bigint) as members, cast(sum(identifiers) as bigint) as identifiers,
  cast(sum(request_rows) as bigint) as request_rows, cast(sum(bytes) as bigint) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from ${scope.scratch('cuts')} group by batch_no, lane`
}

/** All batches in the order they are sent; few and narrow. */
export const listBatches = (scope: Scope): Sql =>
  sql`select cast(b.batch_no as varchar) as batch_no, op, field, cast(members as varchar) as members,
  cast(identifiers as varchar) as identifiers, cast(request_rows as varchar) as request_rows, cast(bytes as varchar) as bytes,
  cast(first_unit as varchar) as first_unit, cast(last_unit as varchar) as last_unit
from ${scope.runTable('batches')} as b order by b.batch_no`
