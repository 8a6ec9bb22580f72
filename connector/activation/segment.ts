import { countCondition, segmentColumns } from '../../sql/segment.ts'
import { type Activation, columnsOf, type Segment } from '../config/activation.ts'
import { candidates, didYouMeanOneOf } from '../config/nearest.ts'
import { quote } from '../config/problems.ts'
import { relationText } from '../config/relation.ts'
import { type Column, type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { holdsTemplates, placeIn } from './segment-place.ts'
import { exits, RunStopped } from './stop.ts'

const unreadable: Readonly<Record<string, string>> = {
  sql_syntax: 'cannot be parsed',
  sql_several: 'holds more than one statement, of which none was run',
  sql_parameters: 'has a parameter ($1 or ?), which nothing fills',
  sql_extension: 'calls a function that the warehouse does not have, or needs an extension that is not installed',
  no_such_relation: 'does not exist, or reads something that does not',
  warehouse_no_schema: 'reads a schema or dataset that does not exist',
  no_such_column: 'names a column that does not exist, or one of a type that does not fit',
}

interface Probe {
  readonly activation: Activation
  readonly warehouse: Warehouse
}

/**
 * Does the segment's relation have every column the activation reads, and can what is mapped be read as text, or as the
 * bytes of digests? Throws RunStopped (78) naming all that are missing or cannot. The mapped columns that hold bytes.
 */
export const probeSegment = async (probe: Probe): Promise<readonly string[]> => {
  const columns = await readColumns(probe)
  const { foldsNames } = probe.warehouse.dialect
  const same = (name: string): string => (foldsNames ? name.toLowerCase() : name)
  const wrong = [
    missingColumns(probe.activation, columns, same),
    misfitColumns(probe.activation, columns, same),
  ].filter((problem) => problem !== null)
  const [first] = wrong
  if (first === undefined) return bytesOf(probe.activation, columns, same)
  const { segment } = probe.activation
  const says = wrong.map(({ says: text }) => text).join(' It also ')
  throw new RunStopped(exits.configuration, first.code, `Segment ${segment.name}: ${sourceOf(segment)} ${says}`)
}

/** What is asked, with what its segment turned out to hold. */
export const probed = async <Asked extends Probe>(asked: Asked): Promise<Asked> => {
  const { activation } = asked
  return {
    ...asked,
    activation: { ...activation, segment: { ...activation.segment, bytes: await probeSegment(asked) } },
  }
}

/** Names as the mapping writes them. */
const bytesOf = (
  { fields }: Activation,
  columns: readonly Column[],
  same: (name: string) => string,
): readonly string[] => {
  const there = new Set(columns.flatMap(({ name, bytes }) => (bytes ? [same(name)] : [])))
  return [...new Set(fields.map((f) => f.column))].filter((name) => there.has(same(name)))
}

const sourceOf = ({ source }: Segment): string =>
  'relation' in source ? `relation ${relationText(source.relation)}` : 'its sql'

const readColumns = async ({ activation: { segment }, warehouse }: Probe): Promise<readonly Column[]> => {
  const statement = segmentColumns(segment)
  try {
    return await warehouse.columns('segment', statement)
  } catch (error) {
    throw unreadableStop(segment, error, warehouse.dialect.compile(statement).sql)
  }
}

/** The reason a run stops, in words of the segment; whatever else was thrown as it is. `asked`: what the warehouse read. */
const unreadableStop = (segment: Segment, error: unknown, asked: string): unknown => {
  if (!(error instanceof WarehouseError)) return error
  const { fault, code, detail } = error
  const place = `Segment ${segment.name}: ${sourceOf(segment)}`
  const wayOut = `correct segments.${segment.name} in tidemark.yml, or`
  if (detail.about !== undefined) {
    const exit = fault === 'permission' ? exits.permission : exits.configuration
    const way = detail.wayOut === undefined ? `; ${wayOut} see to the file.` : `. ${detail.wayOut}`
    return new RunStopped(exit, code, `${place} ${detail.about}${way}`)
  }
  if (fault !== 'configuration' || code === 'no_such_host') return error
  const why = unreadable[code] ?? 'cannot be read'
  const stop = (says: string) => new RunStopped(exits.configuration, code, `${place} ${says}`)
  if (!('sql' in segment.source)) return stop(`${why}; ${wayOut} build the relation first.`)
  const { sql } = segment.source
  if (holdsTemplates(sql))
    return stop(
      `${why}: it holds templates of dbt ({{ … }}), which are not rendered here; write the relation that dbt builds in their place (shop.customers for {{ ref('customers') }}), as its compiled SQL in target/compiled does.`,
    )
  const start = asked.indexOf(sql.replace(/;\s*$/, ''))
  const at = placeIn(sql, detail.offset === undefined || start < 0 ? null : detail.offset - start)
  return stop(`${why}${at}; ${wayOut} build the relation first.`)
}

interface Problem {
  readonly code: string
  /** The end of a sentence about the segment. */
  readonly says: string
}

/** `same`: what of a name the warehouse looks at. */
const missingColumns = (
  activation: Activation,
  columns: readonly Column[],
  same: (name: string) => string,
): Problem | null => {
  const { segment, fields } = activation
  const names = columns.map((c) => c.name)
  const there = new Set(names.map(same))
  const wanted = [segment.memberKey.column, ...fields.flatMap(columnsOf), ...segment.where.map((w) => w.column)]
  const missing = [...new Set(wanted)].filter((column) => !there.has(same(column)))
  if (missing.length === 0) return null
  let known = ''
  const hints = missing.map((column) => {
    const near = candidates(column, names).map((name) => quote(name))
    if (near.length > 0) return `${quote(column)} (${didYouMeanOneOf(near)})`
    known = `; it has ${listOf(names)}`
    return quote(column)
  })
  const places = placesOf(activation, missing).join(' and ')
  return {
    code: 'no_such_column',
    says: `has no column ${hints.join(', ')}${known}; correct ${places} in tidemark.yml.`,
  }
}

/** Of many columns the first, without those that no terminal could show. */
const mostNamed = 20
const listOf = (names: readonly string[]): string => {
  const shown = names.filter((name) => /^\P{C}{1,63}$/u.test(name)).slice(0, mostNamed)
  const more = names.length > shown.length ? `, … (${names.length} columns)` : ''
  return `${shown.map((name) => quote(name)).join(', ')}${more}`
}

/**
 * A number with a fraction, say, is no phone number: of 33644771003.0 the digits are another one. Bytes are digests, so no
 * member key and nothing clear.
 */
const misfitColumns = (
  activation: Activation,
  columns: readonly Column[],
  same: (name: string) => string,
): Problem | null => {
  const { segment, fields } = activation
  const mapped = new Set([segment.memberKey.column, ...fields.flatMap(columnsOf)].map(same))
  const clear = new Set(
    [
      segment.memberKey.column,
      ...fields.flatMap((f) => (f.format === 'clear' ? [f.column] : [])),
      ...fields.flatMap(({ countryColumn }) => countryColumn ?? []),
    ].map(same),
  )
  const fits = ({ name, asText, bytes }: Column): boolean => asText || (bytes !== undefined && !clear.has(same(name)))
  const misfits = columns.filter((column) => mapped.has(same(column.name)) && !fits(column))
  if (misfits.length === 0) return null
  const named = misfits.map(({ name, type }) => `${quote(name)} (${type})`).join(', ')
  return {
    code: 'column_type',
    says: `has values that are no text and no whole numbers in ${named}; cast the column to text or to a whole number in the relation, or map another.`,
  }
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
    ...(fields.some((f) => columnsOf(f).some(names))
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
      if (!(error instanceof WarehouseError) || error.fault !== 'configuration' || error.detail.about !== undefined)
        throw unreadableStop(segment, error, '')
      misfits.push(`segments.${segment.name}.where[${i}] (${condition.operator} on ${quote(condition.column)})`)
    }
  }
  if (misfits.length === 0) return
  throw new RunStopped(
    exits.configuration,
    'sql_value',
    `Segment ${segment.name}: ${misfits.join(' and ')} cannot be compared with what the column holds; correct the value in tidemark.yml, or cast the column in the relation.`,
  )
}
