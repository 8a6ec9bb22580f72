import { sql } from 'kysely'
import { listRunTables } from '../../sql/control.ts'
import { dropRunTable } from '../../sql/run-tables.ts'
import type { RunTable, Scope } from '../../sql/scope.ts'
import { WarehouseError } from '../warehouse/warehouse.ts'
import type { RunRequest } from './context.ts'
import type { Lease } from './lease.ts'

const tables: readonly RunTable[] = ['delta', 'delta_members', 'delta_rejections', 'batches', 'spans', 'refused']

/** The run is closed: its delta is of no more use. What cannot be dropped now is dropped by the next run. */
export const dropRunTables = async (request: RunRequest, scope: Scope): Promise<void> => {
  try {
    for (const table of tables) await request.warehouse.execute('clean_up', dropRunTable(scope, table))
  } catch (error) {
    request.log.warn('clean_up_failed', { error: error instanceof WarehouseError ? error.code : 'unknown' })
  }
}

/** Deltas of earlier runs, all of them closed by now. */
export const dropOldRunTables = async (
  { warehouse, schema }: Pick<RunRequest, 'warehouse' | 'schema'>,
  { hold }: Pick<Lease, 'hold'>,
  suffix: string,
): Promise<void> => {
  const rows = await warehouse.rows('clean_up', listRunTables(schema, suffix))
  for (const row of rows) {
    const name = row.table_name ?? ''
    // Exactly: the tables of another activation may be those of a live run, or of an open delta.
    const start = tables.map((table) => `${table}-${suffix}-`).find((text) => name.startsWith(text))
    const number = start === undefined ? '' : name.slice(start.length)
    if (!/^\d+$/.test(number) || number === hold.fence) continue
    await warehouse.execute('clean_up', sql`drop table if exists ${sql.id(`${schema}_state`, name)}`)
  }
}
