import { countDelta, countHolds, countRejections, measureDelta, measureStanding } from '../../sql/guards.ts'
import type { MappedColumn } from '../../sql/wanted.ts'
import type { Row } from '../warehouse/warehouse.ts'
import type { DeltaContext } from './delta.ts'

/** What the one narrow scan of the segment counted. */
export interface SegmentMeasures {
  readonly rows: number
  readonly nullKeys: number
  /** Members of K. */
  readonly changed: number
}

/** Numbers by reason. */
export type Reasons = Readonly<Record<string, number>>

/** What the check of one field's values came to. */
export interface FieldMeasures {
  /** As users map it. */
  readonly field: string
  readonly checked: number
  readonly rejected: number
  /** Of the rejected values; one that a member has in several rows counts once here. */
  readonly reasons: Reasons
  /** Valid, wanted and not sent: placeholders, and what is in quarantine. */
  readonly held: Reasons
}

/** What the delta would do; see `sql/guards.ts`. */
export interface DeltaMeasures {
  readonly emptied: number
  readonly touched: number
  readonly segmentMembersChange: number
  /** Changed members of whom the segment has several rows. */
  readonly severalRows: number
  readonly reachableMembersChange: number
  /** In the order of the mapping. */
  readonly fields: readonly FieldMeasures[]
  /** Identifiers by reason, also those that belong to no field. */
  readonly rejections: Reasons
  /** Wanted and not sent, by reason. */
  readonly holds: Reasons
  /** By operation: add, remove, keep, hold. */
  readonly rows: Readonly<
    Record<string, { readonly identifiers: number; readonly confirmedBefore: number; readonly waiting: number }>
  >
}

export const number = (row: Row | undefined, column: string): number => {
  const value = row?.[column]
  if (value === null || value === undefined) throw new Error(`The warehouse gave no ${column}`)
  return Number(value)
}

/** `values`: what `countValues` gave. */
export const measure = async (
  { scope, columns, warehouse }: DeltaContext,
  values: Row | undefined,
): Promise<Omit<DeltaMeasures, 'severalRows'>> => {
  const [delta] = await warehouse.rows('guards', measureDelta(scope))
  const [standing] = await warehouse.rows('guards', measureStanding(scope))
  const rejections = await warehouse.rows('guards', countRejections(scope))
  const counted = await warehouse.rows('guards', countDelta(scope, columns.length))
  const rows = Object.fromEntries(
    counted.map((row) => [
      row.op ?? '',
      {
        identifiers: number(row, 'identifiers'),
        confirmedBefore: number(row, 'confirmed_before'),
        waiting: number(row, 'waiting'),
      },
    ]),
  )
  const held = (rows.hold?.identifiers ?? 0) > 0 ? await warehouse.rows('guards', countHolds(scope)) : []
  return {
    emptied: number(delta, 'emptied'),
    touched: number(delta, 'touched'),
    segmentMembersChange: number(standing, 'segment_members'),
    reachableMembersChange: number(standing, 'reachable_members'),
    fields: fieldMeasures(columns, values, rejections, held),
    rejections: byReason(rejections),
    holds: byReason(held),
    rows,
  }
}

/** `held` names types, as the ledger does. */
const fieldMeasures = (
  columns: readonly MappedColumn[],
  values: Row | undefined,
  rejections: readonly Row[],
  held: readonly Row[],
): readonly FieldMeasures[] =>
  [
    ...Map.groupBy(
      columns.map((column, i) => ({ ...column, n: i + 1 })),
      ({ field }) => field,
    ),
  ].map(([field, own]) => {
    const sum = (name: string): number => own.reduce((total, { n }) => total + number(values, `${name}_${n}`), 0)
    const types = own.map(({ type }) => type)
    return {
      field,
      checked: sum('checked'),
      rejected: sum('rejected'),
      reasons: byReason(rejections.filter((row) => row.field === field)),
      held: byReason(held.filter((row) => types.includes(row.field ?? ''))),
    }
  })

/** Added up over fields. */
export const byReason = (rows: readonly Row[]): Reasons => {
  const sum: Record<string, number> = {}
  for (const row of rows) {
    const reason = row.reason ?? ''
    sum[reason] = (sum[reason] ?? 0) + number(row, 'identifiers')
  }
  return sum
}
