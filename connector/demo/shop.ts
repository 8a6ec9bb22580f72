import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { WarehouseSettings } from '../config/activation.ts'
import { Problems, UsageError } from '../config/problems.ts'
import { readSnowflake } from '../config/snowflake.ts'
import type { Environment } from '../config/tree.ts'

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
const prepared = (made = ''): readonly string[] => [
  ...[shopSchema, stateSchema, `${stateSchema}_state`].map((name) => `drop schema if exists ${name} cascade`),
  `create schema ${shopSchema}${made}`,
]
const nothing = async (): Promise<void> => undefined

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
  prepare: prepared(),
  clear: nothing,
})

/** Of services: their statements take seconds, and a heartbeat comes three times a lease. */
const leaseOfServices = 20
const run = `run: { lease_seconds: ${leaseOfServices} }                # so short for the demo only`

const needed = (environment: Environment, ...names: readonly string[]): readonly string[] => {
  const missing = names.filter((name) => !environment[name])
  if (missing.length > 0) throw new UsageError(`set ${missing.join(' and ')} in the environment, for the demo`)
  return names.map((name) => environment[name] ?? '')
}
/** Lines of the configuration for those variables that are set. */
const lines = (environment: Environment, keys: Readonly<Record<string, string>>): string =>
  Object.entries(keys)
    .filter(([, variable]) => environment[variable])
    .map(([key, variable]) => `\n  ${key}: "\${${variable}}"`)
    .join('')

const ofBigquery = { api_endpoint: 'BIGQUERY_API_ENDPOINT', key_file: 'GOOGLE_APPLICATION_CREDENTIALS' } as const
const bigquery = (_: string, environment: Environment): Shop => {
  const [project = '', location = ''] = needed(environment, 'GOOGLE_CLOUD_PROJECT', 'BIGQUERY_LOCATION')
  const { [ofBigquery.api_endpoint]: apiEndpoint, [ofBigquery.key_file]: keyFile } = environment
  return {
    settings: {
      type: 'bigquery',
      schema: stateSchema,
      project,
      location,
      labels: {},
      ...(apiEndpoint ? { apiEndpoint } : {}),
      ...(keyFile ? { keyFile } : {}),
    },
    prefix: `${shopSchema}.`,
    configuration: `warehouse:
  type: bigquery
  project: "\${GOOGLE_CLOUD_PROJECT}"
  location: "\${BIGQUERY_LOCATION}"${lines(environment, ofBigquery)}
  schema: ${stateSchema}
${run}`,
    place: `the dataset \`${shopSchema}\` of your project (GOOGLE_CLOUD_PROJECT)`,
    shell: `// node sql.mjs "select …": asks the project that GOOGLE_CLOUD_PROJECT names, or changes it.
import { BigQuery } from '${import.meta.resolve('@google-cloud/bigquery')}'

const bigquery = new BigQuery({ projectId: process.env.GOOGLE_CLOUD_PROJECT, location: process.env.BIGQUERY_LOCATION })
const [rows] = await bigquery.query(process.argv[2] ?? 'select table_schema, table_name from ${stateSchema}.INFORMATION_SCHEMA.TABLES')
console.table(rows)
`,
    prepare: prepared(),
    clear: nothing,
  }
}

const ofSnowflake = {
  role: 'SNOWFLAKE_ROLE',
  warehouse: 'SNOWFLAKE_WAREHOUSE',
  access_url: 'SNOWFLAKE_ACCESS_URL',
  password: 'SNOWFLAKE_PASSWORD',
  private_key_path: 'SNOWFLAKE_PRIVATE_KEY_PATH',
  private_key_passphrase: 'SNOWFLAKE_PRIVATE_KEY_PASSPHRASE',
} as const
const snowflake = (folder: string, environment: Environment): Shop => {
  needed(environment, 'SNOWFLAKE_ACCOUNT', 'SNOWFLAKE_USER', 'SNOWFLAKE_DATABASE')
  const configuration = `warehouse:
  type: snowflake
  account: "\${SNOWFLAKE_ACCOUNT}"
  user: "\${SNOWFLAKE_USER}"
  database: "\${SNOWFLAKE_DATABASE}"${lines(environment, ofSnowflake)}
  schema: ${stateSchema}
${run}`
  return {
    settings: snowflakeOf(environment, folder),
    prefix: `${shopSchema}.`,
    configuration,
    place: `the schema \`${shopSchema}\` of your Snowflake database (SNOWFLAKE_DATABASE)`,
    shell: `// node sql.mjs "select …": asks the account that the SNOWFLAKE_* variables name, or changes it.
import snowflake from '${import.meta.resolve('snowflake-sdk')}'

snowflake.configure({ logLevel: 'OFF' })
const { SNOWFLAKE_ACCOUNT: account, SNOWFLAKE_USER: username, SNOWFLAKE_PASSWORD: password, SNOWFLAKE_DATABASE: database } = process.env
const connection = await snowflake.createConnection({ account, username, password, database }).connectAsync(() => undefined)
connection.execute({
  sqlText: process.argv[2] ?? 'show tables in database',
  complete: (error, _, rows) => {
    console.table(error ? [{ error: error.message }] : rows)
    connection.destroy(() => undefined)
  },
})
`,
    prepare: prepared(),
    clear: nothing,
  }
}

/** As the configuration would be read. */
const snowflakeOf = (environment: Environment, folder: string): WarehouseSettings => {
  const problems = new Problems('the environment')
  const given = {
    type: 'snowflake',
    schema: stateSchema,
    account: environment.SNOWFLAKE_ACCOUNT,
    user: environment.SNOWFLAKE_USER,
    database: environment.SNOWFLAKE_DATABASE,
    ...Object.fromEntries(
      Object.entries(ofSnowflake)
        .filter(([, variable]) => environment[variable])
        .map(([key, variable]) => [key, environment[variable]]),
    ),
  }
  const settings = readSnowflake(given, join(folder, 'tidemark.yml'), problems)
  if (settings === undefined || problems.all.length > 0)
    throw new UsageError('set SNOWFLAKE_PASSWORD or SNOWFLAKE_PRIVATE_KEY_PATH in the environment, for the demo')
  return settings
}

const shops = { duckdb, postgres, bigquery, snowflake } as const
export const shopNames = Object.keys(shops) as readonly (keyof typeof shops)[]
/** Throws UsageError where the environment does not say which project or account. */
export const shopOf = (warehouse: keyof typeof shops, folder: string, environment: Environment): Shop =>
  shops[warehouse](folder, environment)
