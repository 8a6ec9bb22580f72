import { sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { waitingAdds } from './quarantine.ts'
import { columnNames } from './run-tables.ts'
import { createScratch, integer, type RunView, type Scope, type Sql, sqlType, unionAll } from './scope.ts'
import { blankRowBytes, cellBytes, comma, fenceBytes, type LaneLayout, laneOf, type Packing } from './units.ts'
import type { MappedColumn, Repeats } from './wanted.ts'

/**
 * Arrivals are changed members of whom the ledger has nothing, with one row in which everything is valid and nothing is a
 * placeholder or in quarantine: nearly everybody in a first sync. They stay stored as they were read, one row a member
 * (run table `arrivals(member_no, member_key, fingerprint, digest_1, reason_1, …)`), and `delta` and `delta_members` are
 * views in which they stand like everybody else. It saves writing a million rows once more, and two million rows of a
 * delta (1.7 s of 11 at 1 M members).
 */

const digest = (n: number): Sql => sql.id(`digest_${n}`)

/**
 * Scratch `others(member_no)`: the changed members who do not simply arrive. Whoever has any row in the ledger is one of
 * them, also a row that the comparison found unchanged: of several rows of a member, the source may have lost that one
 * before the one read. Whoever is due is one, also if nothing is left of him: his date is to be consumed.
 */
export const createOthers = (scope: Scope, columns: readonly MappedColumn[], repeats: Repeats, dry: boolean): Sql => {
  const [changed, read, wanted] = [
    scope.scratch('changed_members'),
    scope.scratch('read_members'),
    scope.scratch('wanted'),
  ]
  if (repeats.columns) return createScratch(scope, 'others', sql`select member_no from ${changed}`)
  const refused = sql`select field, digest from ${scope.scratch('placeholders')}
union all select field, digest from ${waitingAdds(scope, dry)} as a`
  const flawed = sql.join(
    columns.map((_, i) => sql`${sql.id(`reason_${i + 1}`)} is not null`),
    sql` or `,
  )
  const nothing = sql.join(
    columns.map((_, i) => sql`${digest(i + 1)} is null`),
    sql` and `,
  )
  return createScratch(
    scope,
    'others',
    sql`select c.member_no from ${changed} as c join ${scope.runTable('members_before')} as l on l.member_key = c.member_key
union distinct select member_no from ${scope.scratch('changed_or_kept')} where member_no is not null
union distinct select w.member_no from ${wanted} as w join (${refused}) as r on r.field = w.field and r.digest = w.digest
union distinct select member_no from ${scope.scratch('several')}
union distinct select member_no from ${changed} where due
union distinct select member_no from ${read} where ${flawed} or (${nothing})`,
  )
}

/** Everybody read stands in `arrivals`; the others leave it when their own rows are made. Nothing reads `read_members` after that. */
export const leaveArrivals = (scope: Scope): Sql =>
  sql`delete from ${scope.runTable('arrivals')} where member_no in (select member_no from ${scope.scratch('others')})`

/** Their rows of the delta. Literals only, for this stands in a view; and one scan, so that all threads can insert from it. */
export const arrivalDelta = (scope: Scope, layout: LaneLayout, columns: readonly MappedColumn[]): Sql => {
  const fields = unionAll(
    columns.map(
      ({ type }, i) =>
        sql`select ${sql.lit(i + 1)} as n, cast(${sql.lit(type)} as ${sqlType.text}) as field, ${sql.lit(laneOf(layout, { op: 'add', type }))} as lane`,
    ),
  )
  const value = sql`case f.n${sql.join(
    columns.map((_, i) => sql` when ${sql.lit(i + 1)} then ${digest(i + 1)}`),
    sql``,
  )} end`
  return sql`select cast('add' as ${sqlType.text}), a.member_no, f.lane + a.member_no, true, a.member_key, f.field, ${value}, 0, false, false, null, null
from ${scope.runTable('arrivals')} as a cross join (${fields}) as f where ${value} is not null`
}

/** Their rows of `delta_members`. */
export const arrivalMembers = (scope: Scope): Sql =>
  sql`select member_no, member_key, true, fingerprint, 2, true from ${scope.runTable('arrivals')}`

/** Arrivals of whom something was not accepted are none: their rows move to where everybody else's are. In settle. */
export const demoteArrivals = (scope: Scope): readonly Sql[] => {
  const troubled = sql`member_no in (select member_no from ${scope.scratch('trouble')})`
  const move = (table: 'delta_rows' | 'delta_member_rows', view: RunView): Sql =>
    sql`insert into ${scope.runTable(table)} (${columnNames(table)}) select ${columnNames(table)} from ${scope.runTable(view)}
where member_no in (select member_no from ${scope.runTable('arrivals')} where ${troubled})`
  return [
    move('delta_rows', 'delta'),
    move('delta_member_rows', 'delta_members'),
    sql`delete from ${scope.runTable('arrivals')} where ${troubled}`,
  ]
}

const unitOfColumn = (layout: LaneLayout, type: string): Sql =>
  sql`${sql.lit(laneOf(layout, { op: 'add', type }))} + member_no`

/** How one unit of an arrival is written. */
interface ArrivalUnit {
  readonly unit: Sql
  readonly identifiers: Sql
  readonly body: Sql
  readonly bytes: Sql
  /** Where there is such a unit. */
  readonly exists: Sql
}

/** The units of arrivals: one a member, or one a column where a row is one identifier. */
export const arrivalUnits = ({ dialect }: Scope, { layout, types, columns }: Packing): readonly ArrivalUnit[] => {
  const cells = columns.flatMap(({ type }, i) => {
    const fence = layout.types[type]
    if (!fence || !types.includes(type)) return []
    const [open, close] = [fence.open + layout.value.open, layout.value.close + fence.close]
    return [{ type, open, close, value: digest(i + 1), bytes: cellBytes(layout, type) }]
  })
  if (cells.length === 0) return []
  const rowBytes = fenceBytes(layout.row)
  if (layout.rowPer === 'identifier') {
    return cells.map(({ type, open, close, value, bytes }) => ({
      unit: unitOfColumn(layout, type),
      identifiers: sql.raw('1'),
      body: dialect.concat([sql.lit(layout.row.open + open), dialect.toHex(value), sql.lit(close + layout.row.close)]),
      bytes: integer(bytes + comma + rowBytes),
      exists: sql`${value} is not null`,
    }))
  }
  const sum = (per: (bytes: number) => number): Sql =>
    sql.join(
      cells.map(({ value, bytes }) => sql`case when ${value} is not null then ${sql.lit(per(bytes))} else 0 end`),
      sql` + `,
    )
  const { blank } = layout
  const empty = blank === undefined ? rowBytes : blankRowBytes(layout, blank, types.length)
  const perValue = blank === undefined ? comma : -Buffer.byteLength(blank)
  const texts = blank === undefined ? cells.flatMap(cellTexts(dialect)) : placedTexts(dialect, types, cells, blank)
  return [
    {
      unit: unitOfColumn(layout, columns[0]?.type ?? ''),
      identifiers: sql`(${sum(() => 1)})`,
      body: dialect.concat([sql.lit(layout.row.open), ...texts, sql.lit(layout.row.close)]),
      bytes: sql`(${sql.lit(empty)} + ${sum((bytes) => bytes + perValue)})`,
      exists: sql.raw('true'),
    },
  ]
}

/** A cell for each type, the blank where a member has no such identifier. */
const placedTexts = (
  dialect: Dialect,
  types: readonly string[],
  cells: readonly (Cell & { readonly type: string })[],
  blank: string,
): readonly Sql[] =>
  types.flatMap((type, i) => {
    const cell = cells.find((c) => c.type === type)
    const separator = i === 0 ? [] : [sql.lit(',')]
    if (!cell) return [...separator, sql.lit(blank)]
    const text = dialect.concat([sql.lit(cell.open), dialect.toHex(cell.value), sql.lit(cell.close)])
    return [...separator, sql`case when ${cell.value} is null then ${sql.lit(blank)} else ${text} end`]
  })

interface Cell {
  readonly open: string
  readonly close: string
  readonly value: Sql
}

/** Parts of one flat concatenation, each NULL where the digest is: half the time of texts put together from texts. */
const cellTexts =
  (dialect: Dialect) =>
  ({ open, close, value }: Cell, i: number, cells: readonly Cell[]): readonly Sql[] => {
    const where = (condition: Sql, text: string): Sql => sql`case when ${condition} then ${sql.lit(text)} end`
    const here = sql`${value} is not null`
    const before = cells.slice(0, i).map((cell) => sql`${cell.value} is not null`)
    const separator = before.length === 0 ? [] : [where(sql`${here} and (${sql.join(before, sql` or `)})`, ',')]
    return [...separator, where(here, open), dialect.toHex(value), where(here, close)]
  }
