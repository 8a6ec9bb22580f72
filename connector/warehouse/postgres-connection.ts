import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import type { PostgresSettings } from '../config/activation.ts'
import { classified } from './postgres-errors.ts'
import type { Target } from './postgres-unreachable.ts'
import { WarehouseError } from './warehouse.ts'

/** How long a connection may take to come about. */
const connectTimeoutMs = 15_000

/**
 * A connection as libpq would make it: what the settings leave open comes from the PG* variables and from ~/.pgpass, which
 * the driver reads. `sslmode` means what PostgreSQL's documentation says ("libpq, SSL Support").
 */
export const connect = async (settings: PostgresSettings): Promise<pg.Client> => {
  const mode = settings.sslmode ?? modeOfEnvironment() ?? 'prefer'
  if (mode === 'disable') return opened(clientOf(settings, false))
  const client = clientOf(settings, tlsOf(settings, mode))
  try {
    await client.connect()
    return client
  } catch (error) {
    if (mode !== 'prefer' || !speaksNoTls(error)) throw await asOurs(error, client)
  }
  return opened(clientOf(settings, false))
}

const modes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
/** Throws for a mode that we do not know: a slip of the pen must not mean less than what was asked for. */
const modeOfEnvironment = (): PostgresSettings['sslmode'] => {
  const asked = process.env.PGSSLMODE
  const known = modes.find((mode) => mode === asked)
  if (known !== undefined || !asked) return known
  const says = `PGSSLMODE is none of ${modes.join(', ')}.`
  throw new WarehouseError('configuration', 'warehouse_tls', 'open', says)
}

const speaksNoTls = (error: unknown): boolean => /does not support SSL/.test(String((error as Error | null)?.message))

const asOurs = (error: unknown, target: Target): Promise<unknown> =>
  classified('open', { target }, () => Promise.reject(error)).catch((ours: unknown) => ours)

const opened = (client: pg.Client): Promise<pg.Client> =>
  classified('open', { target: client }, async () => {
    await client.connect()
    return client
  })

const ended = new WeakSet<pg.Client>()
/** Nothing can be said over a connection that has ended or broken. */
export const isAlive = (client: pg.Client): boolean => !ended.has(client)

/** Gives a connection up, and all that waits for an answer over it. */
export const leave = (client: pg.Client): void => {
  ended.add(client)
  client.connection.stream.destroy()
}

/** Where the settings lead, with what the driver takes from elsewhere. */
export const targetOf = (settings: PostgresSettings): Target => clientOf(settings, false)

/** Does the server give any answer, also a refusal? */
export const answers = async (settings: PostgresSettings): Promise<boolean> => {
  try {
    const client = await connect(settings)
    void client.end().catch(() => undefined)
    return true
  } catch (error) {
    return error instanceof WarehouseError && !['warehouse_unreachable', 'no_such_host'].includes(error.code)
  }
}

const clientOf = (settings: PostgresSettings, ssl: ConnectionOptions | false): pg.Client => {
  const { connectionString, host, port, database, user, password } = settings
  const client = new pg.Client({
    ...(connectionString === undefined ? {} : { connectionString }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(database === undefined ? {} : { database }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ssl,
    application_name: 'tidemark',
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    // Sooner than a firewall forgets who has been silent: a connection that it cut would be waited for for hours.
    keepAliveInitialDelayMillis: 10_000,
    // Values come as PostgreSQL writes them: statements cast what they read to text.
    types: { getTypeParser: () => (value: unknown) => value },
  })
  // A connection that breaks while nothing runs says so here, and nowhere else.
  client.on('error', () => ended.add(client)).on('end', () => ended.add(client))
  return client
}

const tlsOf = (settings: PostgresSettings, mode: PostgresSettings['sslmode']): ConnectionOptions => {
  const ca = fileOf('sslrootcert', settings.sslrootcert ?? process.env.PGSSLROOTCERT)
  const cert = fileOf('sslcert', settings.sslcert ?? process.env.PGSSLCERT)
  const key = fileOf('sslkey', settings.sslkey ?? process.env.PGSSLKEY)
  const files = { ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) }
  if (mode === 'verify-full') return { ...files, rejectUnauthorized: true }
  // The chain and not the name; as libpq does too for `require` where a root certificate is given.
  if (mode === 'verify-ca' || (mode === 'require' && ca))
    return { ...files, rejectUnauthorized: true, checkServerIdentity: () => undefined }
  return { ...files, rejectUnauthorized: false }
}

const fileOf = (setting: string, path: string | undefined): string | undefined => {
  if (path === undefined || path === '') return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    throw new WarehouseError(
      'configuration',
      'no_such_file',
      'open',
      `The file warehouse.${setting} (${path}) cannot be read.`,
    )
  }
}
