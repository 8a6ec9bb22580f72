import type { Destination } from '../destination/destination.ts'
import type { WarehouseSettings } from './activation.ts'
import type { AirflowConnection } from './airflow-connection.ts'
import type { ConnectionParts } from './connection-parts.ts'
import { giveSnowflake } from './connection-snowflake.ts'
import { parsedJson } from './json.ts'
import { isMapping, type Mapping } from './tree.ts'

/** What one type of Airflow connection is to a warehouse. */
export interface ConnectionType {
  /** `warehouse.type`. */
  readonly warehouse: WarehouseSettings['type']
  /** What older versions of Airflow write before the keys of extra. */
  readonly legacyPrefix?: string
  /** Gives every part its key of `warehouse`. */
  readonly give: (parts: ConnectionParts) => void
}

/** By `conn_type`. */
export const warehouseTypes: Readonly<Record<string, ConnectionType>> = {
  postgres: { warehouse: 'postgres', give: givePostgres },
  google_cloud_platform: {
    warehouse: 'bigquery',
    legacyPrefix: 'extra__google_cloud_platform__',
    give: giveGoogleCloud,
  },
  snowflake: { warehouse: 'snowflake', legacyPrefix: 'extra__snowflake__', give: giveSnowflake },
  duckdb: { warehouse: 'duckdb', give: giveDuckdb },
}

/** `warehouse.type` of a connection of this type. */
export const warehouseOf = ({ type }: AirflowConnection): ConnectionType | undefined =>
  Object.hasOwn(warehouseTypes, type) ? warehouseTypes[type] : undefined

function givePostgres(parts: ConnectionParts): void {
  parts.giveField('host', 'host')
  parts.giveField('port', 'port')
  parts.giveField('schema', 'database')
  parts.giveField('login', 'user')
  parts.giveField('password', 'password')
  for (const key of ['sslmode', 'sslrootcert', 'sslcert', 'sslkey']) parts.giveExtra(key)
  // How Airflow's own client talks, not to what.
  parts.passOver('application_name', 'client_encoding', 'connect_timeout', 'cursor', 'sqlalchemy_scheme')
  parts.passOver('keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'tcp_user_timeout')
  const other = 'take it out, or name a connection with a login and a password'
  parts.refuse(other, 'iam', 'aws_conn_id', 'redshift', 'redshift-serverless', 'azure_conn_id')
  parts.refuse(other, 'cluster-identifier', 'workgroup-name')
  parts.refuse('name relations with their schema', 'options')
}

/** An address of three slashes has the path as its schema, without the slash it begins with. */
function giveDuckdb(parts: ConnectionParts): void {
  const [host, schema] = [parts.field('host'), parts.field('schema')]
  if (host !== undefined && schema !== undefined)
    parts.problem('gives both a host and a schema', 'write the whole path as the host, in an address with %2F for /')
  if (host !== undefined) parts.give('path', host, 'host')
  else if (schema !== undefined) parts.give('path', String(schema).replace(/^\/?/, '/'), 'schema')
}

const fullScope = 'https://www.googleapis.com/auth/cloud-platform'
const bigqueryScope = 'https://www.googleapis.com/auth/bigquery'

function giveGoogleCloud(parts: ConnectionParts): void {
  const key = keyOf(parts)
  const project = parts.extra('project')
  parts.give('project', project ?? key?.project_id, project === undefined ? 'extra.keyfile_dict' : 'extra.project')
  parts.giveExtra('key_path', 'key_file')
  parts.giveExtra('location')
  giveImpersonated(parts)
  const scopes = listOf(parts.extra('scope'))
  if (scopes.length > 0 && !scopes.some((scope) => scope === fullScope || scope === bigqueryScope))
    parts.problem('gives an extra.scope that BigQuery is not in', `add ${bigqueryScope}, or take it out`)
  parts.passOver('num_retries')
  const adc = 'take it out, and let GOOGLE_APPLICATION_CREDENTIALS name a file, or give keyfile_dict or key_path'
  parts.refuse(adc, 'credential_config_file', 'key_secret_name', 'key_secret_project_id', 'is_anonymous')
  parts.refuse(adc, 'idp_issuer_url', 'client_id', 'client_secret', 'idp_extra_parameters', 'idp_extra_params')
  parts.refuse('take it out: jobs are billed to extra.project', 'quota_project_id')
}

/** The key of a service account, as an object or as its JSON text. */
function keyOf(parts: ConnectionParts): Mapping | undefined {
  const given = parts.extra('keyfile_dict')
  if (given === undefined) return undefined
  parts.give('key_json', typeof given === 'string' ? given : JSON.stringify(given), 'extra.keyfile_dict')
  const key = typeof given === 'string' ? parsedJson(given) : given
  return isMapping(key) ? key : undefined
}

function giveImpersonated(parts: ConnectionParts): void {
  const chain = listOf(parts.extra('impersonation_chain'))
  if (chain.length > 1)
    parts.problem(
      `gives an extra.impersonation_chain of ${chain.length} accounts`,
      'name one that may be impersonated directly',
    )
  else parts.give('impersonate_service_account', chain[0], 'extra.impersonation_chain')
}

/** A list, or a text with commas. */
const listOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return []
  const list = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value]
  return list.map((one) => (typeof one === 'string' ? one.trim() : one)).filter((one) => one !== '')
}

/**
 * A connection of a platform's own type: the address in host and port, and in extra the keys that the platform's entry in
 * `destinations` has, and those below its `credentials`.
 */
export function giveDestination(parts: ConnectionParts, { settings }: Destination): void {
  const [host, port] = [parts.field('host'), parts.field('port')]
  if (host !== undefined) parts.give('base_url', addressOf(String(host), port), 'host')
  else if (port !== undefined) parts.problem('gives a port without a host', 'give both or none')
  const { credentials, ...own } = settings.shape
  for (const key of Object.keys(own)) parts.giveExtra(key)
  for (const key of credentialKeys(credentials)) parts.giveExtra(key, ['credentials', key])
}

/** The keys of a platform's `credentials`. */
export const credentialKeys = (credentials: unknown): readonly string[] =>
  Object.keys((credentials as { readonly shape?: object } | undefined)?.shape ?? {})

const addressOf = (host: string, port: string | number | undefined): string => {
  const [, protocol = 'https://', name = ''] = /^(\w+:\/\/)?(.*)$/s.exec(host) ?? []
  // Airflow takes the brackets off an IPv6 address.
  const bracketed = /^[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:.]*$/i.test(name) ? `[${name}]` : name
  return `${protocol}${bracketed}${port === undefined ? '' : `:${port}`}`
}
