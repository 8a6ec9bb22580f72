import { createHash } from 'node:crypto'
import type { Scope } from '../../sql/scope.ts'
import { createScope } from '../../sql/scope.ts'
import type { MappedColumn } from '../../sql/wanted.ts'
import type { Activation } from '../config/activation.ts'
import type { Account, Destination } from '../destination/destination.ts'
import type { Channel } from '../http/channel.ts'
import type { Log } from '../log.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import type { Drain } from './drain.ts'
import type { Progress } from './progress.ts'

export interface CallCounts {
  apiCalls: number
  apiRetries: number
  throttledMs: number
}

/** What one run is asked to do and with what. Ids come in, so that a run can be replayed. */
export interface RunRequest {
  readonly activation: Activation
  readonly destination: Destination
  readonly account: Account
  readonly channel: Channel
  readonly warehouse: Warehouse
  /** Schema of the public state tables. */
  readonly schema: string
  readonly leaseSeconds: number
  readonly runId: string
  readonly runKey: string
  readonly full: boolean
  /** Removals that the platform refused before are tried again, although their quarantine has not ended. */
  readonly retryRefused?: boolean
  /** This activation's guards are overridden. */
  readonly overrideGuards: boolean
  /** What to type so that guards let this run pass. */
  readonly overrideCommand?: string
  /** All activations of the configuration, by name. Absent: an activation that was renamed is not looked for. */
  readonly inFile?: readonly string[]
  /** An activation that was renamed gets an audience of its own. */
  readonly secondAudience?: boolean
  readonly log: Log
  readonly progress: Progress
  readonly drain: Drain
  readonly orchestrator: { readonly name: string | null; readonly runId: string | null }
  readonly dbtInvocationId: string | null
  readonly connectorVersion: string
  /** What the run has sent so far, for whoever has to say so when it does not come to its end. */
  readonly counts?: CallCounts
  /** Tests wait less for requests to be repeated. */
  readonly patienceMs?: number
  /** Tests move the warehouse's clock by this. */
  readonly clockOffsetMs?: number
}

/** The end of this activation's table names, which no two share: `high_value-x`; long names end in a hash. */
export const suffixOf = (activation: string): string => {
  const plain = activation.replace('.', '-')
  if (plain.length <= 30) return plain
  return `${plain.slice(0, 20)}--${createHash('sha256').update(activation).digest('hex').slice(0, 8)}`
}

/**
 * The mapped columns as `sql/` needs them, in the order of the file; after them those that are looked at once more for
 * SHA-512 digests, which are identifiers of another type. Not with combined rows: a type that the platform may not know
 * would stand in every request.
 */
export const mappedColumns = (activation: Activation, destination: Destination): readonly MappedColumn[] => {
  const { combinedRows } = activation.destination.request
  const mapped = activation.fields.map(({ field, column, format, defaultCountry, countryColumn }) => {
    const rule = destination.fields[field]
    if (!rule) throw new Error(`A validated activation maps the unknown field ${field}`)
    const { type, sha512Type = type } = rule
    const common = {
      field,
      column,
      rule: rule.rule,
      ...(defaultCountry ? { defaultCountry } : {}),
      ...(countryColumn ? { countryColumn } : {}),
    }
    const own: MappedColumn = { ...common, type: format === 'sha512' ? sha512Type : type, format }
    if (format !== 'auto' || sha512Type === type || combinedRows) return { own, also: [] }
    const also: MappedColumn = { ...common, type: sha512Type, format: 'auto_sha512' }
    return { own: { ...own, format: 'auto_but_sha512' } as const, also: [also] }
  })
  return [...mapped.map(({ own }) => own), ...mapped.flatMap(({ also }) => also)]
}

/**
 * What the mapping is, as far as a fingerprint has to change with it, in 12 characters: a longer seed would cost MD5 a
 * second block for every row (0.34 s instead of 0.21 s a million).
 */
export const mappingSeed = (columns: readonly MappedColumn[]): string => {
  const mapping = JSON.stringify(
    columns.map((c) => [c.type, c.column, c.rule, c.format, c.defaultCountry ?? '', c.countryColumn ?? '']),
  )
  return createHash('sha256').update(mapping).digest('hex').slice(0, 12)
}

/** The scope of an activation's statements; run tables carry the fence. */
export const scopeOf = (
  request: Pick<RunRequest, 'activation' | 'warehouse' | 'schema' | 'clockOffsetMs'>,
  suffix: string,
  fence: string,
  mode: { readonly dry?: boolean; readonly stateless?: boolean } = {},
): Scope =>
  createScope({
    dialect: request.warehouse.dialect,
    schema: request.schema,
    activation: request.activation.name,
    suffix,
    fence,
    ...(request.clockOffsetMs === undefined ? {} : { clockOffsetMs: request.clockOffsetMs }),
    ...mode,
  })

/** What `activations` holds of it. */
export const activationFacts = ({ activation }: Pick<RunRequest, 'activation'>) => ({
  segment: activation.segment.name,
  destination: activation.destination.name,
  platform: activation.destination.type,
  accountId: activation.destination.accountId,
  audienceName: activation.audience.name,
  audienceDescription: activation.audience.description,
  fields: activation.fields.map((f) => `${f.field}: ${f.column}`).join(', '),
  schedule: activation.schedule,
  configHash: activation.configHash,
})
