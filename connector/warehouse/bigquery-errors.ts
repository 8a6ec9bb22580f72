import type { BigquerySettings } from '../config/activation.ts'
import { quote } from '../config/problems.ts'
import { noSuchSchema } from './catalogue.ts'
import { type Kind, ourError } from './classify.ts'
import { offsetOf } from './text-place.ts'
import { kindOfNetwork } from './unreachable.ts'
import { isOfTheUser, type WarehouseError } from './warehouse.ts'

/** What both the reason and the message of an error say; the first that fits. Messages can quote values and go nowhere. */
const refusals: readonly (readonly [reason: RegExp, message: RegExp, kind: Kind])[] = [
  [
    /./,
    /concurrent update|could not serialize|transaction is aborted/i,
    ['later', 'warehouse_conflict', 'Another job changed the same table'],
  ],
  [/^notFound$/, /dataset/i, ['statement', noSuchSchema, 'A dataset does not exist']],
  [/^notFound$/, /project/i, ['configuration', 'no_such_database', 'There is no such project']],
  [/^notFound$/, /./, ['statement', 'no_such_relation', 'A table does not exist']],
  [/^resourceInUse$/, /./, ['configuration', 'warehouse_depends', 'Something of others is still in it']],
  [/^duplicate$/, /./, ['bug', 'warehouse_exists', 'Something of that name is there already']],
  [
    /^(billingNotEnabled|billingTierLimitExceeded)$/,
    /./,
    ['configuration', 'warehouse_billing', 'BigQuery does not run this without billing, or beyond its tier'],
  ],
  [
    /^bytesBilledLimitExceeded$/,
    /./,
    ['configuration', 'warehouse_bytes', 'A query would read more than warehouse.maximum_bytes_billed'],
  ],
  [
    /^(quotaExceeded|rateLimitExceeded|jobRateLimitExceeded)$/,
    /./,
    ['later', 'warehouse_quota', 'A quota of BigQuery is used up'],
  ],
  [/^(resourcesExceeded|responseTooLarge)$/, /./, ['later', 'warehouse_memory', 'BigQuery ran out of memory or slots']],
  [
    /^(stopped|timeout)$/,
    /./,
    ['later', 'warehouse_cancelled', 'BigQuery broke a job off: it took too long, or somebody did'],
  ],
  [
    /^(backendError|internalError|jobBackendError|jobInternalError|tableUnavailable|blocked)$/,
    /./,
    ['later', 'warehouse_unreachable', 'BigQuery could not do it now'],
  ],
  [/^invalid/, /syntax error|unexpected|illegal/i, ['statement', 'sql_syntax', 'The SQL cannot be parsed']],
  [
    /^invalid/,
    /not found in inside|unrecognized name|no matching signature|not found: (column|field)/i,
    ['statement', 'no_such_column', 'A column does not exist or has a type that does not fit'],
  ],
  [/^invalid/, /function not found|is not supported/i, ['statement', 'sql_extension', 'BigQuery has no such function']],
  [/^invalid/, /parameter/i, ['statement', 'sql_parameters', 'There is a parameter (@name or ?) that nothing fills']],
  [
    /^invalid/,
    /must be qualified with a dataset|dataset/i,
    ['statement', 'no_such_relation', 'A table is named without its dataset, or does not exist'],
  ],
  [/^invalid/, /./, ['statement', 'sql_value', 'A value does not fit its type, or the SQL asks for what cannot be']],
]

const denied = /^(accessDenied|insufficientPermissions|forbidden)$/
const refusedLogin = /^(authError|required|invalidCredentials)$/
const credentials =
  /default credentials|invalid_grant|invalid_client|unauthorized_client|private key|keyfile|key file|credential|impersonat|refresh token|ENOENT/i

interface Thrown {
  readonly code?: unknown
  readonly status?: unknown
  readonly message?: unknown
  readonly errors?: unknown
}

/** The reason BigQuery names first ("Error messages"): `notFound`, `invalidQuery`. */
const reasonOf = ({ errors }: Thrown): string => {
  const [first] = Array.isArray(errors) ? (errors as readonly { readonly reason?: unknown }[]) : []
  return typeof first?.reason === 'string' ? first.reason : ''
}

/** Where jobs run, and the statement of one. */
export interface Saying {
  readonly settings: BigquerySettings
  readonly statement?: string
}

const hostOf = ({ apiEndpoint }: BigquerySettings): string =>
  (apiEndpoint === undefined ? null : URL.parse(apiEndpoint)?.host) ?? 'bigquery.googleapis.com'

/** Where jobs run, and as whom. */
export const atProject = (settings: BigquerySettings): string => {
  const { project, location, impersonate } = settings
  const as = impersonate === undefined ? '' : `, as ${quote(impersonate)}`
  return `${hostOf(settings)}, project ${quote(project)}, location ${quote(location)}${as}`
}

