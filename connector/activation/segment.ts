import { countCondition, segmentColumns } from '../../sql/segment.ts'
import type { Activation } from '../config/activation.ts'
import { nearest } from '../config/nearest.ts'
import { type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { exits, RunStopped } from './stop.ts'

const unreadable: Readonly<Record<string, string>> = {
  sql_syntax: 'cannot be parsed',
  no_such_relation: 'does not exist, or reads something that does not',
  no_such_column: 'names a column that does not exist, or one of a type that does not fit',
}

interface Probe {
  readonly activation: Activation
  readonly warehouse: Warehouse
}

/** Does the segment's relation have every column the activation reads? Throws RunStopped (78) naming all that are missing. */
export const probeSegment = async ({ activation, warehouse }: Probe): Promise<void> => {
  const { segment, fields } = activation
  const source = 'relation' in segment.source ? `relation ${segment.source.relation.join('.')}` : 'its sql'
  let columns: readonly string[]
  try {
    columns = await warehouse.columns('segment', segmentColumns(segment))
  } catch (error) {
    if (!(error instanceof WarehouseError) || error.fault !== 'configuration') throw error
    const why = unreadable[error.code] ?? 'cannot be read'
    throw new RunStopped(
      exits.configuration,
      error.code,
      `Segment ${segment.name}: ${source} ${why}; correct segments.${segment.name} in tidemark.yml, or build the relation first.`,
    )
  }
  const there = new Set(columns.map((c) => c.toLowerCase()))
  const wanted = [segment.memberKey.column, ...fields.map((f) => f.column), ...segment.where.map((w) => w.column)]
  const missing = [...new Set(wanted)].filter((column) => !there.has(column.toLowerCase()))
  if (missing.length === 0) return
  const hints = missing.map((column) => {
    const near = nearest(column, columns)
    return near === undefined ? `"${column}"` : `"${column}" (did you mean "${near}"?)`
  })
  throw new RunStopped(
    exits.configuration,
    'no_such_column',
    `Segment ${segment.name}: ${source} has no column ${hints.join(', ')}; correct ${placesOf(activation, missing).join(' and ')} in tidemark.yml.`,
  )
}

/** Where the file names these columns. */
const placesOf = (
  { name, segment, fields, destination }: Activation,
  columns: readonly string[],
): readonly string[] => {
  const names = (column: string): boolean => columns.includes(column)
  const inSegment = names(segment.memberKey.column) || segment.where.some((w) => names(w.column))
  return [
    ...(inSegment ? [`segments.${segment.name}`] : []),
    ...(fields.some((f) => names(f.column))
      ? [`the fields of ${name} (its own or destinations.${destination.name}.defaults.fields)`]
      : []),
  ]
}

/** Can every condition of `where` be answered? It reads the columns they are about. Throws RunStopped (78) naming all that cannot. */
export const probeFilters = async ({ activation: { segment }, warehouse }: Probe): Promise<void> => {
  const misfits: string[] = []
  for (const [i, condition] of segment.where.entries()) {
    try {
      await warehouse.rows('filter', countCondition(segment, condition))
    } catch (error) {
      if (!(error instanceof WarehouseError) || error.fault !== 'configuration') throw error
      misfits.push(`segments.${segment.name}.where[${i}] (${condition.operator} on "${condition.column}")`)
    }
  }
  if (misfits.length === 0) return
  throw new RunStopped(
    exits.configuration,
    'sql_value',
    `Segment ${segment.name}: ${misfits.join(' and ')} cannot be compared with what the column holds; correct the value in tidemark.yml, or cast the column in the relation.`,
  )
}
