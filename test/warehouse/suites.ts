import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const rootDir = join(import.meta.dirname, '..', '..')
const everySuite = JSON.parse(readFileSync(join(rootDir, 'jest.config.json'), 'utf8')) as Record<string, unknown>

/** Suites that say something to a warehouse, on this one; `server`: what `start.ts` starts for it. */
export const on = (warehouseUnderTest: string | undefined, server: string | null, suites: readonly string[]) => ({
  ...everySuite,
  rootDir,
  testMatch: suites.map((suite) => `<rootDir>/test/${suite}.test.ts`),
  testPathIgnorePatterns: ['/node_modules/'],
  globals: { warehouseUnderTest, server },
  globalSetup: '<rootDir>/test/warehouse/start.ts',
  globalTeardown: '<rootDir>/test/warehouse/stop.ts',
})

/** One suite over all warehouses. */
export const everyWarehouse = [
  'model/{consequences,model,renamed,shared}',
  'cli/time-zones',
  'activation/{apart,audience,culprits,deliver,lease,migrate,recover,sample}',
  'sql/{batches,bytes,control,field-values,fingerprint,guards,members-as-text,names,normalise,phone,runs,segment,settle}',
]

/** Runs that meet: where statements of two sessions can get in each other's way. */
export const meetings = ['model/{counterexamples,two-runners}']
