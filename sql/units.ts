import { sql } from 'kysely'
import { integer, type Scope, type Sql } from './scope.ts'
import type { MappedColumn } from './wanted.ts'

/** How a destination writes the rows of a batch, and what stands around them in a request. */
export interface BatchLayout {
  readonly rowPer: 'member' | 'identifier'
  /** Rows are positional: a cell for each type that travels, with one value or with this text. */
  readonly blank?: string
  readonly row: Fence
  readonly types: Readonly<Record<string, Cell>>
  readonly value: Fence
  readonly envelopeBytes: number
}
export interface Fence {
  readonly open: string
  readonly close: string
}
export interface Cell extends Fence {
  /** Hex characters of a digest; 64 (SHA-256) unless said. */
  readonly digits?: number
}

/** How the rows of a delta are written: the layout, the types that travel (others need not be asked for), the columns of arrivals. */
export interface Packing {
  readonly layout: BatchLayout
  readonly types: readonly string[]
  readonly columns: readonly MappedColumn[]
}

/** A digest of a type is always as long, so the bytes of a batch are known before it is packed. */
export const digestBytes = (cell: Cell | undefined): number => cell?.digits ?? 64
export const comma = 1
export const fenceBytes = (fence: Fence): number => Buffer.byteLength(fence.open) + Buffer.byteLength(fence.close)

/** Of one value of this type in a cell of its own, without commas. */
export const cellBytes = ({ types, value }: BatchLayout, type: string): number =>
  fenceBytes(types[type] ?? { open: '', close: '' }) + fenceBytes(value) + digestBytes(types[type])
/** Of a positional row without any value, with the comma behind it. */
export const blankRowBytes = ({ row }: BatchLayout, blank: string, cells: number): number =>
  fenceBytes(row) + cells * (Buffer.byteLength(blank) + comma)

/** Units whose sizes are added up together; only where a batch ends within them are they looked at one by one. */
const windowUnits = 1000

/** A lane holds what may share a batch: one operation, and one identifier type where a batch is of one type. */
export const laneWidth = 1_000_000_000_000

export interface Lane {
  readonly op: 'remove' | 'add'
  readonly type: string | null
}
/** What decides which lane an identifier travels in. */
export type LaneLayout = Pick<BatchLayout, 'rowPer' | 'types'>

/** Lanes in the order they are sent: removes first. */
export const lanes = (layout: LaneLayout): readonly Lane[] => {
  const types = layout.rowPer === 'identifier' ? Object.keys(layout.types) : [null]
  return (['remove', 'add'] as const).flatMap((op) => types.map((type) => ({ op, type })))
}

/** Where the units of a lane begin. */
export const laneOf = (
  layout: LaneLayout,
  { op, type }: { readonly op: Lane['op']; readonly type: string },
): number => {
  const lane = lanes(layout).findIndex((l) => l.op === op && (l.type === null || l.type === type))
  if (lane < 0) throw new Error(`The layout has no identifier type ${type}`)
  return lane * laneWidth
}

/**
 * The number of a unit (the identifiers of a member that stay together): its lane and the member who sends it, `send_no`,
 * in one integer. NULL for what never travels. Units of a lane, and so of a batch, are neighbours.
 */
export const unitOf = (layout: LaneLayout): Sql => {
  const cases = lanes(layout).map(({ op, type }, lane) => {
    const ofType = type === null ? sql`` : sql` and field = ${type}`
    return sql` when op = ${op}${ofType} then ${integer(lane * laneWidth)}`
  })
  return sql`(case${sql.join(cases, sql``)} end + send_no)`
}

/** The window of units that a unit is in. */
export const partOf = (unit: Sql): Sql => sql`${unit} - mod(${unit}, ${integer(windowUnits)})`
/** Is the unit in the span (a row with part, first_unit and last_unit) called `alias`? */
export const inSpan = (unit: Sql, alias: string): Sql =>
  sql`${sql.id(alias, 'part')} = ${partOf(unit)} and ${unit} between ${sql.id(alias, 'first_unit')} and ${sql.id(alias, 'last_unit')}`

/** `batch_no, unit, row_no` of some batches (a query of their numbers): row_no counts the units of a batch from 1. */
export const batchRows = (scope: Scope, batches: Sql): Sql =>
  sql`select s.batch_no, d.unit, row_number() over (partition by s.batch_no order by d.unit) as row_no
from ${scope.runTable('spans')} as s join ${scope.runTable('delta')} as d on ${inSpan(sql.id('d', 'unit'), 's')}
where s.batch_no in (${batches}) group by s.batch_no, d.unit`