const kindOf = (thrown: Thrown | null, step: string, { settings, statement }: Saying): Kind => {
  const message = String(thrown?.message ?? '')
  const reason = reasonOf(thrown ?? {})
  const refusal = refusals.find(([reasons, messages]) => reasons.test(reason) && messages.test(message))
  if (refusal) {
    const [fault, word, says] = refusal[2]
    const about = reason === 'notFound' && isOfTheUser(step) ? missing(message) : {}
    const offset = statement === undefined ? undefined : offsetIn(message, statement)
    const place = word === 'no_such_database' || word === noSuchSchema ? ` (${atProject(settings)})` : ''
    return [fault, word, `${says}${place}`, offset === undefined ? about : { offset, ...about }]
  }
  const status = Number(thrown?.code ?? thrown?.status)
  if (denied.test(reason) || status === 403) return lacksRight(message, step, settings)
  return kindOfWay(thrown, settings, refusedLogin.test(reason) || status === 401)
}

/** Everything but what BigQuery says of a job. */
const kindOfWay = (thrown: Thrown | null, settings: BigquerySettings, refused: boolean): Kind => {
  const [code, message] = [String(thrown?.code ?? ''), String(thrown?.message ?? '')]
  const place = atProject(settings)
  const login = (says: string): Kind => ['permission', 'warehouse_login', `${says} (${place})`, { wayOut: ofLogin }]
  if (refused) return login('BigQuery refused the credentials')
  const status = Number(thrown?.code ?? thrown?.status)
  if (status === 429 || status >= 500)
    return ['later', 'warehouse_unreachable', `BigQuery could not do it now (${place}): HTTP ${status}`]
  const server = {
    title: 'BigQuery',
    host: hostOf(settings).replace(/:\d+$/, ''),
    place,
    ofHost: 'warehouse.api_endpoint, or the name servers of this machine',
    ofAuthority: 'NODE_EXTRA_CA_CERTS (a proxy that looks into TLS has one of its own)',
    check: 'Correct warehouse.api_endpoint or the proxy (HTTPS_PROXY), or run again later.',
  }
  const way = kindOfNetwork(code, message, server)
  if (way) return way
  if (credentials.test(message) || credentials.test(code)) return login('The credentials for BigQuery cannot be used')
  return ['bug', 'warehouse_error', 'The BigQuery driver failed']
}

const ofLogin =
  'Log in anew (`gcloud auth application-default login`), or correct warehouse.key_file, GOOGLE_APPLICATION_CREDENTIALS or warehouse.impersonate_service_account.'

/** `Syntax error: Unexpected identifier "fro" at [2:3]`: from 1 on, and a tab reaches to its next stop. */
const offsetIn = (message: string, statement: string): number | undefined => {
  const [, line, column] = /\bat \[(\d+):(\d+)\]/.exec(message) ?? []
  return line === undefined ? undefined : offsetOf(statement, Number(line), Number(column), { from: 1, tabs: true })
}

/** `Access Denied: Table shop:crm.people: User does not have permission …`; of a project it names the permission. */
const lacksRight = (message: string, step: string, settings: BigquerySettings): Kind => {
  const [, kind, name] = /Access Denied: (\w+) ([\w:.-]+?):? /.exec(message) ?? []
  const [permission] = /\bbigquery\.\w+\.\w+/.exec(message) ?? []
  const what = kind === undefined || name === undefined ? '' : ` to the ${kind.toLowerCase()} ${quote(name)}`
  const lacks = `${settings.impersonate === undefined ? 'the principal' : quote(settings.impersonate)} has not the right${what} that this needs${permission ? ` (${permission})` : ''}`
  const detail = isOfTheUser(step)
    ? { about: `cannot be read: ${lacks}`, wayOut: `Grant it (roles/bigquery.dataViewer to read). ${kept}` }
    : { wayOut: '`tidemark grants` prints the rights that runs need.' }
  return ['permission', 'warehouse_permission', `In BigQuery ${lacks}`, detail]
}

const kept =
  'If it had the right before, dbt has probably built the relation anew, and a new one is without grants: grant it on the dataset, where it stays, or write `grants` in the dbt configuration of the model.'

/** `Not found: Table shop:crm.people was not found in location EU` */
const missing = (message: string): { about?: string; wayOut?: string } => {
  const [, kind, name, location] =
    /Not found: (\w+) ([\w:.-]+)(?: was not found in location ([\w-]+))?/.exec(message) ?? []
  if (kind === undefined || name === undefined) return {}
  const about = `reads the ${kind.toLowerCase()} ${quote(name)}, which does not exist${location ? ` in the location ${location}` : ''}`
  return { about, wayOut: 'Correct the name or warehouse.location, or build it first.' }
}

/** What the driver threw, in our own words. */
export const classified = (step: string, saying: Saying, error: unknown): WarehouseError =>
  ourError(step, error, (thrown) => kindOf(thrown as Thrown | null, step, saying))

/** Has somebody submitted a job of this id already? */
export const isRepeated = (error: unknown): boolean => Number((error as Thrown | null)?.code) === 409
