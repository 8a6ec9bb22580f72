import * as z from 'zod'
import type { Destination } from '../destination/destination.ts'
import { activationName, filled, name } from './schema-parts.ts'
import { connectionId, warehouseByConnection, warehouses } from './warehouse-schema.ts'

const column = z.string().regex(/^[^\0]+$/, { error: 'must be the name of a column\nwrite the name of a column' })
const share = z.number().min(0).max(1)

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
  default_country: z
    .string()
    .optional()
    .describe('ISO 3166 alpha-2: FR. The country of phone numbers without a calling code'),
  country: z
    .strictObject({ column })
    .optional()
    .describe('The column that names the country of each phone number; where it is empty default_country counts'),
})
const columnOrObject = z.union([column, mappedColumn])
const fieldMapping = z.union([columnOrObject, z.array(columnOrObject).min(1)])

const airflowText = (longest: number) => filled.max(longest).optional()
/** What DAGs are made with; nothing here knows or follows it. The bounds are those of Airflow's own tables. */
export const airflow = z.strictObject({
  pool: airflowText(256).describe('Default: one pool for each ad account'),
  pool_slots: z.int().min(1).max(1000).optional(),
  retries: z.int().min(0).max(1000).optional(),
  retry_delay_seconds: z.int().min(0).max(86_400).optional(),
  execution_timeout_seconds: z.int().min(1).max(604_800).optional(),
  owner: airflowText(500),
  tags: z
    .array(filled.max(100))
    .refine((tags) => new Set(tags).size === tags.length, { error: 'names one tag twice\nkeep one of them' })
    .optional(),
  queue: airflowText(256),
  priority_weight: z.int().min(-2_147_483_648).max(2_147_483_647).optional(),
})

/** What `destinations.*.defaults` and an activation have in common; `fields` is read by `fields.ts`. */
export const activationSettings = z.strictObject({
  audience: audience.optional(),
  fields: z.unknown().optional(),
  schedule: z.string().nullable().optional(),
  guards: guards.optional(),
  quarantine_days: z.int().min(1).max(3650).optional(),
  airflow: airflow
    .optional()
    .describe('For the Airflow DAGs that are made of this file; what is sent does not depend on it'),
})
const later = z.unknown().optional()
/** An activation; its settings are read by `activationSettings`. */
export const activation = z.strictObject({
  destination: z.string(),
  name: name.optional(),
  renamed_from: activationName
    .optional()
    .describe('The name that this activation had: its first run takes over the audience and the ledger of that name'),
  audience: later,
  fields: later,
  schedule: later,
  guards: later,
  quarantine_days: later,
  airflow: later,
})

/** The keys of `destinations.*` that every platform has. */
export const destination = z.strictObject({
  type: z.unknown(),
  connection: z.unknown().optional(),
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
  const [first, ...others] = Object.values(destinations).flatMap((contract) => [
    destinationSchema(contract),
    destinationByConnection(contract),
  ])
  const whole = document.extend({
    warehouse: z.union([...Object.values(warehouses), warehouseByConnection]),
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
  return z.toJSONSchema(whole, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema, path }) => {
      if (!path.includes('where')) orVariable(jsonSchema)
    },
  })
}

/** A variable may stand for a number, or for true or false (see `readMapping`). */
function orVariable(schema: z.core.JSONSchema.BaseSchema): void {
  const { type, description, default: usual, ...rest } = schema
  if (!['number', 'integer', 'boolean'].includes(String(type)) || schema.const !== undefined) return
  for (const key of Object.keys(schema)) delete schema[key]
  Object.assign(schema, {
    ...(description === undefined ? {} : { description }),
    ...(usual === undefined ? {} : { default: usual }),
    anyOf: [
      { type, ...rest },
      { type: 'string', pattern: '^\\$\\{[A-Za-z_][A-Za-z0-9_]*\\}$' },
    ],
  })
}

/** With its keys in the file. */
function destinationSchema(contract: Destination): z.ZodObject {
  const fields = Object.fromEntries(Object.keys(contract.fields).map((field) => [field, fieldMapping.optional()]))
  const defaults = activationSettings.extend({ fields: z.strictObject(fields).optional() })
  const { connection: _, ...shape } = destination.shape
  return z.strictObject({
    ...shape,
    ...contract.settings.shape,
    type: z.literal(contract.type),
    defaults: defaults.optional(),
  })
}

/** With a connection that gives its keys, or most of them. */
const destinationByConnection = (contract: Destination): z.ZodObject =>
  destinationSchema(contract).extend({ ...optionalSettings(contract).shape, connection: connectionId })

/** One key of a schema, which may be left out. */
export const optionalKey = ({ shape }: z.ZodObject, key: string): z.ZodType => (shape[key] as z.ZodType).optional()

/** The keys of a platform, of which none must be there: a connection gives them, or should. */
export function optionalSettings({ settings }: Destination): z.ZodObject {
  const { credentials } = settings.shape
  return settings
    .partial()
    .extend(credentials instanceof z.ZodObject ? { credentials: credentials.partial().optional() } : {})
}
