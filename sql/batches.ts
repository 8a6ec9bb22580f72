import { sql } from 'kysely'
import { arrivalUnits } from './arrivals.ts'
import { fillRunTable } from './run-tables.ts'
import { createScratch, integer, type Scope, type Sql, sqlType, text, unionAll } from './scope.ts'
import {
  type BatchLayout,
  blankRowBytes,
  cellBytes,
  comma,
  digestBytes,
  fenceBytes,
  type Lane,
  lanes,
  laneWidth,
  type Packing,
  partOf,
} from './units.ts'

/** How much fits into one request. Bytes of UTF-8. */
export interface BatchLimits {
  readonly maxBytes: number
  /** Absent: only bytes count. */
  readonly maxRows?: number
}

/** Identifier types that travel, one a row. */
export const listTypes = (scope: Scope): Sql =>
  sql`select distinct field from ${scope.runTable('delta')} where leads order by field`

/** Bytes of one unit with the comma behind it: there are as many commas as values (or cells), wherever they stand. */
const unitBytes = ({ layout, types }: Packing): Sql => {
  if (layout.blank !== undefined) return positionalBytes({ layout, types }, layout.blank)
  if (layout.rowPer === 'identifier') {
    const perType = types.map((type) => ofField(type, cellBytes(layout, type)))
    return sql`sum(${integer(comma + fenceBytes(layout.row))}${sql.join(perType, sql``)})`
  }
  const perType = types.map((type) => {
    const cell = layout.types[type]
    const values = sql`count(case when field = ${type} then 1 end) * ${integer(fenceBytes(layout.value) + digestBytes(cell) + comma)}`
    return sql` + ${values} + max(case when field = ${type} then ${integer(cell ? fenceBytes(cell) : 0)} else 0 end)`
  })
  return sql`(${integer(fenceBytes(layout.row))}${sql.join(perType, sql``)})`
}

const ofField = (type: string, bytes: number): Sql =>
  sql` + case when field = ${text(type)} then ${sql.lit(bytes)} else 0 end`

/** Rows of blanks, and what each value is longer than the blank in whose place it stands. */
const positionalBytes = ({ layout, types }: Pick<Packing, 'layout' | 'types'>, blank: string): Sql => {
  const perType = types.map((type) => ofField(type, cellBytes(layout, type) - Buffer.byteLength(blank)))
  return sql`(${placesOf(types)} * ${integer(blankRowBytes(layout, blank, types.length))} + sum(0${sql.join(perType, sql``)}))`
}

/** Positional rows of a unit: as many as it has values of the type of which it has most. */
const placesOf = (types: readonly string[]): Sql =>
  sql`greatest(1${sql.join(
    types.map((type) => sql`, count(case when field = ${type} then 1 end)`),
    sql``,
  )})`

const rowsOfUnit = ({ layout, types }: Packing): Sql => {
  if (layout.rowPer === 'identifier') return sql`count(*)`
  return layout.blank === undefined ? sql.raw('1') : placesOf(types)
}

/** Scratch `units(unit, identifiers, request_rows, bytes)`. */
const createUnits = (scope: Scope, packing: Packing): Sql => {
  const ofArrivals = arrivalUnits(scope, packing).map(
    ({ unit, identifiers, bytes, exists }) =>
      sql`select ${unit}, ${identifiers}, 1, ${bytes} from ${scope.runTable('arrivals')} where ${exists}`,
  )
  const ofOthers = sql`select unit, count(*) as identifiers, ${rowsOfUnit(packing)} as request_rows,
  ${unitBytes(packing)} as bytes
from ${scope.runTable('delta_rows')} where leads group by unit`
  return createScratch(scope, 'units', unionAll([ofOthers, ...ofArrivals]))
}

