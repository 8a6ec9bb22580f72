import { startPostgres } from '../warehouse/postgres-server.ts'
import { startEngine } from './engine.ts'
import { buildImages, makeBase } from './images.ts'

/** Before all suites: an engine with every image, and a PostgreSQL server. */
const start = async (): Promise<void> => {
  const engine = await startEngine()
  const stops = [() => engine.stop()]
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0)) await one()
  }
  Object.assign(globalThis, { stopWarehouses: stop })
  try {
    makeBase(engine.address)
    buildImages(engine.address)
    const { port, user, password, stop: stopServer } = await startPostgres('newest')
    stops.unshift(stopServer)
    process.env.TIDEMARK_TEST_POSTGRES = JSON.stringify({ direct: port, port, user, password })
    process.env.TIDEMARK_TEST_ENGINE = engine.address
  } catch (error) {
    // Jest calls no globalTeardown after a globalSetup that failed.
    await stop()
    throw error
  }
}
export default start
