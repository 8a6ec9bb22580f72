import type { SnowflakeSettings } from '../config/activation.ts'
import { quote } from '../config/problems.ts'
import type { Kind } from './classify.ts'
import { hostText, kindOfNetwork } from './unreachable.ts'

export interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly cause?: { readonly code?: unknown; readonly message?: unknown }
  readonly response?: { readonly status?: unknown }
}

const hostOf = ({ account, accessUrl }: SnowflakeSettings): string =>
  (accessUrl === undefined ? null : URL.parse(accessUrl)?.host) ?? hostText(`${account}.snowflakecomputing.com`)

/** Where a session is, and as whom. */
export const atAccount = (settings: SnowflakeSettings): string => {
  const { account, user, role, database } = settings
  const named = { account, user, role, database }
  return [
    hostOf(settings),
    ...Object.entries(named).flatMap(([what, name]) => (name === undefined ? [] : [`${what} ${quote(name)}`])),
  ].join(', ')
}

/** `the role "TIDEMARK"`, as far as the configuration says it. */
export const roleOf = ({ role }: SnowflakeSettings): string =>
  role === undefined ? "the user's default role" : `the role ${quote(role)}`

/** What Snowflake itself does not say: the way to it, and what stands on the way; null where it is something else. */
export const kindOfWay = (thrown: Thrown | null, settings: SnowflakeSettings): Kind | null => {
  const { code, message, cause, response } = thrown ?? {}
  const place = atAccount(settings)
  const status = Number(response?.status)
  if (status === 403 || status === 404) {
    const says = `Nobody answers for the account ${quote(settings.account)} there (${place}): HTTP ${status}`
    const wayOut =
      'Correct warehouse.account (organization-account) or warehouse.access_url, or ask whether this machine may go there (network policy, proxy).'
    return ['configuration', 'no_such_account', says, { wayOut }]
  }
  if (!/^(40[125678]\d{3}|E[A-Z_]+)?$/.test(String(code ?? ''))) return null
  const server = {
    title: 'Snowflake',
    host: hostOf(settings).replace(/:\d+$/, ''),
    place,
    ofHost: 'warehouse.account (organization-account), or warehouse.access_url',
    ofAuthority: 'NODE_EXTRA_CA_CERTS (a proxy that looks into TLS has one of its own)',
    check: 'Correct warehouse.access_url or the proxy (HTTPS_PROXY), or run again later.',
  }
  return kindOfNetwork(String(cause?.code ?? code ?? ''), String(cause?.message ?? message ?? ''), server)
}

/** What each way to log in shows, and where it is written. */
const shown: Readonly<Record<string, readonly [what: string, key: string]>> = {
  SNOWFLAKE: ['the password', 'warehouse.password'],
  SNOWFLAKE_JWT: ['the key', 'warehouse.private_key (is its public half set for the user?)'],
  OAUTH: ['the token', 'warehouse.token'],
  PROGRAMMATIC_ACCESS_TOKEN: ['the token', 'warehouse.token'],
}

export const kindOfLogin = (settings: SnowflakeSettings): Kind => {
  const [what, key] = shown[settings.login.authenticator ?? ''] ?? ['the login', 'the keys of that way to log in']
  const user = settings.user === undefined ? '' : ` of user ${quote(settings.user)}`
  const says = `Snowflake refused ${what}${user}, or has no such user (${atAccount(settings)})`
  return ['permission', 'warehouse_login', says, { wayOut: `Correct warehouse.user and ${key}.` }]
}
