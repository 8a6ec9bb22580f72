import { dirname, resolve } from 'node:path'
import type { SnowflakeSettings } from './activation.ts'
import type { Path, Problems } from './problems.ts'
import { type Read, readMapping } from './read.ts'
import { warehouses } from './warehouse-schema.ts'

type Given = Read<typeof warehouses.snowflake>

const path: Path = ['warehouse']

/** What each way to log in needs, as the file names it and as the driver does. */
const ways = {
  snowflake: { password: 'password' },
  snowflake_jwt: { private_key: 'privateKey', private_key_path: 'privateKeyPath' },
  oauth: { token: 'token' },
  programmatic_access_token: { token: 'token' },
  oauth_client_credentials: {
    oauth_client_id: 'oauthClientId',
    oauth_client_secret: 'oauthClientSecret',
    oauth_token_request_url: 'oauthTokenRequestUrl',
  },
  workload_identity: { workload_identity_provider: 'workloadIdentityProvider' },
  externalbrowser: {},
} as const satisfies Readonly<Record<string, Readonly<Partial<Record<keyof Given, string>>>>>
type Way = keyof typeof ways

const more = { private_key_passphrase: 'privateKeyPass', oauth_scope: 'oauthScope' } as const
/** One of what they need is enough. */
const alternatives: readonly Way[] = ['snowflake_jwt']

/** `warehouse` of type snowflake. */
export function readSnowflake(value: unknown, file: string, problems: Problems): SnowflakeSettings | undefined {
  const read = readMapping(warehouses.snowflake, value, path, problems)
  const { type, account, database, lock_timeout_ms: lockTimeoutMs } = read
  const { schema: state, unreachable_timeout_ms: unreachableTimeoutMs } = read
  const login = readLogin(read, dirname(resolve(file)), problems)
  if (type === undefined || account === undefined || database === undefined || state === undefined) return undefined
  if (lockTimeoutMs === undefined || unreachableTimeoutMs === undefined || login === undefined) return undefined
  return {
    type,
    account,
    database,
    schema: state,
    lockTimeoutMs,
    unreachableTimeoutMs,
    login,
    ...(read.user === undefined ? {} : { user: read.user }),
    ...(read.role === undefined ? {} : { role: read.role }),
    ...(read.warehouse === undefined ? {} : { warehouse: read.warehouse }),
    ...(read.query_tag === undefined ? {} : { queryTag: read.query_tag }),
    ...(read.access_url === undefined ? {} : { accessUrl: read.access_url }),
  }
}

const wayOf = (read: Given): Way => {
  if (read.authenticator !== undefined) return read.authenticator
  if (read.private_key !== undefined || read.private_key_path !== undefined) return 'snowflake_jwt'
  return read.token === undefined ? 'snowflake' : 'oauth'
}

const readLogin = (read: Given, folder: string, problems: Problems): Readonly<Record<string, string>> | undefined => {
  const way = wayOf(read)
  const needs: Readonly<Partial<Record<keyof Given, string>>> = ways[way]
  const names = Object.keys(needs) as (keyof Given)[]
  const missing = names.filter((name) => read[name] === undefined)
  const either = alternatives.includes(way)
  if (missing.length > 0 && !(either && missing.length < names.length)) {
    const wayOut = `write ${missing.join(either ? ' or ' : ', ')}, from a variable of the environment`
    return void problems.add(path, `has no way to log in (authenticator ${way})`, undefined, wayOut)
  }
  const given = Object.entries({ ...needs, ...more }).flatMap(([name, driver]) => {
    const text = read[name as keyof Given]
    if (typeof text !== 'string') return []
    return [[driver, name === 'private_key_path' ? resolve(folder, text) : text]]
  })
  return { authenticator: way.toUpperCase(), ...Object.fromEntries(given) }
}
