import { on } from '../warehouse/suites.ts'

export default {
  ...on(undefined, null, ['container/*']),
  globalSetup: '<rootDir>/test/container/start.ts',
  testTimeout: 300_000,
}
