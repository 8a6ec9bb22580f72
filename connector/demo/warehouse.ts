import { sql } from 'kysely'
import { rowsAtHand, sqlType } from '../../sql/scope.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Row, Warehouse } from '../warehouse/warehouse.ts'
import type { Change } from './changes.ts'
import type { Customer } from './customers.ts'
import { type Country, countries } from './handwriting.ts'
import type { Shop } from './shop.ts'

/** The demo's own hands on the warehouse: what a company's imports and applications do to their tables. */

const tableOf = ({ prefix }: Shop): string => `${prefix}customers`

/**
 * A number without a calling code belongs to the customer's country, and a mapped column has one country: so each
 * country gets a column of its own. The view does what a dbt model would.
 */
const viewOf = (
  shop: Shop,
): string => `create view ${tableOf(shop)}_by_country as select customer_id, country, email, lifetime_value, newsletter,
${countries.map((country) => `  case when country = '${country}' then phone end as phone_${country.toLowerCase()}`).join(',\n')}
from ${tableOf(shop)}`

export const createCustomers = async (shop: Shop, rows: Iterable<Customer>): Promise<void> =>
  opened(shop, async (warehouse) => {
    const { integer, text: name, boolean } = warehouse.dialect.types
    const table = `create table ${tableOf(shop)} (customer_id ${integer}, email ${name}, phone ${name}, country ${name}, lifetime_value numeric(10, 2), newsletter ${boolean})`
    for (const text of [...shop.prepare, table, viewOf(shop)]) await warehouse.execute('demo', sql.raw(text))
    await load(shop, warehouse, rows)
  })

/** Makes the changes and adds new customers; rows touched by each, in their order. */
export const changeCustomers = async (
  shop: Shop,
  changes: readonly Change[],
  added: Iterable<Customer> = [],
): Promise<readonly number[]> =>
  opened(shop, async (warehouse) => {
    const touched: number[] = []
    for (const change of changes)
      touched.push(await warehouse.execute('demo', sql.raw(change.sql(tableOf(shop), warehouse.dialect.types.text))))
    await load(shop, warehouse, added)
    return touched
  })

/** All rows as they are: every cleaning is the reader's. */
export const readCustomers = async (shop: Shop): Promise<readonly Customer[]> =>
  opened(shop, async (warehouse) => {
    const { text: type } = warehouse.dialect.types
    const texts = ['customer_id', 'lifetime_value', 'newsletter'].map((name) => `cast(${name} as ${type}) as ${name}`)
    const rows = await warehouse.rows(
      'demo',
      sql.raw(`select ${texts.join(', ')}, email, phone, country from ${tableOf(shop)}`),
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
export const readRuns = async (shop: Shop, runKey: string): Promise<readonly Row[]> =>
  opened(shop, (warehouse) =>
    warehouse.rows(
      'demo',
      sql`select activation, ${asText('segment_members')} as members, ${asText('members_added')} as added,
  ${asText('members_removed')} as removed, ${asText('identifiers_rejected')} as rejected
from ${sql.id(shop.settings.schema, 'runs')} where run_key = ${runKey} order by started_at`,
    ),
  )

const asText = (column: string) => sql`cast(${sql.id(column)} as ${sqlType.text})`

/** So many rows a statement: one by one a warehouse would take minutes. */
const rowsAtOnce = 5000

const load = async (shop: Shop, warehouse: Warehouse, rows: Iterable<Customer>): Promise<void> => {
  const columns = {
    customer_id: 'text',
    email: 'text',
    phone: 'text',
    country: 'text',
    lifetime_value: 'text',
    newsletter: 'text',
  } as const
  const text = (value: number | boolean | null): string | null => (value === null ? null : String(value))
  const all = [...rows].map((row) => ({
    customer_id: text(row.customerId),
    email: row.email,
    phone: row.phone,
    country: row.country,
    lifetime_value: text(row.lifetimeValue),
    newsletter: text(row.newsletter),
  }))
  for (let from = 0; from < all.length; from += rowsAtOnce)
    await warehouse.execute(
      'demo',
      sql`insert into ${sql.raw(tableOf(shop))} select cast(customer_id as ${sqlType.integer}), email, phone, country, cast(lifetime_value as numeric(10, 2)), cast(newsletter as ${sqlType.boolean})
from ${rowsAtHand(warehouse, columns, all.slice(from, from + rowsAtOnce))} as r`,
    )
}

/** Only one process at a time can have a DuckDB file open, and most of the time that is a run. */
const opened = async <T>(shop: Shop, work: (warehouse: Warehouse) => Promise<T>): Promise<T> => {
  const warehouse = await openWarehouse(shop.settings, { create: true })
  try {
    return await work(warehouse)
  } finally {
    await warehouse.close()
  }
}
