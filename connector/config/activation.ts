import type { DestinationSettings } from '../destination/destination.ts'

/** Everything `tidemark.yml` says, validated: what a run, a plan and a status read. */
export interface Configuration {
  /** The file it was read from. */
  readonly file: string
  readonly warehouse: WarehouseSettings
  readonly run: { readonly leaseSeconds: number }
  readonly destinations: readonly DestinationSettings[]
  readonly activations: readonly Activation[]
  readonly connections: Connections
}

/** The ids of Airflow connections that the file names; what they give stands in the settings of warehouse and destinations. */
export interface Connections {
  readonly warehouse: string | null
  /** False where the warehouse's connection alone says what it is, and is not there: `warehouse` is made up then. */
  readonly warehouseIsKnown: boolean
  /** By the name of the destination; who names none is not in it. */
  readonly destinations: Readonly<Record<string, string>>
}

/** `warehouse`: which warehouse, where the public state tables live, and that driver's own keys in camelCase. */
export type WarehouseSettings = DuckdbSettings | PostgresSettings | BigquerySettings | SnowflakeSettings

/** Who logs in to a warehouse, and to what of it; as far as it is known. */
export interface Login {
  readonly user?: string
  readonly database?: string
}

export interface PostgresSettings {
  readonly type: 'postgres'
  /** Schema of the public state tables; the private ones live in `<schema>_state`. */
  readonly schema: string
  /** Without what it says of TLS. What is absent here and below comes from the PG* variables and from ~/.pgpass. */
  readonly connectionString?: string
  readonly host?: string
  readonly port?: number
  readonly database?: string
  readonly user?: string
  readonly password?: string
  readonly sslmode?: 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  /** Absolute paths of PEM files. */
  readonly sslrootcert?: string
  readonly sslcert?: string
  readonly sslkey?: string
  /** How long a statement may wait for a lock. */
  readonly lockTimeoutMs: number
  /** How long the server may give no sign while something waits for it. */
  readonly unreachableTimeoutMs: number
}

export interface BigquerySettings {
  readonly type: 'bigquery'
  /** Dataset of the public state tables; the private ones live in `<schema>_state`. */
  readonly schema: string
  /** Where jobs run and are billed, and where datasets are that are named without a project. */
  readonly project: string
  readonly location: string
  /** Absolute path of a service account's key; without it application-default credentials. */
  readonly keyFile?: string
  /** The same as JSON text. */
  readonly keyJson?: string
  /** E-mail address of the service account to act as. */
  readonly impersonate?: string
  /** Bytes, digits: a query that would read more fails. */
  readonly maximumBytesBilled?: string
  /** On each job, beside ours. */
  readonly labels: Readonly<Record<string, string>>
  readonly apiEndpoint?: string
  /** How long the server may give no sign while something waits for it. */
  readonly unreachableTimeoutMs: number
}

export interface SnowflakeSettings {
  readonly type: 'snowflake'
  /** Schema of the public state tables; the private ones live in `<schema>_state`. */
  readonly schema: string
  readonly account: string
  readonly user?: string
  readonly role?: string
  /** The virtual warehouse that computes. */
  readonly warehouse?: string
  readonly database: string
  /** How the user shows who it is, in the driver's words. */
  readonly login: Readonly<Record<string, string>>
  readonly queryTag?: string
  readonly accessUrl?: string
  /** How long a statement may wait for a lock. */
  readonly lockTimeoutMs: number
  /** How long the server may give no sign while something waits for it. */
  readonly unreachableTimeoutMs: number
}

export interface DuckdbSettings {
  readonly type: 'duckdb'
  /** Schema of the public state tables; the private ones live in `<schema>_state`. */
  readonly schema: string
  /** Absolute. */
  readonly path: string
  /** Where relative paths of a segment's SQL begin: that of the configuration file. Absolute. */
  readonly folder: string
  readonly memoryLimit?: string
  readonly threads?: number
  readonly tempDirectory?: string
}

/** One segment on one destination. (Other tools call it a sync.) */
export interface Activation {
  /** `<segment>.<destination>` or the `name` given to it. */
  readonly name: string
  /** The name that it had: what the state holds under it is taken over. */
  readonly renamedFrom?: string
  readonly segment: Segment
  readonly destination: DestinationSettings
  readonly audience: { readonly name: string; readonly description: string | null; readonly adopt: boolean }
  /** In the order of the file: one entry per mapped column. */
  readonly fields: readonly MappedField[]
  readonly schedule: string | null
  readonly guards: Guards
  readonly quarantineDays: number
  readonly airflow: AirflowSettings
  /** SHA-256 over what decides what is sent (segment, mapping, audience, account): hex, 64 characters. */
  readonly configHash: string
}

/** What the task of an activation is made with, in the words of the file: it is handed on as it stands, and never followed. */
export interface AirflowSettings {
  readonly pool?: string
  readonly pool_slots?: number
  readonly retries?: number
  readonly retry_delay_seconds?: number
  readonly execution_timeout_seconds?: number
  readonly owner?: string
  readonly tags?: readonly string[]
  readonly queue?: string
  readonly priority_weight?: number
}

export interface Segment {
  readonly name: string
  readonly source:
    | { readonly relation: readonly string[] }
    | { readonly sql: string }
    /** No rows, with columns of these names: of an activation that is being emptied. */
    | { readonly nobody: readonly string[] }
  readonly where: readonly Condition[]
  readonly description: string | null
  readonly memberKey: { readonly column: string; readonly hash: boolean }
  /** Mapped columns that turned out to hold bytes; a file does not say so. */
  readonly bytes?: readonly string[]
}

export type Scalar = string | number | boolean
/** One line of `where`. */
export type Condition = { readonly column: string } & (
  | { readonly operator: 'equals' | 'not_equals' | 'at_least' | 'at_most' | 'above' | 'below'; readonly value: Scalar }
  | { readonly operator: 'in' | 'not_in'; readonly values: readonly Scalar[] }
  | { readonly operator: 'is_null'; readonly value: boolean }
)

/** One column that feeds one field of the destination. */
export interface MappedField {
  /** A field of the destination: `email`. */
  readonly field: string
  readonly column: string
  readonly format: 'auto' | 'clear' | 'sha256' | 'sha512'
  /** ISO 3166 alpha-2, upper case: the country of a phone number that names none. */
  readonly defaultCountry?: string
  /** A column that names it, row by row: it wins where it is not empty. */
  readonly countryColumn?: string
}

/** The columns that a field reads. */
export const columnsOf = ({ column, countryColumn }: MappedField): readonly string[] =>
  countryColumn === undefined ? [column] : [column, countryColumn]

export interface Guards {
  readonly maxRemovedShare: number
  readonly maxTouchedShare: number
  readonly maxRejectedShare: number
  readonly maxNullKeyShare: number
  readonly minMembers: number
  readonly allowEmpty: boolean
}
