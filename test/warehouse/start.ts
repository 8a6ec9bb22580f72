import { startPostgres } from './postgres-server.ts'

/** Before all suites: what the warehouses under test need to run. */
const start = async (): Promise<void> => {
  const server = await startPostgres()
  const { port, user, password } = server
  process.env.TIDEMARK_TEST_POSTGRES = JSON.stringify({ port, user, password })
  Object.assign(globalThis, { stopWarehouses: () => server.stop() })
}
export default start
