import { bigquery } from '../../sql/dialect/bigquery.ts'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import { duckdb } from '../../sql/dialect/duckdb.ts'
import { postgres } from '../../sql/dialect/postgres.ts'
import { snowflake } from '../../sql/dialect/snowflake.ts'
import type { WarehouseSettings } from '../config/activation.ts'
import { connectorVersion } from '../version.ts'
import { type OpenOptions, type Warehouse, WarehouseError } from './warehouse.ts'

type Open<Settings> = (settings: Settings, options?: OpenOptions) => Promise<Warehouse>
type Of<Type> = Extract<WarehouseSettings, { readonly type: Type }>

/** Drivers are heavy, and need not all be installed: each is loaded when its warehouse is opened. */
const warehouses: { readonly [Type in WarehouseSettings['type']]: Open<Of<Type>> } = {
  duckdb: async (settings, options) =>
    (await withDriver('duckdb', () => import('./duckdb.ts'))).openDuckdb(settings, options),
  postgres: async (settings, options) =>
    (await withDriver('postgres', () => import('./postgres.ts'))).openPostgres(settings, options),
  bigquery: async (settings, options) =>
    (await withDriver('bigquery', () => import('./bigquery.ts'))).openBigquery(settings, options),
  snowflake: async (settings, options) =>
    (await withDriver('snowflake', () => import('./snowflake.ts'))).openSnowflake(settings, options),
}

/**
 * What `load` imports; throws WarehouseError where a package is not installed (`npm install --omit=optional`), or left out
 * of the image, whose Dockerfile says in TIDEMARK_IMAGE which warehouse it is for.
 */
const withDriver = async <Module>(type: WarehouseSettings['type'], load: () => Promise<Module>): Promise<Module> => {
  try {
    return await load()
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message?: unknown }
    // Of a file in a package, its package: DuckDB's own engine is one of a platform.
    const [, name] = /^Cannot find (?:package|module) '((?:@[^/']+\/)?[^./'][^/']*)/.exec(String(message)) ?? []
    if (!['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(String(code)) || name === undefined) throw error
    const says = `The driver of this warehouse is not installed: add the npm package ${name} (npm install ${name}).`
    throw new WarehouseError('configuration', 'driver_missing', 'open', notInImage(type) ?? says)
  }
}

/** Null where this is no image of one warehouse. */
const notInImage = (type: string): string | null => {
  const { TIDEMARK_IMAGE: image } = process.env
  if (image === undefined) return null
  const all = `tidemark:${connectorVersion()}`
  return `This image holds the driver of ${image} only: for ${type}, use the image ${all}-${type}, or ${all} with all four.`
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
