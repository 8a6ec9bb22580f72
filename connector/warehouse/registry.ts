import { bigquery } from '../../sql/dialect/bigquery.ts'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import { duckdb } from '../../sql/dialect/duckdb.ts'
import { postgres } from '../../sql/dialect/postgres.ts'
import { snowflake } from '../../sql/dialect/snowflake.ts'
import type { WarehouseSettings } from '../config/activation.ts'
import { type OpenOptions, type Warehouse, WarehouseError } from './warehouse.ts'

type Open<Settings> = (settings: Settings, options?: OpenOptions) => Promise<Warehouse>
type Of<Type> = Extract<WarehouseSettings, { readonly type: Type }>

/** Drivers are heavy, and need not all be installed: each is loaded when its warehouse is opened. */
const warehouses: { readonly [Type in WarehouseSettings['type']]: Open<Of<Type>> } = {
  duckdb: async (settings, options) => (await withDriver(() => import('./duckdb.ts'))).openDuckdb(settings, options),
  postgres: async (settings, options) =>
    (await withDriver(() => import('./postgres.ts'))).openPostgres(settings, options),
  bigquery: async (settings, options) =>
    (await withDriver(() => import('./bigquery.ts'))).openBigquery(settings, options),
  snowflake: async (settings, options) =>
    (await withDriver(() => import('./snowflake.ts'))).openSnowflake(settings, options),
}

/**
 * What `load` imports; throws WarehouseError where a package is not installed (`npm install --omit=optional`), or left out
 * of the image, whose Dockerfile says in TIDEMARK_IMAGE which warehouse it is for.
 */
const withDriver = async <Module>(load: () => Promise<Module>): Promise<Module> => {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
    // Of a file in a package, its package: DuckDB's own engine is one of a platform.
    const [, name] = /^Cannot find (?:package|module) '((?:@[^/']+\/)?[^./'][^/']*)/.exec(String(message)) ?? []
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String(code)) || name === undefined) throw error
    const image = process.env.TIDEMARK_IMAGE
    const says =
      image === undefined
        ? `The driver of this warehouse is not installed: add the npm package ${name} (npm install ${name}).`
        : `This image is for ${image} only, and has no driver of this warehouse: take the image for it, or the one for all.`
    throw new WarehouseError('configuration', 'driver_missing', 'open', says)
  }
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
