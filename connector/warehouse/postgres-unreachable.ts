import { quote } from '../config/problems.ts'
import type { Kind } from './classify.ts'
import { hostText, kindOfNetwork } from './unreachable.ts'

/** Who logs in, and where, as the driver found it out. */
export interface Target {
  readonly host: string
  readonly port: number
  readonly database?: string | undefined
  readonly user?: string | undefined
}

/** Where a connection goes: for an operator who has several. */
export const atServer = ({ host, port, database, user }: Target): string => {
  const address = host.startsWith('/') ? `the socket in ${quote(host)}, port ${port}` : `${hostText(host)}:${port}`
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
  return kindOfWay(code, message, target) ?? kindOfTls(code, message, target)
}

const kindOfWay = (code: string, message: string, target: Target): Kind | null => {
  const { host, port } = target
  const check = `Does a server listen there (\`pg_isready -h ${/^[\w./:-]+$/.test(host) ? host : '…'} -p ${port}\` tells)? Correct warehouse.host and warehouse.port (or PGHOST and PGPORT), or run again later.`
  const server = {
    title: 'PostgreSQL',
    host,
    place: atServer(target),
    ofHost: 'warehouse.host, or the host in warehouse.connection_string or PGHOST',
    ofAuthority: 'warehouse.sslrootcert (or PGSSLROOTCERT)',
    check,
  }
  if (code !== 'ENOENT') return kindOfNetwork(code, message, server)
  return kindOfNetwork('ECONNREFUSED', 'there is no such socket', server)
}

/** What else is wrong with TLS. */
const kindOfTls = (code: string, message: string, target: Target): Kind | null => {
  if (!/certificate|ssl|tls/i.test(code) && !/certificate|ssl|tls/i.test(message)) return null
  const says = `No TLS connection to PostgreSQL came about (${atServer(target)})`
  const wayOut = 'Correct warehouse.sslmode, sslrootcert, sslcert and sslkey.'
  if (!/does not support SSL/.test(message)) return ['configuration', 'warehouse_tls', says, { wayOut }]
  const way = 'Turn TLS on there, or write warehouse.sslmode: disable where the way to it is safe.'
  return ['configuration', 'warehouse_tls', `${says}: the server speaks none`, { wayOut: way }]
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
