import { listRunTables } from '../../sql/control.ts'
import { dropRunObject, runObjects } from '../../sql/run-tables.ts'
import type { Scope } from '../../sql/scope.ts'
import { catalogueRows } from '../warehouse/catalogue.ts'
import { type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import type { RunRequest } from './context.ts'
import type { Lease } from './lease.ts'

const dropAll = async (warehouse: Warehouse, scope: Scope): Promise<void> => {
  for (const name of runObjects) await warehouse.execute('clean_up', dropRunObject(scope, name))
}

/** The run is closed: its delta is of no more use. What cannot be dropped now is dropped by the next run. */
export const dropRunTables = async ({ warehouse, log }: RunRequest, scope: Scope): Promise<void> => {
  try {
    await dropAll(warehouse, scope)
  } catch (error) {
    log.warn('clean_up_failed', { error: error instanceof WarehouseError ? error.code : 'unknown' })
  }
}

/** Deltas of earlier runs, all of them closed by now. */
export const dropOldRunTables = async (
  { warehouse, schema, scope }: { readonly warehouse: Warehouse; readonly schema: string; readonly scope: Scope },
  { hold }: Pick<Lease, 'hold'>,
  suffix: string,
): Promise<void> => {
  const rows = await catalogueRows(warehouse, 'clean_up', listRunTables(warehouse.dialect, schema, suffix))
  const fences = rows.flatMap(({ table_name }) => {
    const name = table_name ?? ''
    // Exactly: the tables of another activation may be those of a live run, or of an open delta.
    const start = runObjects.map((table) => `${table}-${suffix}-`).find((text) => name.startsWith(text))
    const fence = start === undefined ? '' : name.slice(start.length)
    return /^\d+$/.test(fence) && fence !== hold.fence ? [fence] : []
  })
  for (const fence of new Set(fences)) await dropAll(warehouse, scope.ofFence(fence))
}
