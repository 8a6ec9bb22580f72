import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { jestCommand } from '../jest.ts'
import { everyWarehouse } from '../warehouse/suites.ts'
import { said } from './child.ts'
import type { Outcome, Suite } from './runner.ts'

const root = join(import.meta.dirname, '..', '..')
const cache = join(root, '.cache')

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly numFailedTestSuites: number
  readonly testResults: readonly {
    readonly name: string
    readonly startTime: number
    readonly endTime: number
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

export interface Asked {
  /** Names its report. */
  readonly name: string
  /** Suites whose paths match; all where there are none. */
  readonly paths: readonly string[]
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** What Jest says is also written to standard output, at once. */
  readonly aloud: boolean
  /** Suites at once; as many as there are cores where nothing is said. */
  readonly workers?: number | undefined
}

/** Runs Jest. A test that is skipped counts as failed, for it is a promise that nobody keeps; so does what is left behind. */
export const runJestSuites = async ({ name, paths, args, env, aloud, workers }: Asked): Promise<Outcome> => {
  const file = join(cache, `jest-${name}.json`)
  rmSync(file, { force: true })
  writeFileSync(suitesFile(name), '')
  const all = jestCommand([
    // First: an option that takes a list would take them too.
    ...paths,
    '--json',
    `--outputFile=${file}`,
    '--passWithNoTests',
    `--maxWorkers=${workers ?? availableParallelism()}`,
    '--reporters=default',
    `--reporters=${join(import.meta.dirname, 'suites-now.mjs')}`,
    ...args,
  ])
  const told = { env: { ...env, TIDEMARK_TEST_SUITES: suitesFile(name) }, aloud, silent: true }
  const { code, says, leftBehind } = await said(`jest ${name}`, process.execPath, all, told)
  if (!existsSync(file)) return { passed: 0, failed: 1, says }
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests
  // A suite that cannot start has no tests to count.
  const ended = failed === 0 && code !== 0 ? Math.max(1, report.numFailedTestSuites) : failed
  if (ended > 0 && failed === 0) process.stdout.write(`Jest ended with ${code} though no test failed\n`)
  return {
    passed: report.numPassedTests,
    failed: ended + leftBehind.length,
    conforming: conforming(report),
    suites: report.testResults.map(
      (suite): Suite => ({ name: shortName(suite.name), seconds: (suite.endTime - suite.startTime) / 1000 }),
    ),
    says: [says, ...leftBehind.map((command) => `left behind: ${command}`)].join('\n'),
  }
}

const shortName = (path: string): string => path.replace(/^.*\/test\//, '').replace(/\.test\.ts$/, '')

/** Files of the suite over all warehouses. */
const shared = everyWarehouse.map((glob) => {
  const names = glob.replace('{', '(').replace('}', ')').replaceAll(',', '|')
  return new RegExp(`test/${names}\\.test\\.ts$`)
})

const conforming = ({ testResults }: Report): number =>
  testResults
    .filter(({ name }) => shared.some((names) => names.test(name)))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'passed').length

const suitesFile = (name: string): string => join(cache, `suites-${name}.txt`)

/** Suites of a run of Jest that have begun and not ended. */
export const suitesNow = (name: string): readonly string[] => {
  const now = new Set<string>()
  for (const line of readFileSync(suitesFile(name), 'utf8').split('\n')) {
    const path = line.slice('begun '.length)
    if (line.startsWith('begun ')) now.add(shortName(path))
    else now.delete(shortName(path))
  }
  return [...now]
}
