import * as z from 'zod'
import { filled, name, shaped } from './schema-parts.ts'

/** With `_state` behind it as long as PostgreSQL takes a name, 63 bytes. */
const stateSchema = name.max(57).default('tidemark').describe('Schema of the state tables')

const lockTimeout = z
  .int()
  .min(1)
  .max(3_600_000)
  .default(30_000)
  .describe('How long a statement may wait for a lock of another session before the run ends with exit code 75')

const unreachableTimeout = z
  .int()
  .min(1000)
  .max(3_600_000)
  .default(120_000)
  .describe('How long a server may give no sign before the run ends with exit code 75; a statement may take longer')

const duckdb = z.strictObject({
  type: z.literal('duckdb'),
  path: filled.describe('The DuckDB file on this machine, relative to the folder of this file'),
  schema: stateSchema,
  memory_limit: shaped(
    /^\d+(\.\d+)? ?([kmgt]i?b|%)$/i,
    'must be an amount of memory',
    'write it as "4GB" or "80%"',
  ).optional(),
  threads: z.int().min(1).max(1024).optional(),
  temp_directory: filled
    .optional()
    .describe('Where DuckDB writes what does not fit into memory, relative to the folder of this file'),
})

const pemFile = filled.optional().describe('A PEM file, relative to the folder of this file')
const postgres = z.strictObject({
  type: z.literal('postgres'),
  connection_string: filled
    .optional()
    .describe('postgres://user:password@host:port/database?sslmode=verify-full, from one variable; or the keys below'),
  host: filled.optional().describe('Default, as of all that is not given: the PG* variables, then what libpq takes'),
  port: z.int().min(1).max(65_535).optional(),
  database: filled.optional(),
  user: filled.optional(),
  password: filled.optional().describe('From one variable; without it ~/.pgpass is read'),
  sslmode: z
    .enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full'])
    .optional()
    .describe(
      'As libpq means it (default: PGSSLMODE, else prefer); verify-full is what keeps a password safe on its way',
    ),
  sslrootcert: pemFile,
  sslcert: pemFile,
  sslkey: pemFile,
  lock_timeout_ms: lockTimeout,
  unreachable_timeout_ms: unreachableTimeout,
  schema: stateSchema,
})

const label = /^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u
const bigquery = z.strictObject({
  type: z.literal('bigquery'),
  project: shaped(/^[a-z][a-z0-9.:-]{4,62}$/, 'must be the id of a project', 'write it as in my-project-123').describe(
    'Where jobs run and are billed, and where datasets are that are named without a project',
  ),
  location: shaped(
    /^[A-Za-z][A-Za-z0-9-]+$/,
    'must be a location',
    'write that of the datasets: EU, US, europe-west1',
  ).describe('Of the datasets: EU, US, europe-west1'),
  key_file: filled
    .optional()
    .describe(
      'Key of a service account, relative to the folder of this file; without it application-default credentials',
    ),
  key_json: filled.optional().describe('The same as JSON, from one variable'),
  impersonate_service_account: shaped(
    /^[^\s@]+@[^\s@]+$/,
    'must be the e-mail address of a service account',
    'write name@project.iam.gserviceaccount.com',
  ).optional(),
  maximum_bytes_billed: z
    .int()
    .min(10_485_760)
    .optional()
    .describe('A query that would read more fails before it costs anything; one of 10 MB is the smallest'),
  labels: z
    .record(z.string().regex(label), z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u))
    .default({})
    .describe('On each job, for the bill, beside tidemark_activation, tidemark_run and tidemark_step'),
  api_endpoint: shaped(/^https?:\/\/\S+$/, 'must be an address', 'write https://…, or take it out')
    .optional()
    .describe('For private access, or an emulator; over http:// no credentials are sent'),
  unreachable_timeout_ms: unreachableTimeout,
  schema: stateSchema,
})

const snowflake = z.strictObject({
  type: z.literal('snowflake'),
  account: filled.describe('As in organization-account, without .snowflakecomputing.com'),
  user: filled.optional(),
  role: filled.optional().describe('Default: that of the user'),
  warehouse: filled.optional().describe('The virtual warehouse that computes; default: that of the user'),
  database: filled.describe('Where the state tables are, and relations that are named without a database'),
  authenticator: z
    .enum([
      'snowflake',
      'snowflake_jwt',
      'oauth',
      'oauth_client_credentials',
      'programmatic_access_token',
      'workload_identity',
      'externalbrowser',
    ])
    .optional()
    .describe('Default: by what else is given, a private key, a token or a password'),
  password: filled.optional().describe('From one variable; Snowflake ends passwords of service users: use a key'),
  private_key: filled.optional().describe('PEM (PKCS 8), from one variable'),
  private_key_path: filled.optional().describe('The same as a file, relative to the folder of this file'),
  private_key_passphrase: filled.optional().describe('From one variable'),
  token: filled.optional().describe('Of OAuth, or a programmatic access token; from one variable'),
  oauth_client_id: filled.optional(),
  oauth_client_secret: filled.optional().describe('From one variable'),
  oauth_token_request_url: filled.optional(),
  oauth_scope: filled.optional(),
  workload_identity_provider: z.enum(['AWS', 'AZURE', 'GCP', 'OIDC']).optional(),
  query_tag: filled.max(200).optional().describe('In the tag of each query, beside step, activation and run'),
  access_url: shaped(/^https?:\/\/\S+$/, 'must be an address', 'write https://…, or take it out')
    .optional()
    .describe('For private access, or an emulator'),
  lock_timeout_ms: lockTimeout,
  unreachable_timeout_ms: unreachableTimeout,
  schema: stateSchema,
})

/** A warehouse by its type. */
export const warehouses = { duckdb, postgres, bigquery, snowflake } as const

export const connectionId = filled.describe('The id of an Airflow connection, which stands in AIRFLOW_CONN_<ID>')
const ofAny: Readonly<Record<string, z.ZodType>> = Object.assign(
  {},
  ...Object.values(warehouses).map(({ shape }) => shape),
)
const byConnection = {
  connection: connectionId,
  type: z.enum(Object.keys(warehouses) as (keyof typeof warehouses)[]).optional(),
  schema: stateSchema,
}

/** Where a connection says which warehouse it is, and gives the keys that lead there. */
export const warehouseByConnection = z.strictObject({
  ...Object.fromEntries(Object.entries(ofAny).map(([key, one]) => [key, one.optional()])),
  ...byConnection,
})

/** The same where the connection could not be followed: what is right for some warehouse may be right. */
export const unfollowedWarehouse = z.strictObject({
  ...Object.fromEntries(Object.keys(ofAny).map((key) => [key, z.unknown().optional()])),
  ...byConnection,
  connection: z.unknown(),
})
