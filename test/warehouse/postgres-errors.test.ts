import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { stopOf } from '../../connector/activation/stop-of.ts'
import type { PostgresSettings } from '../../connector/config/activation.ts'
import { openPostgres } from '../../connector/warehouse/postgres.ts'
import { classified } from '../../connector/warehouse/postgres-errors.ts'
import { atServer } from '../../connector/warehouse/postgres-unreachable.ts'
import { emptyDatabase } from './postgres-database.ts'

let database: Awaited<ReturnType<typeof emptyDatabase>>
beforeAll(async () => {
  database = await emptyDatabase()
})
afterAll(() => database.destroy())

/** How a run ends that meets it. */
const endOf = async (work: () => Promise<unknown>): Promise<string> => {
  const error = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  )
  const { exit, code, message } = stopOf(error)
  return `${exit} ${code}: ${message}`
}

describe('who cannot connect is told where, as whom, why and what to do', () => {
  const open = (settings: Partial<PostgresSettings>) =>
    endOf(async () => (await openPostgres({ ...database.settings, ...settings })).close())
  test.each<[string, () => Partial<PostgresSettings>, RegExp]>([
    [
      'nobody listens',
      () => ({ port: 1 }),
      /^75 warehouse_unreachable: .*\(127\.0\.0\.1:1, database "test_\w+", user "postgres"\): the connection was refused.*pg_isready -h 127\.0\.0\.1 -p 1/,
    ],
    [
      // As the resolver says it at once of a name that cannot be one.
      'there is no such host',
      () => ({ host: 'no..where' }),
      /^78 no_such_host: There is no host "no\.\.where".*Correct warehouse\.host/,
    ],
    [
      'there is no such socket',
      () => ({ host: '/nowhere' }),
      /^75 .*the socket in "\/nowhere", port \d+, .*the connection was refused/,
    ],
    [
      'the password is wrong',
      () => ({ password: 'CANARY-of-a-password' }),
      /^77 warehouse_login: PostgreSQL refused the password of user "postgres".*127\.0\.0\.1:\d+, database "test_.*warehouse\.password/,
    ],
    [
      'there is no such database',
      () => ({ database: 'nowhere' }),
      /^78 no_such_database: There is no database "nowhere" \(127.*Correct warehouse\.database/,
    ],
    [
      'the server speaks no TLS',
      () => ({ sslmode: 'verify-full' }),
      /^78 warehouse_tls: No TLS connection to PostgreSQL came about \(127.*: the server speaks none.*sslmode: disable/,
    ],
  ])('%s', async (_, settings, says) => {
    const end = await open(settings())
    expect(end).toMatch(says)
    expect(end).not.toContain('CANARY')
  })

  const severity = 'FATAL'
  test.each([
    ['::1', '[::1]:5432'],
    ['db\u001b[31m', '"db\\u001b[31m":5432'],
  ])('a host %j is shown as %s', (host, shown) => expect(atServer({ host, port: 5432 })).toBe(shown))

  test.each<[object, RegExp]>([
    [{ code: 'EAI_AGAIN' }, /^75 .*db:5432, database "shop", user "tide"\): the name of the host cannot be looked up/],
    [new Error('timeout expired'), /^75 .*no answer in time.*firewall/],
    [
      new Error('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'),
      /^77 warehouse_login: PostgreSQL asks for the password of user "tide", and none is given.*~\/\.pgpass/,
    ],
    [{ code: 'EHOSTUNREACH' }, /^75 .*no way leads to the host/],
    [new Error('Connection terminated unexpectedly'), /^75 .*db:5432.*broke off/],
    [
      { severity, code: '28000', message: 'no pg_hba.conf entry for host "192.0.2.1", user "tide", no encryption' },
      /^77 .*pg_hba\.conf of the server does not let user "tide" from this machine.*or write warehouse\.sslmode: require/,
    ],
    [
      { severity, code: '28000', message: 'no pg_hba.conf entry for host "192.0.2.1", user "tide", SSL encryption' },
      /^77 .*Ask for a line in pg_hba\.conf\.$/,
    ],
    [{ severity, code: '28000', message: 'role "tide" does not exist' }, /^77 .*PostgreSQL has no user "tide"/],
    [{ severity, code: '28000', message: 'role "tide" is not permitted to log in' }, /^77 .*alter role/],
    [{ severity, code: '28000', message: 'Peer-Authentifizierung fehlgeschlagen' }, /^77 .*did not let user "tide" in/],
    [{ severity, code: '42501', message: 'permission denied for database "shop"' }, /^77 .*Grant connect/],
    [{ severity, code: '53300', message: 'too many clients' }, /^75 .*no connection left \(db:5432/],
    [{ severity, code: '57P03', message: 'starting up' }, /^75 .*being stopped or started \(db:5432/],
    [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, /^78 warehouse_tls: .*nobody who is trusted.*sslrootcert/],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, /^78 .*sslrootcert/],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, /^78 .*for another host.*Correct warehouse\.host/],
    [{ code: 'CERT_HAS_EXPIRED' }, /^78 .*expired/],
    [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, /^78 .*No TLS connection to PostgreSQL.*Correct warehouse\.sslmode/],
  ])('%j', async (error, says) => {
    const target = { host: 'db', port: 5432, database: 'shop', user: 'tide' }
    expect(await endOf(() => classified('open', { target }, () => Promise.reject(error)))).toMatch(says)
  })
})

describe('who lost a right is told on what, and that dbt builds relations anew', () => {
  const role = `reader_${process.pid}`
  afterAll(async () => {
    await database.say(`drop owned by ${role}`)
    await database.drop('role', role)
  })
  beforeAll(() =>
    database.say(
      `create role ${role} login password 'only-for-tests'`,
      'create schema shut',
      'create table shut.people (id int)',
      'create schema shop',
      `grant usage on schema shop to ${role}`,
      'create table shop.people (id int)',
    ),
  )
  test.each([
    [
      'shop.people',
      /"reader_\d+" has not the right to the table "people".*\n?.*dbt.*`grants: { select: \[reader_\d+\] }`/,
    ],
    ['shut.people', /has not the right to the schema "shut".*Grant usage on the schema/],
  ])('%s', async (relation, says) => {
    const warehouse = await openPostgres({ ...database.settings, user: role })
    const read = () => warehouse.rows('segment', sql`select * from ${sql.raw(relation)}`)
    const end = await endOf(read)
    expect(end).toMatch(/^77 warehouse_permission/)
    expect(end).toMatch(says)
    expect(await endOf(() => warehouse.execute('mark', sql`update ${sql.raw(relation)} set id = 1`))).toMatch(
      /^77 .*tidemark grants/,
    )
    await warehouse.close()
  })
})
