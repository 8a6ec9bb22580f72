import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core'
import { Stryker } from '@stryker-mutator/core'
import { jestFlags } from '../jest.ts'
import { type Room, rooms } from './rooms.ts'
import type { Score } from './sql.ts'

const root = join(import.meta.dirname, '..', '..')
const jestConfig = JSON.parse(readFileSync(join(root, 'jest.config.json'), 'utf8')) as object

const optionsOf = ({ name, files, tests }: Room, lanes: number): PartialStrykerOptions => ({
  testRunner: 'jest',
  testRunnerNodeArgs: [...jestFlags],
  jest: {
    config: {
      ...jestConfig,
      testEnvironment: join(import.meta.dirname, 'first-failure.ts'),
      testMatch: tests.map((test) => `<rootDir>/${test}`),
    },
    enableFindRelatedTests: true,
  },
  coverageAnalysis: 'perTest',
  mutate: [...files],
  // Messages are for people: tests demand what is in them where it counts, and are not to repeat every sentence.
  mutator: { excludedMutations: ['StringLiteral'] },
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `.cache/mutation/${name}.json` },
  tempDirName: '.cache/stryker',
  // Python environments with links to folders, which Stryker cannot copy.
  ignorePatterns: ['.cache'],
  // What Stryker does to TypeScript's settings knows no TypeScript 7, and the copy it works in needs none.
  tsconfigFile: 'none',
  concurrency: lanes,
  // A busy machine is slow, and slow must not count as noticed.
  timeoutMS: 10_000,
  timeoutFactor: 4,
})

const counts = { Killed: 'killed', Timeout: 'killed', Survived: 'survived', NoCoverage: 'survived' } as const

/** Mutates every room (or those of these names), and prints the score of each file. */
export const testTypescript = async (names: readonly string[], lanes: number): Promise<Score> => {
  const total = { killed: 0, of: 0 }
  const lines: string[] = []
  for (const room of rooms.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const results = await new Stryker(optionsOf(room, lanes)).runMutationTest()
    for (const [file, mutants] of Map.groupBy(results, ({ fileName }) => fileName)) {
      const { killed, of } = scoreOf(mutants)
      total.killed += killed
      total.of += of
      lines.push(
        `${file.slice(root.length + 1).padEnd(50)} ${String(killed).padStart(4)} of ${String(of).padStart(4)}  ${percent({ killed, of })}`,
      )
    }
  }
  console.log(lines.join('\n'))
  return total
}

const scoreOf = (mutants: readonly MutantResult[]): Score => {
  const verdicts = mutants.map(({ status }) => (status in counts ? counts[status as keyof typeof counts] : null))
  const of = verdicts.filter((verdict) => verdict !== null).length
  return { killed: verdicts.filter((verdict) => verdict === 'killed').length, of }
}

export const percent = ({ killed, of }: Score): string => `${((100 * killed) / Math.max(1, of)).toFixed(1)} %`
