import { startPooler } from './pooler.ts'
import { startPostgres } from './postgres-server.ts'

type Kind = 'newest' | 'oldest' | 'pooled'

/** Before all suites: the server that the configuration of Jest asks for. */
const start = async (_: unknown, { globals }: { readonly globals: { readonly postgres: Kind } }): Promise<void> => {
  const server = await startPostgres(globals.postgres === 'oldest' ? 'oldest' : 'newest')
  const { port, user, password } = server
  const reached = globals.postgres === 'pooled' ? await startPooler(server) : server
  process.env.TIDEMARK_TEST_POSTGRES = JSON.stringify({ direct: port, port: reached.port, user, password })
  Object.assign(globalThis, { stopWarehouses: () => reached.stop() })
}
export default start
