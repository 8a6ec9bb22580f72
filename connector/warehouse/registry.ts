import type { WarehouseSettings } from '../config/activation.ts'
import type { OpenOptions, Warehouse } from './warehouse.ts'

type Open = (settings: WarehouseSettings, options?: OpenOptions) => Promise<Warehouse>

/** Drivers are heavy: each is loaded when its warehouse is opened. */
const warehouses = {
  duckdb: async (settings, options) => (await import('./duckdb.ts')).openDuckdb(settings, options),
} as const satisfies Record<WarehouseSettings['type'], Open>

export const openWarehouse: Open = (settings, options) => warehouses[settings.type](settings, options)
