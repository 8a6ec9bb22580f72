import { type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { jestCommand } from './jest.ts'
import { exceptions } from './warehouse/exceptions.ts'
import { everyWarehouse } from './warehouse/suites.ts'

/**
 * The one test command: runs everything that this machine can run and ends with `N passed, N failed` over all runners.
 * What a missing tool left out is named at the end; with TIDEMARK_TEST_REQUIRE=all it is a failure.
 */
interface Outcome {
  readonly passed: number
  readonly failed: number
  /** Of the suite over all warehouses. */
  readonly conforming?: number
  readonly says: string
}
interface Runner {
  readonly name: string
  /** What it needs that npm does not install: a command that must exist. */
  readonly needs?: string
  /** Which warehouse the suite over all warehouses is run on. */
  readonly warehouse?: string
  run(): Promise<Outcome>
}

const root = join(import.meta.dirname, '..')
const cache = join(root, '.cache')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)
const asked = process.argv.slice(2)

/** The suites over warehouses, on this one. */
const on = (warehouse: string) => () =>
  jest(warehouse, [
    '--passWithNoTests',
    `--config=${join(root, 'test', 'warehouse', `${warehouse}.config.mjs`)}`,
    ...asked,
  ])

/** By themselves: they measure time. */
const alone: readonly Runner[] = [
  { name: 'types', run: () => check(bin('tsc'), ['--noEmit']) },
  { name: 'lint and format', run: () => check(bin('biome'), ['check', '.']) },
  { name: 'jest', warehouse: 'DuckDB', run: () => jest('duckdb', asked) },
]

/** Side by side, each lane in its order: one takes as long as the other. */
const lanes: readonly (readonly Runner[])[] = [
  [
    { name: 'PostgreSQL', warehouse: 'PostgreSQL', run: on('postgres') },
    { name: 'PostgreSQL 15, the oldest', run: on('postgres-oldest') },
    { name: 'PostgreSQL behind PgBouncer', needs: 'pgbouncer', run: on('postgres-pooled') },
    // Minutes: left out where some tests only are asked for.
    ...(asked.length > 0
      ? []
      : [
          { name: 'rules taken out', run: () => counted(join('model', 'without.ts'), 'rules') },
          { name: 'guarantees broken', run: () => counted(join('guarantees', 'broken.ts'), 'guarantees') },
        ]),
  ],
  [
    { name: 'BigQuery (stand-in)', needs: 'python3', warehouse: 'BigQuery', run: on('bigquery') },
    { name: 'Snowflake (stand-in)', needs: 'python3', warehouse: 'Snowflake', run: on('snowflake') },
    ...(asked.length > 0
      ? []
      : [
          {
            name: "BigQuery's statements, by Google's analyzer",
            needs: 'mvn',
            run: () => counted(join('sql', 'googlesql.ts'), 'statements'),
          },
          {
            name: "Snowflake's statements",
            needs: 'python3',
            run: () => counted(join('sql', 'snowflake.ts'), 'statements'),
          },
        ]),
  ],
]

/** By themselves again: a demo's platforms answer within a second, and a run is killed in mid-delivery. */
const demos: readonly Runner[] = [
  { name: 'demo on PostgreSQL', run: on('postgres-demo') },
  { name: 'demo on BigQuery (stand-in)', needs: 'python3', run: on('bigquery-demo') },
  { name: 'demo on Snowflake (stand-in)', needs: 'python3', run: on('snowflake-demo') },
]

const total = { passed: 0, failed: 0 }
const leftOut: string[] = []
const conforming: string[] = []
/** Where several run at once, what each says is told when it has ended. */
let sideBySide = false

async function main(): Promise<void> {
  mkdirSync(cache, { recursive: true })
  await inOrder(alone)
  sideBySide = true
  await Promise.all(lanes.map(inOrder))
  sideBySide = false
  await inOrder(demos)
  for (const line of conforming) process.stdout.write(`${line}\n`)
  for (const { warehouse, what, why, covered } of exceptions)
    process.stdout.write(`not on ${warehouse}: ${what}, for ${why}; covered by: ${covered}\n`)
  for (const name of leftOut) process.stdout.write(`left out: ${name}\n`)
  if (process.env.TIDEMARK_TEST_REQUIRE === 'all') total.failed += leftOut.length
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
  process.exitCode = total.failed === 0 ? 0 : 1
}

async function inOrder(runners: readonly Runner[]): Promise<void> {
  for (const { name, needs, warehouse, run } of runners) {
    if (needs !== undefined && !exists(needs)) {
      leftOut.push(`${name} (needs ${needs})`)
      continue
    }
    process.stdout.write(`\n== ${name}${sideBySide ? ' …' : ''}\n`)
    const { passed, failed, conforming: on, says } = await run()
    total.passed += passed
    total.failed += failed
    process.stdout.write(`${sideBySide ? `\n== ${name}\n${says}` : ''}== ${name}: ${passed} passed, ${failed} failed\n`)
    if (warehouse !== undefined) conforming.push(`suite over all warehouses on ${warehouse}: ${on} passed`)
  }
}

/** What a program says. */
function said(
  command: string,
  args: readonly string[],
  stdio: SpawnOptions['stdio'],
): Promise<{ code: number | null; says: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio })
    const words: Buffer[] = []
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        words.push(chunk)
        if (!sideBySide) process.stdout.write(chunk)
      })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, says: Buffer.concat(words).toString() }))
  })
}

async function check(command: string, args: readonly string[]): Promise<Outcome> {
  const { code, says } = await said(command, args, ['ignore', 'pipe', 'pipe'])
  return code === 0 ? { passed: 1, failed: 0, says } : { passed: 0, failed: 1, says }
}

/** Files of the suite over all warehouses. */
const shared = everyWarehouse.map((glob) => {
  const names = glob.replace('{', '(').replace('}', ')').replaceAll(',', '|')
  return new RegExp(`test/${names}\\.test\\.ts$`)
})

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly numFailedTestSuites: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string }[]
  }[]
}

async function jest(name: string, args: readonly string[]): Promise<Outcome> {
  const file = join(cache, `jest-${name}.json`)
  rmSync(file, { force: true })
  const all = jestCommand(['--json', `--outputFile=${file}`, ...args])
  const { code, says } = await said(process.execPath, all, ['ignore', 'ignore', 'pipe'])
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  // A skipped test is a promise that nobody keeps; a suite that cannot start has no tests to count.
  const failed = report.numFailedTests + report.numPendingTests + report.numTodoTests
  const everywhere = report.testResults
    .filter((suite) => shared.some((names) => names.test(suite.name)))
    .flatMap((suite) => suite.assertionResults)
  const ended = failed === 0 && code !== 0 ? Math.max(1, report.numFailedTestSuites) : failed
  if (ended > 0 && failed === 0) process.stdout.write(`Jest ended with ${code} though no test failed\n`)
  return {
    passed: report.numPassedTests,
    failed: ended,
    conforming: everywhere.filter(({ status }) => status === 'passed').length,
    says,
  }
}

/** A program that ends with `N of M … are` as they should be. */
async function counted(program: string, what: string): Promise<Outcome> {
  const { says } = await said(process.execPath, [join(root, 'test', program)], ['ignore', 'pipe', 'pipe'])
  const [, count, all] = new RegExp(`^(\\d+) of (\\d+) ${what} are `, 'm').exec(says) ?? []
  return count === undefined
    ? { passed: 0, failed: 1, says }
    : { passed: Number(count), failed: Number(all) - Number(count), says }
}

function exists(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).status === 0
}

await main()
