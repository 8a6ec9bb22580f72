import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { WarehouseSettings } from '../config/activation.ts'
import { Problems, UsageError } from '../config/problems.ts'
import type { Environment } from '../config/tree.ts'
import { readWarehouse } from '../config/warehouse.ts'

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
  settings: { type: 'duckdb', path: join(folder, file), folder, schema: 'tidemark' },
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
const prepared: readonly string[] = [
  ...[shopSchema, stateSchema, `${stateSchema}_state`].map((name) => `drop schema if exists ${name} cascade`),
  `create schema ${shopSchema}`,
]
const nothing = async (): Promise<void> => undefined

const postgres = (): Shop => ({
  settings: { type: 'postgres', schema: stateSchema, lockTimeoutMs: 30_000, unreachableTimeoutMs: 120_000 },
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
  prepare: prepared,
  clear: nothing,
})

/** Of services: their statements take seconds, and a heartbeat comes three times a lease. */
const leaseOfServices = 20

/** Keys of the configuration, and the variable that each comes from. */
type Variables = Readonly<Record<string, string>>
interface Service {
  readonly type: 'bigquery' | 'snowflake'
  readonly needs: Variables
  readonly takes: Variables
  readonly place: string
  /** Written when it is wanted: it looks for the driver. */
  shell(): string
}

/** Throws UsageError where the environment does not say enough to go there. */
const shopOfService =
  ({ type, needs, takes, place, shell }: Service) =>
  (folder: string, environment: Environment): Shop => {
    const missing = Object.values(needs).filter((name) => !environment[name])
    if (missing.length > 0) throw new UsageError(`set ${missing.join(' and ')} in the environment, for the demo`)
    const given = Object.entries({ ...needs, ...takes }).filter(([, variable]) => environment[variable])
    const values = Object.fromEntries(given.map(([key, variable]) => [key, environment[variable]]))
    const problems = new Problems('the environment')
    const settings = readWarehouse({ type, schema: stateSchema, ...values }, join(folder, 'tidemark.yml'), problems)
    if (settings === undefined || problems.all.length > 0)
      throw new UsageError(
        problems.all
          .map(({ path, wrong, wayOut }) => `the environment, for the demo: ${path} ${wrong}; ${wayOut}`)
          .join('\n'),
      )
    const lines = given.map(([key, variable]) => `\n  ${key}: "\${${variable}}"`).join('')
    return {
      settings,
      prefix: `${shopSchema}.`,
      configuration: `warehouse:
  type: ${type}${lines}
  schema: ${stateSchema}
run: { lease_seconds: ${leaseOfServices} }                # so short for the demo only`,
      place,
      shell: shell(),
      prepare: prepared,
      clear: nothing,
    }
  }

const bigquery = shopOfService({
  type: 'bigquery',
  needs: { project: 'GOOGLE_CLOUD_PROJECT', location: 'BIGQUERY_LOCATION' },
  takes: { api_endpoint: 'BIGQUERY_API_ENDPOINT' },
  place: `the dataset \`${shopSchema}\` of your project (GOOGLE_CLOUD_PROJECT)`,
  shell: () => `// node sql.mjs "select …": asks the project that GOOGLE_CLOUD_PROJECT names, or changes it.
import { BigQuery } from '${import.meta.resolve('@google-cloud/bigquery')}'

const bigquery = new BigQuery({ projectId: process.env.GOOGLE_CLOUD_PROJECT, location: process.env.BIGQUERY_LOCATION })
const [rows] = await bigquery.query(process.argv[2] ?? 'select table_schema, table_name from ${stateSchema}.INFORMATION_SCHEMA.TABLES')
console.table(rows)
`,
})

const snowflake = shopOfService({
  type: 'snowflake',
  needs: { account: 'SNOWFLAKE_ACCOUNT', user: 'SNOWFLAKE_USER', database: 'SNOWFLAKE_DATABASE' },
  takes: {
    role: 'SNOWFLAKE_ROLE',
    warehouse: 'SNOWFLAKE_WAREHOUSE',
    access_url: 'SNOWFLAKE_ACCESS_URL',
    password: 'SNOWFLAKE_PASSWORD',
    private_key_path: 'SNOWFLAKE_PRIVATE_KEY_PATH',
    private_key_passphrase: 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
  },
  place: `the schema \`${shopSchema}\` of your Snowflake database (SNOWFLAKE_DATABASE)`,
  shell: () => `// node sql.mjs "select …": asks the account that the SNOWFLAKE_* variables name, or changes it.
import snowflake from '${import.meta.resolve('snowflake-sdk')}'

snowflake.configure({ logLevel: 'OFF' })
const { env } = process
const login = env.SNOWFLAKE_PRIVATE_KEY_PATH
  ? {
      authenticator: 'SNOWFLAKE_JWT',
      privateKeyPath: env.SNOWFLAKE_PRIVATE_KEY_PATH,
      ...(env.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE ? { privateKeyPass: env.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE } : {}),
    }
  : { password: env.SNOWFLAKE_PASSWORD }
const connection = snowflake.createConnection({
  account: env.SNOWFLAKE_ACCOUNT,
  username: env.SNOWFLAKE_USER,
  database: env.SNOWFLAKE_DATABASE,
  ...(env.SNOWFLAKE_ROLE ? { role: env.SNOWFLAKE_ROLE } : {}),
  ...(env.SNOWFLAKE_WAREHOUSE ? { warehouse: env.SNOWFLAKE_WAREHOUSE } : {}),
  ...(env.SNOWFLAKE_ACCESS_URL ? { accessUrl: env.SNOWFLAKE_ACCESS_URL } : {}),
  ...login,
})
connection.connect((refused) => {
  if (refused) return console.error(refused.message)
  connection.execute({
    sqlText: process.argv[2] ?? 'show tables in database',
    complete: (error, _, rows) => {
      console.table(error ? [{ error: error.message }] : rows)
      connection.destroy(() => undefined)
    },
  })
})
`,
})

const shops = { duckdb, postgres, bigquery, snowflake } as const
export const shopNames = Object.keys(shops) as readonly (keyof typeof shops)[]
/** Throws UsageError where the environment does not say which project or account. */
export const shopOf = (warehouse: keyof typeof shops, folder: string, environment: Environment): Shop =>
  shops[warehouse](folder, environment)
