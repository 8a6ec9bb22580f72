import { sql } from 'kysely'
import { listRunTables } from '../../sql/control.ts'
import type { RunTable, Scope } from '../../sql/scope.ts'
import { dropRunTable } from '../../sql/state.ts'
import { WarehouseError } from '../warehouse/warehouse.ts'
import type { RunRequest } from './context.ts'
import type { Lease } from './lease.ts'

const tables: readonly RunTable[] = ['delta', 'delta_members', 'delta_rejections', 'batches', 'refused']

/** The run is closed: its delta is of no more use. What cannot be dropped now is dropped by the next run. */
export const dropRunTables = async (request: RunRequest, scope: Scope): Promise<void> => {
  try {
    for (const table of tables) await request.warehouse.execute('clean_up', dropRunTable(scope, table))
  } catch (error) {
    request.log.warn('clean_up_failed', { error: error instanceof WarehouseError ? error.code : 'unknown' })
  }
}

/** Deltas of earlier runs, all of them closed by now. */
export const dropOldRunTables = async (request: RunRequest, lease: Lease, suffix: string): Promise<void> => {
  const rows = await request.warehouse.rows('clean_up', listRunTables(request.schema, suffix))
  for (const row of rows) {
    const name = row['table_name'] ?? ''
    if (name.endsWith(`-${lease.hold.fence}`)) continue
    await request.warehouse.execute('clean_up', sql`drop table if exists ${sql.id(`${request.schema}_state`, name)}`)
  }
}
