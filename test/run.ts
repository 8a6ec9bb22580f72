import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runJest } from './jest.ts'

/**
 * The one test command: runs everything that this machine can run and ends with `N passed, N failed` over all runners.
 * What a missing tool left out is named at the end; with TIDEMARK_TEST_REQUIRE=all it is a failure.
 */
interface Outcome {
  readonly passed: number
  readonly failed: number
}
interface Runner {
  readonly name: string
  /** What it needs that npm does not install: a command that must exist. */
  readonly needs?: string
  run(): Outcome
}

const root = join(import.meta.dirname, '..')
const cache = join(root, '.cache')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

/** The suites over warehouses, on this one. */
const on = (warehouse: string): readonly string[] => [
  '--passWithNoTests',
  `--config=${join(root, 'test', 'warehouse', `${warehouse}.config.mjs`)}`,
  ...process.argv.slice(2),
]

const runners: readonly Runner[] = [
  { name: 'types', run: () => check(bin('tsc'), ['--noEmit']) },
  { name: 'lint and format', run: () => check(bin('biome'), ['check', '.']) },
  { name: 'jest', run: () => jest(process.argv.slice(2)) },
  { name: 'PostgreSQL', run: () => jest(on('postgres')) },
  { name: 'PostgreSQL 15, the oldest', run: () => jest(on('postgres-oldest')) },
  { name: 'PostgreSQL behind PgBouncer', needs: 'pgbouncer', run: () => jest(on('postgres-pooled')) },
  { name: 'BigQuery (stand-in)', needs: 'python3', run: () => jest(on('bigquery')) },
  { name: 'Snowflake (stand-in)', needs: 'python3', run: () => jest(on('snowflake')) },
  // Minutes: left out where some tests only are asked for.
  ...(process.argv.length > 2
    ? []
    : [
        {
          name: "BigQuery's statements, by Google's analyzer",
          needs: 'mvn',
          run: () => missed(join('sql', 'googlesql.ts'), 'statements'),
        },
        {
          name: "Snowflake's statements",
          needs: 'python3',
          run: () => missed(join('sql', 'snowflake.ts'), 'statements'),
        },
        { name: 'rules taken out', run: () => missed(join('model', 'without.ts'), 'rules') },
        { name: 'guarantees broken', run: () => missed(join('guarantees', 'broken.ts'), 'guarantees') },
      ]),
]

function main(): void {
  mkdirSync(cache, { recursive: true })
  const leftOut: string[] = []
  const total = { passed: 0, failed: 0 }
  for (const runner of runners) {
    if (runner.needs !== undefined && !exists(runner.needs)) {
      leftOut.push(`${runner.name} (needs ${runner.needs})`)
      continue
    }
    process.stdout.write(`\n== ${runner.name}\n`)
    const { passed, failed } = runner.run()
    total.passed += passed
    total.failed += failed
    process.stdout.write(`== ${runner.name}: ${passed} passed, ${failed} failed\n`)
  }
  for (const name of leftOut) process.stdout.write(`left out: ${name}\n`)
  if (process.env.TIDEMARK_TEST_REQUIRE === 'all') total.failed += leftOut.length
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
  process.exitCode = total.failed === 0 ? 0 : 1
}

function check(command: string, args: readonly string[]): Outcome {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

function jest(args: readonly string[]): Outcome {
  const file = join(cache, 'jest.json')
  rmSync(file, { force: true })
  const { status } = runJest(['--json', `--outputFile=${file}`, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const report = JSON.parse(readFileSync(file, 'utf8')) as {
    numPassedTests: number
    numFailedTests: number
    numPendingTests: number
    numTodoTests: number
    numFailedTestSuites: number
  }
  // A skipped test is a promise that nobody keeps; a suite that cannot start has no tests to count.
  const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? Math.max(1, report.numFailedTestSuites) : failed,
  }
}

/** A program that takes something out of the source again and again, and ends with `N of M … are missed`; or one that ends likewise. */
function missed(program: string, what: string): Outcome {
  const { stdout } = spawnSync(process.execPath, [join(root, 'test', program)], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(stdout)
  const [, count, all] = new RegExp(`^(\\d+) of (\\d+) ${what} are `, 'm').exec(stdout) ?? []
  return count === undefined ? { passed: 0, failed: 1 } : { passed: Number(count), failed: Number(all) - Number(count) }
}

function exists(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

main()
