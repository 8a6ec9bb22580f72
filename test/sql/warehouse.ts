import { sql } from 'kysely'
import { createState } from '../../connector/activation/state.ts'
import { otherwise, type Row, type Statement, type Warehouse } from '../../connector/warehouse/warehouse.ts'
import type { Dialect } from '../../sql/dialect/dialect.ts'
import { createScope, type Scope } from '../../sql/scope.ts'
import { emptyWarehouse, underTest } from '../warehouse/under-test.ts'

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
    dialect: lasting(warehouse.dialect),
    schema: 'tidemark',
    activation: 'a.x',
    suffix: 'a-x',
    fence: '1',
  })
  const run = async (...statements: readonly Statement[]): Promise<void> => {
    for (const statement of statements) {
      const [, what, name] = /^create temp (table|view) ("[^"]+")/.exec(warehouse.dialect.compile(statement).sql) ?? []
      if (what !== undefined) await warehouse.execute('test', sql.raw(`drop ${what} if exists ${name} cascade`))
      await warehouse.execute('test', statement)
    }
  }
  await createState({ warehouse, scope, schema: 'tidemark', suffix: 'a-x' }, 'id', 'test')
  return {
    warehouse,
    scope,
    run,
    rows: (statement) => warehouse.rows('test', statement),
    raw: async (text) =>
      hears[underTest] ? warehouse.rows('test', sql.raw(text)) : ((await empty.say(text)) as readonly Row[]),
  }
}

/** Does the warehouse itself understand the plain SQL of tests? */
const hears: Readonly<Record<typeof underTest, boolean>> = {
  duckdb: true,
  postgres: true,
  bigquery: false,
  snowflake: false,
}

/** Here statements are run one by one: scratch tables that go with a transaction or session would be gone before they are read. */
const lasting = (dialect: Dialect): Dialect => ({ ...dialect, ...lastingScratch[underTest] })

const lastingScratch = {
  duckdb: {},
  postgres: {
    createScratch: (name, columns) => sql`create temp table ${name} (${columns})`,
    createScratchAs: (name, query) => sql`create temp table ${name} as ${query}`,
  },
  bigquery: {
    createScratch: (name, columns) => sql`create or replace table ${name} (${columns})`,
    createScratchAs: (name, query) => sql`create or replace table ${name} as ${query}`,
    createScratchView: (name, query) => sql`create or replace table ${name} as ${query}`,
  },
  snowflake: {
    createScratch: (name, columns) => sql`create or replace table ${name} (${columns})`,
    createScratchAs: (name, query) => sql`create or replace table ${name} as ${query}`,
    createScratchView: (name, query) => sql`create or replace table ${name} as ${query}`,
  },
} as const satisfies Readonly<Record<typeof underTest, Partial<Dialect>>>
