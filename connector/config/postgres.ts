import { dirname, resolve } from 'node:path'
import type { Login, PostgresSettings } from './activation.ts'
import type { Path, Problems } from './problems.ts'
import { readMapping } from './read.ts'
import type { Environment } from './tree.ts'
import { warehouses } from './warehouse-schema.ts'

type Tls = Pick<PostgresSettings, 'sslmode' | 'sslrootcert' | 'sslcert' | 'sslkey'>

const path: Path = ['warehouse']
const ofAddress = ['host', 'port', 'database', 'user', 'password'] as const
const files = ['sslrootcert', 'sslcert', 'sslkey'] as const
const ofTls = ['sslmode', ...files] as const
/** The driver's own words for TLS, which would override what sslmode says. */
const ofDriver = ['ssl', 'sslnegotiation', 'uselibpqcompat'] as const

/** `warehouse` of type postgres. A connection string says the same as the keys, and stands alone. */
export function readPostgres(value: unknown, file: string, problems: Problems): PostgresSettings | undefined {
  const read = readMapping(warehouses.postgres, value, path, problems)
  const text = read.connection_string
  const beside = [...ofAddress, ...ofTls].filter((key) => read[key] !== undefined)
  if (text !== undefined && beside.length > 0) {
    const wayOut = `keep the connection string, or take it out and keep ${beside.join(', ')}`
    problems.add([...path, 'connection_string'], `stands beside ${beside.join(', ')}`, text, wayOut)
  }
  const given = text === undefined ? present(read, [...ofAddress, ...ofTls]) : readText(text, problems)
  if (given === undefined || read.type === undefined || read.schema === undefined) return undefined
  const { lock_timeout_ms: lockTimeoutMs, unreachable_timeout_ms: unreachableTimeoutMs } = read
  if (lockTimeoutMs === undefined || unreachableTimeoutMs === undefined) return undefined
  const folder = dirname(resolve(file))
  const absolute = Object.fromEntries(
    files.flatMap((key) => (given[key] === undefined ? [] : [[key, resolve(folder, given[key])]])),
  )
  return { ...given, ...absolute, type: read.type, schema: read.schema, lockTimeoutMs, unreachableTimeoutMs }
}

const present = <K extends string, T extends { readonly [key in K]?: unknown }>(read: T, keys: readonly K[]) =>
  Object.fromEntries(keys.flatMap((key) => (read[key] === undefined ? [] : [[key, read[key]]]))) as {
    [key in K]?: Exclude<T[key], undefined>
  }

/** TLS is taken out before the driver reads the rest: it gives sslmode other meanings than PostgreSQL does. */
const readText = (text: string, problems: Problems): (Pick<PostgresSettings, 'connectionString'> & Tls) | undefined => {
  const at = [...path, 'connection_string']
  const url = URL.parse(text)
  if (url === null || !['postgres:', 'postgresql:'].includes(url.protocol) || !isDecodable(url)) {
    const wayOut = 'write postgres://user:password@host:port/database'
    return void problems.unreadable(at, 'is no address of a PostgreSQL database', 'text that is not shown', wayOut)
  }
  const found = ofTls.flatMap((key) => (url.searchParams.has(key) ? [[key, url.searchParams.get(key)]] : []))
  const tls = warehouses.postgres.pick({ sslmode: true, sslrootcert: true, sslcert: true, sslkey: true })
  const read = readMapping(tls, Object.fromEntries(found), at, problems)
  for (const key of [...ofTls, ...ofDriver]) url.searchParams.delete(key)
  return { connectionString: url.href, ...present(read, ofTls) }
}

const isDecodable = ({ username, password, pathname }: URL): boolean => {
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part)
    return true
  } catch {
    return false
  }
}

/** Who logs in, and where, as the driver would find it. */
export const postgresLogin = (settings: PostgresSettings, environment: Environment): Login => {
  const url = settings.connectionString === undefined ? null : URL.parse(settings.connectionString)
  const user = settings.user ?? (decodeURIComponent(url?.username ?? '') || environment.PGUSER)
  const database = settings.database ?? (decodeURIComponent(url?.pathname.slice(1) ?? '') || environment.PGDATABASE)
  return { ...(user ? { user } : {}), ...(database ? { database } : {}) }
}
