import { sql } from 'kysely'
import { createState } from '../../connector/activation/state.ts'
import { otherwise, type Row, type Statement, type Warehouse } from '../../connector/warehouse/warehouse.ts'
import { createScope, type Scope } from '../../sql/scope.ts'
import { emptyWarehouse } from '../warehouse/under-test.ts'

/** A warehouse in memory with the state tables of one activation, and a scope for its statements. */
export const openTestWarehouse = async (): Promise<{
  readonly warehouse: Warehouse
  readonly scope: Scope
  run(...statements: readonly Statement[]): Promise<void>
  rows(statement: Statement): Promise<readonly Row[]>
  raw(text: string): Promise<readonly Row[]>
}> => {
  const empty = await emptyWarehouse()
  const connection = await empty.connect()
  const warehouse = otherwise(connection, {
    close: async () => {
      await connection.close()
      await empty.destroy()
    },
  })
  const scope = createScope({
    dialect: warehouse.dialect,
    schema: 'tidemark',
    activation: 'a.x',
    suffix: 'a-x',
    fence: '1',
  })
  const run = async (...statements: readonly Statement[]): Promise<void> => {
    for (const statement of statements) await warehouse.execute('test', statement)
  }
  await createState({ warehouse, scope, schema: 'tidemark', suffix: 'a-x' }, 'id', 'test')
  return {
    warehouse,
    scope,
    run,
    rows: (statement) => warehouse.rows('test', statement),
    raw: (text) => warehouse.rows('test', sql.raw(text)),
  }
}
