import { sql } from 'kysely'
import { arrivalUnits } from './arrivals.ts'
import { integer, type Scope, type Sql, sqlType, text, unionAll } from './scope.ts'
import { type BatchLayout, batchRows, inSpan, type Packing } from './units.ts'

/** Neighbouring batches. */
export interface BatchRange {
  readonly first: number
  readonly last: number
  readonly firstUnit: string
  readonly lastUnit: string
}

/**
 * The rows of some batches, one result row per batch: batch_no, the text of all its rows as the destination writes them,
 * and how many they are. No member key is in it. Three batches of X at once cost two thirds of what they cost one by one.
 */
export const packBatches = (scope: Scope, packing: Packing, range: BatchRange): Sql =>
  sql`select cast(batch_no as ${sqlType.text}) as batch_no, cast(sum(request_rows) as ${sqlType.text}) as request_rows,
  ${scope.dialect.joinTexts(sql.id('body'))} as body
from (${unionAll([bodiesOfOthers(scope, packing, range), ...bodiesOfArrivals(scope, packing, range)])}) as b group by batch_no`

/**
 * The rows of one batch as they can be sent by themselves: one result row with a line for each unit, in the order of
 * `batchRows`: `body`, `request_rows`, `identifiers`. For a batch that was refused.
 */
export const packRows = (scope: Scope, packing: Packing, range: BatchRange): Sql => {
  const lines = (column: string): Sql =>
    sql`${scope.dialect.joinLines(sql`cast(${sql.id(column)} as ${sqlType.text})`, sql.id('unit'))} as ${sql.id(column)}`
  return sql`select ${lines('body')}, ${lines('request_rows')}, ${lines('identifiers')}
from (${unionAll([bodiesOfOthers(scope, packing, range), ...bodiesOfArrivals(scope, packing, range)])}) as b`
}

/** Field and digest (hex) of what one row of a batch holds. */
export const listIdentifiers = (scope: Scope, batchNo: number, rowNo: number): Sql =>
  sql`select d.field, ${scope.dialect.toHex(sql`d.digest`)} as digest from ${scope.runTable('delta')} as d
join (${batchRows(scope, integer(batchNo))}) as r on r.unit = d.unit where r.row_no = ${integer(rowNo)} and d.leads order by d.field, d.digest`

const within = (unit: Sql, range: BatchRange): Sql =>
  sql`${unit} between ${integer(range.firstUnit)} and ${integer(range.lastUnit)}
  and s.batch_no between ${integer(range.first)} and ${integer(range.last)}`

const bodiesOfOthers = (scope: Scope, packing: Packing, range: BatchRange): Sql => {
  const { layout, types } = packing
  if (layout.blank !== undefined) return positionalBodies(scope, packing, layout.blank, range)
  const [perMember, unit] = [layout.rowPer === 'member', sql.id('d', 'unit')]
  return sql`select s.batch_no, d.unit, count(*) as identifiers, ${perMember ? sql.raw('1') : sql`count(*)`} as request_rows,
  ${perMember ? rowOfMember(scope, layout, types) : rowsOfIdentifiers(scope, layout)} as body
from ${scope.runTable('delta_rows')} as d join ${scope.runTable('spans')} as s on ${inSpan(unit, 's')}
where d.leads and ${within(unit, range)} group by s.batch_no, d.unit`
}

/** The nth row of a unit has the nth value of each type. */
const positionalBodies = (scope: Scope, { layout, types }: Packing, blank: string, range: BatchRange): Sql => {
  const { dialect } = scope
  const unit = sql.id('d', 'unit')
  const cells = types.map((type) => {
    const { open, close } = layout.types[type] ?? { open: '', close: '' }
    const cell = dialect.concat([text(open), valueText(scope, layout), text(close)])
    return sql`coalesce(max(case when d.field = ${type} then ${cell} end), ${text(blank)})`
  })
  const row = dialect.concat([
    text(layout.row.open),
    ...cells.flatMap((cell, i) => (i === 0 ? [cell] : [text(','), cell])),
    text(layout.row.close),
  ])
  const placed = sql`select s.batch_no, d.unit, d.field, d.digest, row_number() over (partition by d.unit, d.field order by d.digest) as place
from ${scope.runTable('delta_rows')} as d join ${scope.runTable('spans')} as s on ${inSpan(unit, 's')}
where d.leads and ${within(unit, range)}`
  return sql`select batch_no, unit, sum(identifiers) as identifiers, count(*) as request_rows, ${dialect.joinTexts(sql.id('body'))} as body
from (select batch_no, unit, count(*) as identifiers, ${row} as body from (${placed}) as d group by batch_no, unit, place) as r group by batch_no, unit`
}

const bodiesOfArrivals = (scope: Scope, packing: Packing, range: BatchRange): readonly Sql[] =>
  arrivalUnits(scope, packing).map(
    ({ unit, identifiers, body, exists }) => sql`select s.batch_no, a.unit, a.identifiers, 1, a.body
from (select ${unit} as unit, ${identifiers} as identifiers, ${body} as body from ${scope.runTable('arrivals')} where ${exists}) as a
join ${scope.runTable('spans')} as s on ${inSpan(sql.id('a', 'unit'), 's')} where ${within(sql.id('a', 'unit'), range)}`,
  )

const valueText = ({ dialect }: Scope, { value }: BatchLayout): Sql =>
  dialect.concat([sql.lit(value.open), dialect.toHex(sql.id('d', 'digest')), sql.lit(value.close)])

/** One aggregate per type beside the others, each with the comma before it: NULL and so empty where a member has none. */
const rowOfMember = (scope: Scope, layout: BatchLayout, types: readonly string[]): Sql => {
  const { dialect } = scope
  const perType = types.map((type) => {
    const { open, close } = layout.types[type] ?? { open: '', close: '' }
    const values = dialect.joinTexts(sql`case when d.field = ${type} then ${valueText(scope, layout)} end`)
    return sql`${sql.lit(`,${open}`)} || ${values} || ${sql.lit(close)}`
  })
  return dialect.concat([text(layout.row.open), sql`substr(${dialect.concat(perType)}, 2)`, text(layout.row.close)])
}

const rowsOfIdentifiers = (scope: Scope, layout: BatchLayout): Sql => {
  const { dialect } = scope
  const fence = (side: 'open' | 'close'): Sql =>
    sql`case d.field${sql.join(
      Object.entries(layout.types).map(([type, f]) => sql` when ${text(type)} then ${text(f[side])}`),
      sql``,
    )} end`
  const row = [text(layout.row.open), fence('open'), valueText(scope, layout), fence('close'), text(layout.row.close)]
  return dialect.joinTexts(dialect.concat(row))
}
