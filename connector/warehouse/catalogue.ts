import { findSchema } from '../../sql/shared.ts'
import { listControls, readOwners } from '../../sql/status.ts'
import { type Row, type Statement, type Warehouse, WarehouseError } from './warehouse.ts'

/** Some warehouses answer for a schema that is not there by this error. */
export const noSuchSchema = 'warehouse_no_schema'

const unlessMissing = async (rows: Promise<readonly Row[]>): Promise<readonly Row[] | null> => {
  try {
    return await rows
  } catch (error) {
    if (error instanceof WarehouseError && error.code === noSuchSchema) return null
    throw error
  }
}

/** Rows about what is in a schema; none where there is no such schema. */
export const catalogueRows = async (
  warehouse: Warehouse,
  step: string,
  statement: Statement,
): Promise<readonly Row[]> => (await unlessMissing(warehouse.rows(step, statement))) ?? []

export const hasSchema = async (warehouse: Warehouse, step: string, schema: string): Promise<boolean> => {
  const rows = await unlessMissing(warehouse.rows(step, findSchema(warehouse.dialect, schema)))
  return warehouse.dialect.catalogue.schemas === null ? rows !== null : (rows ?? []).length > 0
}

/** Names of the control tables of all activations that ever ran. */
export const controlTables = async (warehouse: Warehouse, schema: string): Promise<readonly string[]> =>
  (await catalogueRows(warehouse, 'state', listControls(warehouse.dialect, schema))).map((row) => row.table_name ?? '')

/** What the control table of each activation that ever ran says of it: the columns of `readOwners`. */
export const ownersOf = async (warehouse: Warehouse, schema: string): Promise<readonly Row[]> => {
  const tables = await controlTables(warehouse, schema)
  return tables.length === 0 ? [] : warehouse.rows('state', readOwners(schema, tables))
}
