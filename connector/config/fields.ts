import { callingCodes, countryNames } from '../../sql/phone/plans.ts'
import type { Destination, Field } from '../destination/destination.ts'
import type { MappedField } from './activation.ts'
import { candidates, didYouMeanOneOf } from './nearest.ts'
import type { Path, Problems } from './problems.ts'
import { readEntries, readMapping } from './read.ts'
import { mappedColumn } from './schema.ts'
import { isMapping } from './tree.ts'

/**
 * `fields` as a list of mapped columns, in the order of the file; undefined where it is absent. Without a contract (an
 * unknown destination) only the form is checked.
 */
export function readFields(
  value: unknown,
  path: Path,
  contract: Destination | undefined,
  problems: Problems,
): readonly MappedField[] | undefined {
  if (value === undefined) return undefined
  return readEntries(value, path, problems).flatMap(([field, columns]) => {
    const at = [...path, field]
    const rule = fieldRule(field, at, contract, problems)
    if (Array.isArray(columns) && columns.length === 0) problems.add(at, 'must name a column', columns, 'name one')
    const mapped = Array.isArray(columns)
      ? columns.flatMap((column, i) => readColumn(field, column, rule, [...at, i], problems))
      : readColumn(field, columns, rule, at, problems)
    refuseRepeatedColumns(mapped, at, problems)
    return mapped
  })
}

function fieldRule(
  field: string,
  path: Path,
  contract: Destination | undefined,
  problems: Problems,
): Field | undefined {
  if (contract === undefined) return undefined
  if (Object.hasOwn(contract.fields, field)) return contract.fields[field]
  const known = Object.keys(contract.fields)
  const near = candidates(field, known)
  const meant = near.length === 0 ? '' : `${didYouMeanOneOf(near)} `
  problems.unknownKey(path, `${meant}${contract.title} has the fields ${known.join(', ')}`)
  return undefined
}

function readColumn(
  field: string,
  value: unknown,
  rule: Field | undefined,
  path: Path,
  problems: Problems,
): readonly MappedField[] {
  if (typeof value !== 'string' && !isMapping(value)) {
    const wayOut = 'write the name of a column, { column: … } or a list of them'
    problems.add(path, 'must name a column', value, wayOut)
    return []
  }
  const short = typeof value === 'string'
  // The short form is the long one with its key left out: what is wrong with it stands at the path of the whole.
  const { column, format, default_country, country } = short
    ? {
        column: readName(value, path, problems),
        format: 'auto' as const,
        default_country: undefined,
        country: undefined,
      }
    : readMapping(mappedColumn, value, path, problems)
  const countryPath = [...path, 'default_country']
  const defaultCountry =
    default_country === undefined ? undefined : readCountry(default_country, rule, countryPath, problems)
  if (country?.column !== undefined && rule !== undefined && rule.rule !== 'phone')
    problems.add([...path, 'country'], 'is only for phone numbers', country, 'take it out')
  if (column === undefined || format === undefined) return []
  if (format === 'sha512' && rule !== undefined && rule.sha512Type === undefined) {
    const wayOut = 'map a column of clear values or of SHA-256 digests'
    problems.add([...path, 'format'], 'is not taken for this field by the platform', format, wayOut)
  }
  return [
    {
      field,
      column,
      format,
      ...(defaultCountry === undefined ? {} : { defaultCountry }),
      ...(country?.column === undefined ? {} : { countryColumn: country.column }),
    },
  ]
}

function readName(value: string, path: Path, problems: Problems): string | undefined {
  if (value !== '' && !value.includes('\0')) return value
  problems.add(path, 'must be the name of a column', value, 'write the name of a column')
  return undefined
}

function readCountry(country: string, rule: Field | undefined, path: Path, problems: Problems): string | undefined {
  if (rule !== undefined && rule.rule !== 'phone') {
    problems.add(path, 'is only for phone numbers', country, 'take it out')
    return undefined
  }
  if (Object.hasOwn(callingCodes, country)) return country
  const meant = countryNames.find(({ name }) => name === country.trim().toLowerCase())?.country
  const wayOut = meant === undefined ? 'write its two letters of ISO 3166, such as FR' : `write ${meant}`
  problems.add(path, 'is no country with a calling code', country, wayOut)
  return undefined
}

function refuseRepeatedColumns(mapped: readonly MappedField[], path: Path, problems: Problems): void {
  const columns = mapped.map(({ column }) => column)
  if (new Set(columns).size === columns.length) return
  problems.add(
    path,
    'names one column twice',
    mapped.map(({ column }) => column),
    'keep one of them',
  )
}
