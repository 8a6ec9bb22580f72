import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const rootDir = join(import.meta.dirname, '..', '..')
const everySuite = JSON.parse(readFileSync(join(rootDir, 'jest.config.json'), 'utf8'))

/** Suites that say something to a warehouse; `test/warehouse/under-test.ts` gives them this one. */
const suites = [
  'activation/{apart,audience,culprits,deliver,lease,recover}',
  'model/{consequences,counterexamples,model,two-runners}',
  'sql/normalise',
  'warehouse/*',
]

export default {
  ...everySuite,
  rootDir,
  testMatch: suites.map((suite) => `<rootDir>/test/${suite}.test.ts`),
  globals: { warehouseUnderTest: 'postgres' },
  globalSetup: '<rootDir>/test/warehouse/start.ts',
  globalTeardown: '<rootDir>/test/warehouse/stop.ts',
}
