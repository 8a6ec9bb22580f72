import { randomUUID } from 'node:crypto'
import pg from 'pg'
import type { PostgresServer } from './postgres-server.ts'

export type Said = Readonly<Record<string, unknown>>

/** `direct`: the port without a pooler. */
type Reached = Pick<PostgresServer, 'port' | 'user' | 'password'> & { readonly direct: number }

/** A database of its own on the server that the configuration of Jest has started. */
export const emptyDatabase = async () => {
  const { direct, port, user, password } = JSON.parse(process.env.TIDEMARK_TEST_POSTGRES ?? '{}') as Reached
  const database = `test_${randomUUID().replaceAll('-', '')}`
  const settings = {
    type: 'postgres',
    schema: 'tidemark',
    host: '127.0.0.1',
    port,
    user,
    password,
    database,
    sslmode: 'disable',
    lockTimeoutMs: 10_000,
    unreachableTimeoutMs: 120_000,
  } as const
  const say = async (to: string, statements: readonly string[]): Promise<readonly Said[]> => {
    const client = new pg.Client({ host: settings.host, port: direct, user, password, database: to })
    await client.connect()
    try {
      let rows: Said[] = []
      for (const statement of statements) rows = (await client.query<Said>(statement)).rows
      return rows
    } finally {
      await client.end()
    }
  }
  await say('postgres', [`create database ${database}`])
  return {
    settings,
    say: (...statements: readonly string[]) => say(database, statements),
    /** What belongs to the whole server and not to a database. */
    drop: async (what: 'role', name: string): Promise<void> => {
      await say('postgres', [`drop ${what} if exists ${pg.escapeIdentifier(name)}`])
    },
    destroy: async (): Promise<void> => {
      await say('postgres', [`drop database ${database} with (force)`])
    },
  }
}
