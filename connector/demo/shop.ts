import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { WarehouseSettings } from '../config/activation.ts'

/** Where the demo's customers live: a warehouse of each type, each in a corner that is the demo's own. */
export interface Shop {
  readonly settings: WarehouseSettings
  /** What stands before the name of a table, in SQL and in the configuration. */
  readonly prefix: string
  /** The lines of tidemark.yml about the warehouse. */
  readonly configuration: string
  /** What a reader's folder says of where it is. */
  readonly place: string
  /** A shell for people who have none at hand. */
  readonly shell: string
  /** Said before the tables are made; clears an earlier demo too. */
  readonly prepare: readonly string[]
  /** Files of an earlier demo. */
  clear(): Promise<void>
}

const file = 'warehouse.duckdb'
const duckdb = (folder: string): Shop => ({
  settings: { type: 'duckdb', path: join(folder, file), schema: 'tidemark' },
  prefix: '',
  configuration: `warehouse: { type: duckdb, path: ${file}, schema: tidemark }`,
  place: `\`${file}\``,
  shell: `// node sql.mjs "select …": asks the warehouse of this folder, or changes it.
import { fileURLToPath } from 'node:url'
import { DuckDBInstance } from '${import.meta.resolve('@duckdb/node-api')}'

const instance = await DuckDBInstance.create(fileURLToPath(new URL('${file}', import.meta.url)))
const connection = await instance.connect()
const reader = await connection.runAndReadAll(process.argv[2] ?? 'show all tables')
console.table(reader.getRowObjectsJson())
connection.closeSync()
instance.closeSync()
`,
  prepare: [],
  clear: async () => {
    for (const name of [file, `${file}.wal`]) await rm(join(folder, name), { force: true })
  },
})

const [shopSchema, stateSchema] = ['tidemark_demo_shop', 'tidemark_demo']
/** How long a dead run keeps its lease: nothing else proves that it is dead, and a demo does not wait for two minutes. */
const leaseSeconds = 4
const postgres = (): Shop => ({
  settings: { type: 'postgres', schema: stateSchema, lockTimeoutMs: 30_000 },
  prefix: `${shopSchema}.`,
  configuration: `warehouse: { type: postgres, schema: ${stateSchema} } # where: as the PG* variables and ~/.pgpass say
run: { lease_seconds: ${leaseSeconds} }                 # so short for the demo only`,
  place: `the schema \`${shopSchema}\` of your PostgreSQL database (the PG* variables say which)`,
  shell: `// node sql.mjs "select …": asks the database that the PG* variables name, or changes it.
import pg from '${import.meta.resolve('pg')}'

const client = new pg.Client()
await client.connect()
console.table((await client.query(process.argv[2] ?? 'select table_schema, table_name from information_schema.tables where table_schema like $$tidemark%$$')).rows)
await client.end()
`,
  prepare: [
    ...[shopSchema, stateSchema, `${stateSchema}_state`].map((name) => `drop schema if exists ${name} cascade`),
    `create schema ${shopSchema}`,
  ],
  clear: async () => undefined,
})

const shops = { duckdb, postgres } as const
export const shopNames = Object.keys(shops) as readonly (keyof typeof shops)[]
export const shopOf = (warehouse: keyof typeof shops, folder: string): Shop => shops[warehouse](folder)
