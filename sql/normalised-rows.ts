import { sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { type Format, type NormalisationRule, normalise } from './normalise.ts'
import { countryRows, oneCountry, resolvedCountry } from './phone/countries.ts'
import type { Columns, Named } from './rule.ts'
import type { Sql } from './scope.ts'

/** One column of values and how they are read. */
export interface ValueColumn {
  /** Its raw text; may be NULL. */
  readonly value: Sql
  readonly rule: NormalisationRule
  readonly format: Format
  /** ISO 3166 alpha-2: the country of phone numbers that name none. */
  readonly defaultCountry?: string
  /** The raw text of a column that names it. */
  readonly countryValue?: Sql
}

interface Wanted {
  /** Columns that are taken along, by name. */
  readonly kept: Columns
  readonly columns: readonly ValueColumn[]
}

/**
 * A query over a query: the kept columns, and of the nth column of values `digest_<n>` (bytes or NULL) and `reason_<n>` of a
 * refusal or NULL; neither where there is no value. The digest of a refused value is a hash of the raw value: it only tells
 * two of them apart.
 */
export function normalisedRows(dialect: Dialect, source: Sql, { kept, columns }: Wanted): Sql {
  const mapped = columns.map((column, i) => mappedColumn(dialect, column, i + 1))
  const countries = mapped.flatMap(({ column: { countryValue: raw, defaultCountry }, named }) =>
    raw === undefined ? [] : [{ raw, known: named('known'), named, defaultCountry }],
  )
  const values = [...new Set(mapped.map(({ column: { value } }) => value))]
  const first = sql`select ${sql.join([
    ...Object.entries(kept).map(([name, value]) => sql`${value} as ${sql.id(name)}`),
    ...values,
    ...countries.flatMap(({ raw, known, named, defaultCountry }) =>
      selected(resolvedCountry(dialect, raw, known, defaultCountry), named),
    ),
    ...mapped.flatMap(({ steps, named }) => selected(steps[0] ?? {}, named)),
  ])} from (${source}) as r${sql.join(
    countries.map(({ raw, known }) => countryRows(dialect, raw, known)),
    sql``,
  )}${dialect.once}`
  const deepest = Math.max(...mapped.map(({ steps }) => steps.length))
  const judged = Array.from({ length: deepest - 1 }, (_, i) => i + 1).reduce((inner, step) => {
    const added = mapped.flatMap(({ steps, named }) => selected(steps[step] ?? {}, named))
    return sql`select *, ${sql.join(added)} from (${inner}) as n${dialect.once}`
  }, first)
  const outcomes = mapped.map(({ column, named, outcome }) => {
    const { digest, reason } = outcome(column.value)
    return sql`${digest} as ${named('digest')}, ${reason} as ${named('reason')}`
  })
  return sql`select ${sql.join([...Object.keys(kept).map((name) => sql.id(name)), ...outcomes])} from (${judged}) as n`
}

/** The nth column with the names and the selects that it takes. */
function mappedColumn(dialect: Dialect, column: ValueColumn, n: number) {
  const named: Named = (what) => sql.id(`${what}_${n}`)
  const { rule, format, value, defaultCountry, countryValue } = column
  const ofRow = { country: named('country'), callingCode: named('calling_code') }
  const one = defaultCountry === undefined ? undefined : oneCountry(defaultCountry)
  const country = countryValue === undefined ? one : ofRow
  const mapping = { rule, format, column: value, ...(country ? { country } : {}) }
  return { column, named, ...normalise(dialect, mapping, named) }
}

const selected = (columns: Columns, named: Named): readonly Sql[] =>
  Object.entries(columns).map(([what, value]) => sql`${value} as ${named(what)}`)