/**
 * Cuts the delta into batches (design section 3, step 9): numbers come from a prefix sum over windows of units and from
 * running sums within the windows in which a batch ends, not from one global sort. Removes have the lower numbers. Makes
 * the run tables `batches(batch_no, op, field, members, identifiers, request_rows, bytes, first_unit, last_unit)` and
 * `spans(batch_no, part, first_unit, last_unit)`, by which a unit finds its batch: no row of the delta is written again.
 */
export const cutBatches = (scope: Scope, packing: Packing, limits: BatchLimits, dry: boolean): readonly Sql[] => [
  createUnits(scope, packing),
  createScratch(scope, 'cuts', cuts(scope, packing.layout, limits)),
  fillRunTable(scope, 'batches', batches(scope, packing.layout), dry),
  fillRunTable(scope, 'spans', sql`select batch_no, part, first_unit, last_unit from ${scope.scratch('cuts')}`, dry),
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
  const name = (end: Sql): Sql => sql`${end} - 1 - mod(${end} - 1, fit)`
  const totals = sql`min(unit) as first_unit, max(unit) as last_unit, count(*) as members, sum(identifiers) as identifiers,
  sum(request_rows) as request_rows, sum(bytes) as bytes`
  return sql`with placed as (select *, unit - mod(unit, ${integer(laneWidth)}) as lane, ${partOf(sql`unit`)} as part from ${scope.scratch('units')}),
bounds as (select lane, ${bound} as bound from placed group by lane),
u as (select p.*, b.bound, ${size} as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, ${limit} - max(size) + 1) as fit from u group by lane, bound),
parts as (select p.*, f.fit, p.size_before + p.size as size_after from (select lane, part, sum(size) as size,
  coalesce(sum(sum(size)) over (partition by lane order by part rows between unbounded preceding and 1 preceding), 0) as size_before,
  ${totals} from u group by lane, part) as p join fits as f on f.lane = p.lane),
whole as (select *, ${name(sql`(size_before + 1)`)} as cut from parts where ${name(sql`(size_before + 1)`)} = ${name(sql`size_after`)}),
split as (select u.*, p.fit, p.size_before + sum(u.size) over (partition by u.part order by u.unit) as size_after
  from u join (select part, fit, size_before from parts where part not in (select part from whole)) as p on p.part = u.part),
pieces as (select lane, part, cut, first_unit, last_unit, members, identifiers, request_rows, bytes from whole
  union all select lane, part, cut, ${totals} from (select *, ${name(sql`size_after`)} as cut from split) as s group by lane, part, cut)
select dense_rank() over (order by lane, cut) as batch_no, * from pieces`
}

const batches = (scope: Scope, layout: BatchLayout): Sql => {
  const ofLane = (value: (lane: Lane) => string | null): Sql =>
    sql`case lane${sql.join(
      lanes(layout).map((lane, n) => sql` when ${integer(n * laneWidth)} then ${text(value(lane))}`),
      sql``,
    )} end`
  return sql`select batch_no, ${ofLane((l) => l.op)} as op,
  ${ofLane((l) => l.type)} as field, cast(sum(members) as ${sqlType.integer}) as members, cast(sum(identifiers) as ${sqlType.integer}) as identifiers,
  cast(sum(request_rows) as ${sqlType.integer}) as request_rows, cast(sum(bytes) as ${sqlType.integer}) as bytes,
  min(first_unit) as first_unit, max(last_unit) as last_unit
from ${scope.scratch('cuts')} group by batch_no, lane`
}

/** All batches in the order they are sent; few and narrow. */
export const listBatches = (scope: Scope): Sql =>
  sql`select cast(b.batch_no as ${sqlType.text}) as batch_no, op, field, cast(members as ${sqlType.text}) as members,
  cast(identifiers as ${sqlType.text}) as identifiers, cast(request_rows as ${sqlType.text}) as request_rows, cast(bytes as ${sqlType.text}) as bytes,
  cast(first_unit as ${sqlType.text}) as first_unit, cast(last_unit as ${sqlType.text}) as last_unit
from ${scope.runTable('batches')} as b order by b.batch_no`
