import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import type { Format, NormalisationRule } from '../../sql/normalise.ts'
import { normalisedRows } from '../../sql/normalised-rows.ts'
import type { Sql } from '../../sql/scope.ts'
import { words } from '../warehouse/under-test.ts'

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

export interface Mapping {
  readonly rule: NormalisationRule
  readonly format: Format
  readonly defaultCountry?: string | undefined
}
export interface Outcome {
  /** Lower-case hex. Of a refused value NULL. */
  readonly digest: string | null
  readonly reason: string | null
}

/** Digest and reason of the values of a query that has them as `raw_1`, their countries as `raw_2`, and their order as `n`. */
export function outcomesIn(
  dialect: Dialect,
  source: Sql,
  { rule, format, defaultCountry }: Mapping,
  byRow = false,
): Sql {
  const rows = normalisedRows(dialect, source, {
    kept: { n: sql.id('n') },
    columns: [
      {
        rule,
        format,
        value: sql.id('raw_1'),
        ...(defaultCountry === undefined ? {} : { defaultCountry }),
        ...(byRow ? { countryValue: sql.id('raw_2') } : {}),
      },
    ],
  })
  return sql`select case when reason_1 is null then ${dialect.toHex(sql.id('digest_1'))} end as digest, reason_1 as reason from (${rows}) as o order by n`
}

/** What the SQL of one mapping makes of values, in their order. Values go in as bytes, for a text may hold a NUL. */
export async function outcomesOf(
  warehouse: Warehouse,
  mapping: Mapping,
  inputs: readonly (string | null)[],
  countries?: readonly (string | null)[],
): Promise<Outcome[]> {
  if (inputs.length === 0) return []
  const statement = outcomesIn(
    warehouse.dialect,
    givenRows(warehouse, inputs, countries),
    mapping,
    countries !== undefined,
  )
  return (await warehouse.rows('vectors', statement)) as unknown as Outcome[]
}

/** The same with the text that is hashed in place of its digest. */
export async function textsOf(
  warehouse: Warehouse,
  mapping: Mapping,
  inputs: readonly string[],
  countries?: readonly string[],
): Promise<{ readonly text: string | null; readonly reason: string | null }[]> {
  const same = (text: Sql): Sql => text
  const clear: Dialect = { ...warehouse.dialect, sha256: same, fromHex: same, toHex: same }
  const statement = outcomesIn(clear, givenRows(warehouse, inputs, countries), mapping, countries !== undefined)
  const rows = await warehouse.rows('texts', statement)
  return rows.map(({ digest = null, reason = null }) => ({ text: digest, reason }))
}

function givenRows(
  { dialect }: Warehouse,
  inputs: readonly (string | null)[],
  countries: readonly (string | null)[] | undefined,
): Sql {
  const hex = (text: string | null | undefined) =>
    text === null || text === undefined ? 'null' : `'${Buffer.from(text).toString('hex')}'`
  const rows = inputs.map((input, n) => `(${n}, ${hex(input)}, ${hex(countries?.[n])})`)
  const text = (column: string) => dialect.asText(sql.raw(words.text(column)))
  return sql`select n, ${text('value')} as raw_1, ${text('country')} as raw_2 from (values ${sql.raw(rows.join(', '))}) as v(n, value, country)`
}
