import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core'
import { Stryker } from '@stryker-mutator/core'
import { type Room, rooms } from './rooms.ts'

const root = join(import.meta.dirname, '..', '..')
const jestConfig = JSON.parse(readFileSync(join(root, 'jest.config.json'), 'utf8')) as object

const optionsOf = ({ name, files, tests }: Room): PartialStrykerOptions => ({
  testRunner: 'jest',
  // Our tests are modules, as Jest runs them everywhere else.
  testRunnerNodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  jest: {
    config: { ...jestConfig, testMatch: tests.map((test) => `<rootDir>/${test}`) },
    enableFindRelatedTests: true,
  },
  coverageAnalysis: 'perTest',
  mutate: [...files],
  // Messages are for people: what they say is read by people, and what they are about stands beside them as a code.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `.cache/mutation/${name}.json` },
  tempDirName: '.cache/stryker',
  // Stryker's step for TypeScript's settings knows no TypeScript 7, and the sandbox needs none.
  tsconfigFile: 'none',
  concurrency: Number(process.env.TIDEMARK_MUTATION_LANES ?? 2),
  timeoutMS: 15_000,
  timeoutFactor: 3,
})

const chosen = process.argv.slice(2)
for (const room of rooms) {
  if (chosen.length > 0 && !chosen.includes(room.name)) continue
  const results: MutantResult[] = await new Stryker(optionsOf(room)).runMutationTest()
  console.log(room.name, results.length)
}
