import { on } from './suites.ts'

/** By hand, against a real account: no server is started. */
const { globalSetup: _, globalTeardown: __, ...live } = on(process.env.TIDEMARK_LIVE, null, ['warehouse/live'])
export default live
