import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Row, Warehouse } from '../warehouse/warehouse.ts'
import type { Change } from './changes.ts'
import type { Customer } from './customers.ts'
import { type Country, countries } from './handwriting.ts'

/** The demo's own hands on the warehouse file: what a company's imports and applications do to their tables. */

export const warehouseFile = 'warehouse.duckdb'

const columns = `{'customer_id': 'BIGINT', 'email': 'VARCHAR', 'phone': 'VARCHAR', 'country': 'VARCHAR', 'lifetime_value': 'DECIMAL(10, 2)', 'newsletter': 'BOOLEAN'}`

/**
 * A number without a calling code belongs to the customer's country, and a mapped column has one country: so each
 * country gets a column of its own. The view does what a dbt model would.
 */
const view = `create view customers_by_country as select customer_id, country, email, lifetime_value, newsletter,
${countries.map((country) => `  case when country = '${country}' then phone end as phone_${country.toLowerCase()}`).join(',\n')}
from customers`

export const createCustomers = async (folder: string, rows: Iterable<Customer>): Promise<void> =>
  opened(folder, async (warehouse) => {
    await warehouse.execute(
      'demo',
      sql.raw(
        'create table customers (customer_id bigint, email varchar, phone varchar, country varchar, lifetime_value decimal(10, 2), newsletter boolean)',
      ),
    )
    await warehouse.execute('demo', sql.raw(view))
    await load(warehouse, folder, rows)
  })

/** Makes the changes and adds new customers; rows touched by each, in their order. */
export const changeCustomers = async (
  folder: string,
  changes: readonly Change[],
  added: Iterable<Customer> = [],
): Promise<readonly number[]> =>
  opened(folder, async (warehouse) => {
    const touched: number[] = []
    for (const change of changes) touched.push(await warehouse.execute('demo', sql.raw(change.sql)))
    await load(warehouse, folder, added)
    return touched
  })

/** All rows as they are: every cleaning is the reader's. */
export const readCustomers = async (folder: string): Promise<readonly Customer[]> =>
  opened(folder, async (warehouse) => {
    const texts = ['customer_id', 'lifetime_value', 'newsletter'].map((column) => `${column}::varchar as ${column}`)
    const rows = await warehouse.rows(
      'demo',
      sql.raw(`select ${texts.join(', ')}, email, phone, country from customers`),
    )
    const number = (text: string | null | undefined): number | null => (text == null ? null : Number(text))
    return rows.map((row) => ({
      customerId: number(row.customer_id),
      email: row.email ?? null,
      phone: row.phone ?? null,
      country: row.country as Country,
      lifetimeValue: number(row.lifetime_value),
      newsletter: row.newsletter == null ? null : row.newsletter === 'true',
    }))
  })

/** What Tidemark says of the attempts under a run key, one that was killed included once the next has settled it. */
export const readRuns = async (folder: string, runKey: string): Promise<readonly Row[]> =>
  opened(folder, (warehouse) =>
    warehouse.rows(
      'demo',
      sql`select activation, segment_members::varchar as members, members_added::varchar as added,
  members_removed::varchar as removed, identifiers_rejected::varchar as rejected
from tidemark.runs where run_key = ${runKey} order by started_at`,
    ),
  )

/** In one statement from one file: row by row DuckDB would take minutes. */
const load = async (warehouse: Warehouse, folder: string, rows: Iterable<Customer>): Promise<void> => {
  const file = join(folder, 'customers.csv')
  const lines: string[] = []
  for (const row of rows) lines.push(Object.values(row).map(cell).join(','))
  if (lines.length === 0) return
  await writeFile(file, `${lines.join('\n')}\n`)
  const from = `read_csv('${file.replaceAll("'", "''")}', columns = ${columns}, header = false, auto_detect = false, quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false)`
  await warehouse.execute('demo', sql.raw(`insert into customers select * from ${from}`))
  await rm(file)
}

/** NULL is nothing at all; a text that is empty has its quotes. */
const cell = (value: string | number | boolean | null): string =>
  value === null ? '' : typeof value === 'string' ? `"${value.replaceAll('"', '""')}"` : String(value)

/** Only one process at a time can have a DuckDB file open, and most of the time that is a run. */
const opened = async <T>(folder: string, work: (warehouse: Warehouse) => Promise<T>): Promise<T> => {
  const path = join(folder, warehouseFile)
  const warehouse = await openWarehouse({ type: 'duckdb', path, schema: 'tidemark' }, { create: true })
  try {
    return await work(warehouse)
  } finally {
    await warehouse.close()
  }
}
