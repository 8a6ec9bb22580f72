import { startPooler } from './pooler.ts'
import { startPostgres } from './postgres-server.ts'
import { startStandIn } from './stand-in.ts'

interface Started {
  /** What suites need to know of it, as the environment carries it. */
  readonly environment: Readonly<Record<string, string>>
  stop(): Promise<void>
}

const postgres = async (version: 'newest' | 'oldest', pooled = false): Promise<Started> => {
  const server = await startPostgres(version)
  const { port, user, password } = server
  const reached = pooled ? await startPooler(server) : server
  const found = JSON.stringify({ direct: port, port: reached.port, user, password })
  return { environment: { TIDEMARK_TEST_POSTGRES: found }, stop: () => reached.stop() }
}

const standIn = async (name: 'bigquery' | 'snowflake'): Promise<Started> => {
  const { port, stop } = await startStandIn(name)
  return { environment: { TIDEMARK_TEST_STAND_IN: String(port) }, stop }
}

const servers = {
  newest: () => postgres('newest'),
  oldest: () => postgres('oldest'),
  pooled: () => postgres('newest', true),
  bigquery: () => standIn('bigquery'),
  snowflake: () => standIn('snowflake'),
} as const

/** Before all suites: the server that the configuration of Jest asks for. */
const start = async (
  _: unknown,
  { globals }: { readonly globals: { readonly server: keyof typeof servers } },
): Promise<void> => {
  const { environment, stop } = await servers[globals.server]()
  Object.assign(process.env, environment)
  Object.assign(globalThis, { stopWarehouses: stop })
}
export default start
