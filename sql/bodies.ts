import { sql } from 'kysely'
import { integer, type Scope, type Sql, text } from './scope.ts'
import { type BatchLayout, inSpan } from './units.ts'

/** Neighbouring batches. */
export interface BatchRange {
  readonly first: number
  readonly last: number
  readonly firstUnit: string
  readonly lastUnit: string
}

/**
 * The rows of some batches, one result row per batch: batch_no, the text of all its rows as the destination writes them,
 * and how many they are. No member key is in it. `layout` with the types that travel. Three batches of X at once cost
 * two thirds of what they cost one by one.
 */
export const packBatches = (scope: Scope, layout: BatchLayout, range: BatchRange): Sql =>
  sql`select cast(batch_no as varchar) as batch_no, cast(sum(request_rows) as varchar) as request_rows,
  ${scope.dialect.joinTexts(sql.id('body'))} as body
from (${bodies(scope, layout, range)}) as b group by batch_no`

/** The rows of each unit: `batch_no, request_rows, body`. */
const bodies = (scope: Scope, layout: BatchLayout, range: BatchRange): Sql => {
  const perMember = layout.rowPer === 'member'
  return sql`select s.batch_no, ${perMember ? sql.raw('1') : sql`count(*)`} as request_rows,
  ${perMember ? rowOfMember(scope, layout) : rowsOfIdentifiers(scope, layout)} as body
from ${scope.runTable('delta')} as d join ${scope.runTable('spans')} as s on ${inSpan(sql.id('d', 'unit'), 's')}
where d.leads and d.unit between ${integer(range.firstUnit)} and ${integer(range.lastUnit)}
  and s.batch_no between ${integer(range.first)} and ${integer(range.last)}
group by s.batch_no, d.unit`
}

const valueText = ({ dialect }: Scope, { value }: BatchLayout): Sql =>
  dialect.concat([text(value.open), dialect.toHex(sql.id('d', 'digest')), text(value.close)])

/** One aggregate per type beside the others, each with the comma before it: NULL and so empty where a member has none. */
const rowOfMember = (scope: Scope, layout: BatchLayout): Sql => {
  const { dialect } = scope
  const perType = Object.entries(layout.types).map(([type, { open, close }]) => {
    const values = dialect.joinTexts(sql`case when d.field = ${type} then ${valueText(scope, layout)} end`)
    return sql`${text(`,${open}`)} || ${values} || ${text(close)}`
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
