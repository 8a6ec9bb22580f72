import { bigquery } from '../../sql/dialect/bigquery.ts'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import { duckdb } from '../../sql/dialect/duckdb.ts'
import { postgres } from '../../sql/dialect/postgres.ts'
import { snowflake } from '../../sql/dialect/snowflake.ts'
import type { WarehouseSettings } from '../config/activation.ts'
import type { OpenOptions, Warehouse } from './warehouse.ts'

type Open<Settings> = (settings: Settings, options?: OpenOptions) => Promise<Warehouse>
type Of<Type> = Extract<WarehouseSettings, { readonly type: Type }>

/** Drivers are heavy: each is loaded when its warehouse is opened. */
const warehouses: { readonly [Type in WarehouseSettings['type']]: Open<Of<Type>> } = {
  duckdb: async (settings, options) => (await import('./duckdb.ts')).openDuckdb(settings, options),
  postgres: async (settings) => (await import('./postgres.ts')).openPostgres(settings),
  bigquery: async (settings) => (await import('./bigquery.ts')).openBigquery(settings),
  snowflake: async (settings) => (await import('./snowflake.ts')).openSnowflake(settings),
}

export const openWarehouse: Open<WarehouseSettings> = (settings, options) =>
  (warehouses[settings.type] as Open<WarehouseSettings>)(settings, options)

/** How each writes things down, without its driver. */
export const dialects: { readonly [type in WarehouseSettings['type']]: Dialect } = {
  duckdb,
  postgres,
  bigquery,
  snowflake,
}
