import { normalisationVersion } from '../../sql/normalise.ts'
import { sampleCountries, sampleReasons, sampleRows } from '../../sql/sample.ts'
import type { Scope } from '../../sql/scope.ts'
import { segmentColumns } from '../../sql/segment.ts'
import type { MappedColumn } from '../../sql/wanted.ts'
import type { Activation, MappedField } from '../config/activation.ts'
import { quote } from '../config/problems.ts'
import type { Destination } from '../destination/destination.ts'
import type { Row, Warehouse } from '../warehouse/warehouse.ts'
import { mappedColumns, mappingSeed, scopeOf } from './context.ts'
import { countryColumns } from './country-columns.ts'
import { byReason, type FieldMeasures, number } from './measures.ts'
import { muchRejected } from './rejected.ts'
import { probed } from './segment.ts'

export interface SampleRequest {
  readonly activation: Activation
  readonly destination: Destination
  readonly warehouse: Warehouse
}

/** What a run would do and its user may not mean. */
export interface Surprise {
  readonly code: 'rejected_values' | 'constant_country'
  readonly field: string
  readonly message: string
}

/**
 * What a sample of the segment shows before a run: fields of which more than a tenth would be rejected, and a constant country
 * where rows name theirs. Two queries at most, over the first rows that the warehouse comes upon. Only counts leave it,
 * and nothing stays in it.
 */
export const surprises = async (asked: SampleRequest): Promise<readonly Surprise[]> => {
  const request = await probed(asked)
  return [...(await rejectedValues(request)), ...(await constantCountries(request))]
}

const scopeOfSample = (request: SampleRequest): Scope =>
  scopeOf({ ...request, schema: 'tidemark' }, 'sample', '0', { dry: true })

const rejectedValues = async (request: SampleRequest): Promise<readonly Surprise[]> => {
  const { activation, destination, warehouse } = request
  const columns = mappedColumns(activation, destination)
  const seed = { mapping: mappingSeed(columns), version: normalisationVersion }
  const statement = sampleReasons(scopeOfSample(request), activation.segment, columns, seed)
  const fields = fieldsOf(columns, await warehouse.rows('sample', statement))
  return muchRejected(fields, true).map(({ field, message }) => ({
    code: 'rejected_values',
    field,
    message: `of a sample of at most ${sampleRows.toLocaleString('en')} rows ${message}`,
  }))
}

const fieldsOf = (columns: readonly MappedColumn[], rows: readonly Row[]): readonly FieldMeasures[] => {
  const numbered = columns.map(({ field }, i) => ({ field, n: String(i + 1) }))
  return [...Map.groupBy(numbered, ({ field }) => field)].map(([field, own]) => {
    const counted = rows.filter(({ n }) => own.some((column) => column.n === n))
    const sum = (of: readonly Row[]): number => of.reduce((total, row) => total + number(row, 'identifiers'), 0)
    const failed = counted.filter(({ reason }) => reason !== null)
    return { field, checked: sum(counted), rejected: sum(failed), reasons: byReason(failed), held: {} }
  })
}

/** A field that may say which column has the country reads it from there. */
const isConstant = (field: MappedField): boolean =>
  field.defaultCountry !== undefined && field.countryColumn === undefined

const constantCountries = async (request: SampleRequest): Promise<readonly Surprise[]> => {
  const { activation, warehouse } = request
  const phones = activation.fields.filter(isConstant)
  if (phones.length === 0) return []
  const there = await warehouse.columns('segment', segmentColumns(activation.segment))
  const candidates = countryColumns(there)
  if (candidates.length === 0) return []
  const statement = sampleCountries(scopeOfSample(request), activation.segment, candidates)
  const [counts] = await warehouse.rows('sample', statement)
  const country = candidates.find((_, i) => {
    const of = (name: string): number => Number(counts?.[`${name}_${i + 1}`] ?? 0)
    return of('different') > 1 && of('countries') * 2 > of('filled')
  })
  return country === undefined ? [] : phones.map((phone) => constantCountry(phone, country))
}

const constantCountry = ({ field, column, format, defaultCountry }: MappedField, country: string): Surprise => {
  const read = format === 'auto' ? '' : `, format: ${format}`
  return {
    code: 'constant_country',
    field,
    message: `${field}: every number without a calling code is read as ${defaultCountry}, but the relation has a column ${named(country)}: write ${field}: { column: ${named(column)}${read}, country: { column: ${named(country)} }, default_country: ${defaultCountry} }`,
  }
}

/** A name as YAML takes it. */
const named = (column: string): string => (/^[A-Za-z_][\w.-]*$/.test(column) ? column : quote(column))
