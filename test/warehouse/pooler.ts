import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort, type PostgresServer } from './postgres-server.ts'

/** Two sessions for everybody: a client that counts on its own session meets another's at once. */
const poolSize = 2

/** PgBouncer before a server: gives each transaction whichever session is free. */
export const startPooler = async (server: PostgresServer): Promise<PostgresServer> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-pooler-'))
  chmodSync(folder, 0o755)
  const port = await freePort()
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const users = file('users.txt', `"${server.user}" "${server.password}"\n`)
  const settings = file(
    'pgbouncer.ini',
    `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = plain
auth_file = ${users}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 500
server_idle_timeout = 5
`,
  )
  // It does not run as root either.
  const asOther = userInfo().uid === 0 ? ['-u', 'postgres'] : []
  const pooler = spawn('pgbouncer', ['-q', ...asOther, settings], { stdio: ['ignore', 'ignore', 'pipe'] })
  const said: Buffer[] = []
  pooler.stderr.on('data', (text: Buffer) => said.push(text))
  const ended = once(pooler, 'exit')
  await Promise.race([
    listens(port),
    ended.then(() => {
      throw new Error(`PgBouncer ended: ${Buffer.concat(said).toString()}`)
    }),
  ])
  return {
    ...server,
    port,
    stop: async () => {
      pooler.kill('SIGINT')
      await Promise.race([ended, sleep(2000, undefined, { ref: false })])
      pooler.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
      await server.stop()
    },
  }
}

const listens = async (port: number): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, '127.0.0.1')
    const answered = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (answered) return
    await sleep(50)
  }
  throw new Error('PgBouncer does not listen')
}
