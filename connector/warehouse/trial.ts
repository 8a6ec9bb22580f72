import { randomUUID } from 'node:crypto'
import { createSchema } from '../../sql/shared.ts'
import { createTrial } from '../../sql/trial.ts'
import { dropObject, dropSchema } from '../../sql/uninstall.ts'
import { hasSchema } from './catalogue.ts'
import type { Warehouse } from './warehouse.ts'

/**
 * Where definitions cannot be rolled back: makes, writes and drops a table in both schemas of the state. Where a schema is
 * not there, in one of another name, so that a run that makes the schema meanwhile loses nothing. Throws WarehouseError.
 */
export const tryState = async (warehouse: Warehouse, schema: string): Promise<void> => {
  const name = `tidemark_doctor_${randomUUID().replaceAll('-', '')}`
  const schemas = [schema, `${schema}_state`]
  const there: string[] = []
  for (const one of schemas) if (await hasSchema(warehouse, 'state', one)) there.push(one)
  for (const one of there) await tryTable(warehouse, one, name)
  if (there.length === schemas.length) return
  await warehouse.execute('state', createSchema(name))
  try {
    await tryTable(warehouse, name, name)
  } finally {
    await warehouse.execute('state', dropSchema(name))
  }
}

const tryTable = async (warehouse: Warehouse, schema: string, name: string): Promise<void> => {
  const [create, ...writes] = createTrial(schema, name)
  if (create) await warehouse.execute('state', create)
  try {
    for (const write of writes) await warehouse.execute('state', write)
  } finally {
    await warehouse.execute('state', dropObject({ schema, name, isView: false }))
  }
}
