import { quote } from '../config/problems.ts'
import type { Kind } from './classify.ts'
import type { Detail } from './warehouse.ts'

/** Who logs in, and where, as the driver found it out. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly database?: string | undefined
  readonly user?: string | undefined
}

/** Where a connection goes: for an operator who has several. */
export const atServer = ({ host, port, database, user }: Target): string => {
  const address = host.startsWith('/') ? `the socket in ${host}, port ${port}` : `${host}:${port}`
  const named = [...(database ? [`database ${quote(database)}`] : []), ...(user ? [`user ${quote(user)}`] : [])]
  return [address, ...named].join(', ')
}

interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly severity?: unknown
}

/** What is wrong between us and the server; null where the error is about something else. */
export const kindOfConnection = (thrown: Thrown | null, target: Target): Kind | null => {
  const [code, message] = [String(thrown?.code ?? ''), String(thrown?.message ?? '')]
  if (thrown?.severity !== undefined) return kindOfLogin(thrown, target)
  if (/password must be a (?:non-empty )?string/.test(message)) return noPassword(target)
  return kindOfNetwork(code, message, target) ?? kindOfTls(code, message, target)
}

const later = (target: Target, why: string, wayOut?: string): Kind => [
  'later',
  'warehouse_unreachable',
  `PostgreSQL cannot be reached (${atServer(target)}): ${why}`,
  wayOut === undefined ? {} : { wayOut },
]

const checkAddress = (target: Target): string => {
  const { host, port } = target
  return `Does a server listen there (\`pg_isready -h ${host} -p ${port}\` tells)? Correct warehouse.host and warehouse.port (or PGHOST and PGPORT), or run again later.`
}

/** By what Node calls it, or the driver: whole texts of its own. */
const networks: readonly (readonly [RegExp, (target: Target) => Kind])[] = [
  [
    /^ENOTFOUND$/,
    (target) => [
      'configuration',
      'no_such_host',
      `There is no host ${quote(target.host)} (PostgreSQL, ${atServer(target)})`,
      { wayOut: 'Correct warehouse.host, or the host in warehouse.connection_string or PGHOST.' },
    ],
  ],
  [/^EAI_/, (target) => later(target, 'the name of the host cannot be looked up now')],
  [/^ECONNREFUSED$/, (target) => later(target, 'the connection was refused', checkAddress(target))],
  [/^ENOENT$/, (target) => later(target, 'there is no such socket', checkAddress(target))],
  [
    /^ETIMEDOUT$|timeout expired/,
    (target) => later(target, 'there was no answer in time', 'Is there a firewall between? Else run again later.'),
  ],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDR)/, (target) => later(target, 'no way leads to the host')],
  [
    /^(ECONN|EPIPE)|connection terminated|client has encountered a connection error|client was closed/i,
    (target) => later(target, 'the connection broke off'),
  ],
]

const kindOfNetwork = (code: string, message: string, target: Target): Kind | null =>
  networks.find(([form]) => form.test(code) || form.test(message))?.[1](target) ?? null

const tls: readonly (readonly [RegExp, string, Detail])[] = [
  [
    /does not support SSL/,
    'the server speaks no TLS',
    { wayOut: 'Turn TLS on there, or write warehouse.sslmode: disable where the way to it is safe.' },
  ],
  [
    /ALTNAME/,
    'its certificate is for another host',
    { wayOut: 'Correct warehouse.host, or write warehouse.sslmode: verify-ca.' },
  ],
  [
    /EXPIRED|NOT_YET_VALID/,
    'its certificate has expired, or is not valid yet',
    { wayOut: 'Renew the certificate of the server.' },
  ],
  [
    /SELF_SIGNED|UNABLE_TO_|self.signed|unable to (?:get|verify)/i,
    'its certificate is of nobody who is trusted here',
    { wayOut: 'Write the certificate of its authority as warehouse.sslrootcert (or PGSSLROOTCERT).' },
  ],
  [
    /certificate|ssl|tls/i,
    'TLS did not come about',
    { wayOut: 'Correct warehouse.sslmode, sslrootcert, sslcert and sslkey.' },
  ],
]

const kindOfTls = (code: string, message: string, target: Target): Kind | null => {
  const found = tls.find(([form]) => form.test(code) || form.test(message))
  if (found === undefined) return null
  const [, why, detail] = found
  const says = `No TLS connection came about that meets warehouse.sslmode (${atServer(target)}): ${why}`
  return ['configuration', 'warehouse_tls', says, detail]
}

const login = (says: string, wayOut: string): Kind => ['permission', 'warehouse_login', says, { wayOut }]
const passwordKeys = 'warehouse.password, PGPASSWORD or ~/.pgpass'

const noPassword = (target: Target): Kind =>
  login(
    `PostgreSQL asks for the password of user ${quote(target.user ?? '')}, and none is given (${atServer(target)})`,
    `Give it by ${passwordKeys}.`,
  )

/** Codes are sure; messages are in the language of the server, and only say more. */
const kindOfLogin = ({ severity, ...thrown }: Thrown, target: Target): Kind | null => {
  const [code, message] = [String(thrown.code ?? ''), String(thrown.message ?? '')]
  const user = quote(target.user ?? '')
  const at = `(${atServer(target)})`
  if (code === '3D000') {
    const says = `There is no database ${quote(target.database ?? '')} ${at}`
    return ['configuration', 'no_such_database', says, { wayOut: 'Correct warehouse.database (or PGDATABASE).' }]
  }
  if (code === '28P01') {
    const says = `PostgreSQL refused the password of user ${user}, or has no such user ${at}`
    return login(says, `Correct warehouse.user, and the password in ${passwordKeys}.`)
  }
  // FATAL: no session came about; ERROR is about a right to make something in the database.
  if (code === '42501' && severity === 'FATAL' && /^permission denied for database/.test(message))
    return login(`User ${user} may not connect to the database ${at}`, 'Grant connect on the database to the user.')
  return code.startsWith('28') ? refused(message, user, at) : null
}

const refused = (message: string, user: string, at: string): Kind => {
  if (/pg_hba\.conf/.test(message)) {
    const plain = /no encryption|SSL off/.test(message) ? ', or write warehouse.sslmode: require' : ''
    const says = `pg_hba.conf of the server does not let user ${user} from this machine into the database ${at}`
    return login(says, `Ask for a line in pg_hba.conf${plain}.`)
  }
  if (/does not exist/.test(message))
    return login(`PostgreSQL has no user ${user} ${at}`, 'Correct warehouse.user (or PGUSER).')
  if (/not permitted to log in/.test(message))
    return login(`User ${user} may not log in ${at}`, 'Let an administrator run `alter role … login`.')
  return login(
    `PostgreSQL did not let user ${user} in ${at}`,
    'Correct warehouse.user, or ask which way of logging in it has.',
  )
}
