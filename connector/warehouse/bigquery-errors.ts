import { noSuchSchema } from './catalogue.ts'
import { type Kind, ourError } from './classify.ts'
import type { WarehouseError } from './warehouse.ts'

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
    /^(accessDenied|insufficientPermissions|forbidden)$/,
    /./,
    [
      'permission',
      'warehouse_permission',
      'The BigQuery principal may not do this; tidemark grants prints what it needs',
    ],
  ],
  [
    /^(authError|required|invalidCredentials)$/,
    /./,
    ['permission', 'warehouse_login', 'BigQuery refused the credentials'],
  ],
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

const unreachable: Kind = ['later', 'warehouse_unreachable', 'BigQuery cannot be reached']
const network =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ABORT)|socket hang up|network|fetch failed|premature close/i
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

const ofStatus = (status: number): Kind | null => {
  if (status === 401) return ['permission', 'warehouse_login', 'BigQuery refused the credentials']
  if (status === 403) return ['permission', 'warehouse_permission', 'The BigQuery principal may not do this']
  return status === 429 || status >= 500 ? unreachable : null
}

const kindOf = (thrown: Thrown | null): Kind => {
  const message = String(thrown?.message ?? '')
  const reason = reasonOf(thrown ?? {})
  const refusal = refusals.find(([reasons, messages]) => reasons.test(reason) && messages.test(message))
  if (refusal) return refusal[2]
  const status = ofStatus(Number(thrown?.code ?? thrown?.status))
  if (status) return status
  if (network.test(String(thrown?.code ?? '')) || network.test(message)) return unreachable
  if (credentials.test(message) || credentials.test(String(thrown?.code ?? '')))
    return ['permission', 'warehouse_login', 'The credentials for BigQuery cannot be used']
  return ['bug', 'warehouse_error', 'The BigQuery driver failed']
}

/** What the driver threw, in our own words. */
export const classified = (step: string, error: unknown): WarehouseError =>
  ourError(step, error, (thrown) => kindOf(thrown as Thrown | null))

/** Has somebody submitted a job of this id already? */
export const isRepeated = (error: unknown): boolean => Number((error as Thrown | null)?.code) === 409
