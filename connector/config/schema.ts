import * as z from 'zod'
import type { Destination } from '../destination/destination.ts'

/** Text of one form; problems say `wrong`, and `wayOut` on how to put it right. */
const shaped = (form: RegExp, wrong: string, wayOut: string) => z.string().regex(form, { error: `${wrong}\n${wayOut}` })

/** The form of the names that users give: destinations, segments, activations, the state schema. */
export const nameForm = /^[a-z][a-z0-9_]*$/
export const nameRule = 'must be lower-case letters, digits and _, beginning with a letter'
const name = shaped(nameForm, nameRule, 'rename it')
const filled = shaped(/\S/, 'must not be empty', 'write it or take the key out')
const column = z.string().regex(/^[^\0]+$/, { error: 'must be the name of a column\nwrite the name of a column' })
const share = z.number().min(0).max(1)

/** With `_state` behind it as long as PostgreSQL takes a name, 63 bytes. */
const stateSchema = name.max(57).default('tidemark').describe('Schema of the state tables')

const lockTimeout = z
  .int()
  .min(1)
  .max(3_600_000)
  .default(30_000)
  .describe('How long a statement may wait for a lock of another session before the run ends with exit code 75')

const duckdb = z.strictObject({
  type: z.literal('duckdb'),
  path: filled.describe('The DuckDB file, relative to the folder of this file'),
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
  schema: stateSchema,
})

/** A warehouse by its type. */
export const warehouses = { duckdb, postgres, bigquery, snowflake } as const

export const run = z.strictObject({ lease_seconds: z.int().min(3).max(86_400).default(120) })

export const audience = z.strictObject({
  name: z.string().optional(),
  description: z.string().nullable().optional(),
  adopt: z.boolean().optional(),
})

export const guards = z.strictObject({
  max_removed_share: share.optional(),
  max_touched_share: share.optional(),
  max_rejected_share: share.optional(),
  max_null_key_share: share.optional(),
  min_members: z.int().min(0).optional(),
  allow_empty: z.boolean().optional(),
})

export const mappedColumn = z.strictObject({
  column,
  format: z
    .enum(['auto', 'clear', 'sha256', 'sha512'])
    .default('auto')
    .describe('auto: 64 hex digits are a SHA-256 digest (128 a SHA-512 digest, TikTok e-mail), all else is clear'),
  default_country: z.string().optional().describe('ISO 3166 alpha-2: FR'),
})
const columnOrObject = z.union([column, mappedColumn])
const fieldMapping = z.union([columnOrObject, z.array(columnOrObject).min(1)])

/** What `destinations.*.defaults` and an activation have in common; `fields` is read by `fields.ts`. */
export const activationSettings = z.strictObject({
  audience: audience.optional(),
  fields: z.unknown().optional(),
  schedule: z.string().nullable().optional(),
  guards: guards.optional(),
  quarantine_days: z.int().min(1).max(3650).optional(),
})
const later = z.unknown().optional()
/** An activation; its settings are read by `activationSettings`. */
export const activation = z.strictObject({
  destination: z.string(),
  name: name.optional(),
  audience: later,
  fields: later,
  schedule: later,
  guards: later,
  quarantine_days: later,
})

/** The keys of `destinations.*` that every platform has. */
export const destination = z.strictObject({
  type: z.string(),
  base_url: z.string().optional().describe('Scheme, host and port of a sandbox, proxy or simulator'),
  rate_limit: z.strictObject({ requests_per_second: z.number().positive().optional() }).optional(),
  request: z
    .strictObject({
      timeout_ms: z.int().min(1).max(3_600_000).optional(),
      quiet_ms: z.int().min(1).max(86_400_000).optional(),
      concurrency: z.int().min(1).max(100).optional(),
      max_rows: z.int().min(1).optional(),
      max_bytes: z.int().min(1).optional(),
      combined_rows: z
        .boolean()
        .optional()
        .describe(
          'TikTok Ads: the identifiers of a member in one row (default: one request per field). X Ads always does',
        ),
    })
    .optional(),
  defaults: z.unknown().optional(),
})

const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'must be text, a number, true or false' })
export const operators = {
  equals: scalar.optional(),
  not_equals: scalar.optional(),
  in: z.array(scalar).min(1).optional(),
  not_in: z.array(scalar).min(1).optional(),
  at_least: scalar.optional(),
  at_most: scalar.optional(),
  above: scalar.optional(),
  below: scalar.optional(),
  is_null: z.boolean().optional(),
}
export const condition = z.strictObject({ column, ...operators })

export const memberKey = z.strictObject({ column, hash: z.boolean().default(false) })

/** A segment; what is `unknown` here is read by `segments.ts` and `activations.ts`. */
export const segment = z.strictObject({
  relation: z.string().optional().describe('schema.table, odd names in double quotes'),
  sql: filled.optional(),
  where: z.unknown().optional(),
  description: z.string().nullable().optional(),
  member_key: z.unknown(),
  activate: z.unknown().optional(),
})

/** The whole file. */
export const document = z.strictObject({
  version: z.literal(1),
  warehouse: z.unknown(),
  run: z.unknown().optional(),
  destinations: z.unknown(),
  segments: z.unknown(),
})

/**
 * The JSON Schema (draft 7, what editors read) of `tidemark.yml` for these destinations. It knows each platform's own
 * keys and fields; what takes two places of the file to judge only `loadConfiguration` finds.
 */
export function jsonSchemaFor(destinations: Readonly<Record<string, Destination>>): Record<string, unknown> {
  const settings = { ...activationSettings.shape, fields: z.record(z.string(), fieldMapping).optional() }
  const activate = z.array(z.union([name, z.strictObject({ ...activation.shape, ...settings })]))
  const [first, ...others] = Object.values(destinations).map(destinationSchema)
  const whole = document.extend({
    warehouse: z.union(Object.values(warehouses) as [typeof duckdb, typeof postgres]),
    run: run.optional(),
    destinations: z.record(name, first === undefined ? z.never() : z.union([first, ...others])),
    segments: z.record(
      name,
      segment.extend({
        where: z.array(condition).optional(),
        member_key: z.union([column, memberKey]),
        activate: activate.optional(),
      }),
    ),
  })
  return z.toJSONSchema(whole, { target: 'draft-7', io: 'input', unrepresentable: 'any' })
}

function destinationSchema(contract: Destination): z.ZodObject {
  const fields = Object.fromEntries(Object.keys(contract.fields).map((field) => [field, fieldMapping.optional()]))
  const defaults = activationSettings.extend({ fields: z.strictObject(fields).optional() })
  return z.strictObject({
    ...destination.shape,
    ...contract.settings.shape,
    type: z.literal(contract.type),
    defaults: defaults.optional(),
  })
}
