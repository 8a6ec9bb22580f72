import './snowflake-environment.ts'
import driver, { type Bind, type Connection, type ConnectionOptions, type RowStatement } from 'snowflake-sdk'
import type { SnowflakeSettings } from '../config/activation.ts'
import { classified } from './snowflake-errors.ts'

/** Milliseconds until an answer must have begun. A statement that takes longer is asked for again by the driver. */
const answerMs = 90_000
/** The driver would try for five minutes and longer. */
const loginRetries = 3

/** A connection, and to what. */
export interface Session {
  readonly connection: Connection
  readonly settings: SnowflakeSettings
}

/** A statement, as the driver is told it. */
export interface Asked {
  readonly sqlText: string
  readonly binds?: readonly (string | null)[]
  readonly describeOnly?: boolean
  readonly tag?: string
}

/** What came of a statement. */
export interface Done {
  readonly statement: RowStatement
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

// It logs to standard output, which is the summary's.
driver.configure({ logLevel: 'OFF', additionalLogToConsole: false })

/** A session in which nothing depends on what the account or the user has set. */
export const connect = async (settings: SnowflakeSettings): Promise<Connection> => {
  const connection = await classified('open', { settings }, () => loggedIn(settings))
  const session = { connection, settings }
  await say(session, 'open', {
    sqlText: `alter session set autocommit = true, timezone = 'UTC', quoted_identifiers_ignore_case = false, lock_timeout = ${Math.ceil(settings.lockTimeoutMs / 1000)}`,
  })
  await lookAround(session)
  return connection
}

/** Does the account answer over one of these, beside what else is said over it? */
export const answers = async (connections: Iterable<Connection>): Promise<boolean> =>
  [...connections].findLast((one) => one.isUp())?.isValidAsync() ?? false

/** The driver tells a failure to its callback only. */
const loggedIn = (settings: SnowflakeSettings): Promise<Connection> =>
  new Promise((resolve, reject) => {
    driver
      .createConnection(optionsOf(settings))
      .connectAsync((error, connection) => (error ? reject(error) : resolve(connection)))
      .catch(reject)
  })

/** Where the schema of the state is not there yet, scratch tables are in PUBLIC; making it makes it the session's. */
const lookAround = async (session: Session): Promise<void> => {
  const { rows } = await say(session, 'open', { sqlText: 'select current_schema() as current_schema' })
  if (rows[0]?.CURRENT_SCHEMA) return
  await say(session, 'open', { sqlText: 'use schema public' }).catch(() => undefined)
}

const optionsOf = (settings: SnowflakeSettings): ConnectionOptions => ({
  account: settings.account,
  ...(settings.accessUrl === undefined ? {} : { accessUrl: settings.accessUrl }),
  ...(settings.user === undefined ? {} : { username: settings.user }),
  ...(settings.role === undefined ? {} : { role: settings.role }),
  ...(settings.warehouse === undefined ? {} : { warehouse: settings.warehouse }),
  database: settings.database,
  // Where scratch tables are. One that is not there yet leaves the session without.
  schema: `${settings.schema}_state`,
  ...settings.login,
  application: 'tidemark',
  // A run may wait for hours for a platform.
  clientSessionKeepAlive: true,
  timeout: answerMs,
  sfRetryMaxLoginRetries: loginRetries,
})

/** Says one statement. Throws WarehouseError. */
export const say = ({ connection, settings }: Session, step: string, options: Asked): Promise<Done> =>
  classified(
    step,
    { settings, statement: options.sqlText },
    () =>
      new Promise((resolve, reject) => {
        const { sqlText, binds = [], describeOnly, tag } = options
        connection.execute({
          sqlText,
          ...(binds.length === 0 ? {} : { binds: binds as Bind[] }),
          ...(describeOnly ? { describeOnly } : {}),
          ...(tag === undefined ? {} : { parameters: { QUERY_TAG: tag } }),
          complete: (error, statement, rows) =>
            error ? reject(error) : resolve({ statement, rows: (rows ?? []) as Done['rows'] }),
        })
      }),
  )
