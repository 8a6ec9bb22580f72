import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, warehouses } from '../../build/bundle.ts'
import { cannotStartEngine } from '../container/engine.ts'
import { beforeLanding } from './before-landing.ts'
import { said } from './child.ts'
import { runJestSuites } from './jest.ts'
import { runPytest } from './pytest.ts'
import type { Outcome, Runner } from './runner.ts'

const root = join(import.meta.dirname, '..', '..')
const bin = (name: string): string => join(root, 'node_modules', '.bin', name)

/** Everything is demanded, as before a landing. */
export const everything = process.env.TIDEMARK_TEST_REQUIRE === 'all'
/** Suites that are asked for by their paths; all where there are none. */
export const asked = process.argv.slice(2)

/**
 * Suites that measure how fast requests come, with the platform in the process of the test: what runs beside them is
 * measured too.
 */
const timed = ['cli/requests']

/** `npm test` plays fewer histories: each rule has fixed ones besides, which are played in either. */
const histories = (some: number): Readonly<Record<string, string>> =>
  everything ? {} : { TIDEMARK_MODEL_HISTORIES: String(some) }

/** Of Jest's own configuration: a pattern that is given replaces all that stand there. */
const { testPathIgnorePatterns } = JSON.parse(readFileSync(join(root, 'jest.config.json'), 'utf8')) as {
  readonly testPathIgnorePatterns: readonly string[]
}
const patternOf = (suite: string): string => `<rootDir>/test/${suite}\\.test\\.ts`
const ignoring = (patterns: readonly string[]): readonly string[] =>
  patterns.map((pattern) => `--testPathIgnorePatterns=${pattern}`)

/** Suites that are kept for the landing. */
export const kept = everything || asked.length > 0 ? [] : beforeLanding.flatMap(({ suites }) => suites)

/** Of processes that tests start, by the hundred. Drivers stay beside it, as they are beside the source. */
const bundled = async (): Promise<Readonly<Record<string, string>>> => {
  const outdir = join(root, '.cache', 'cli')
  await bundle({ warehouses, outdir, driversBeside: true })
  return { TIDEMARK_TEST_CLI: join(outdir, 'tidemark.mjs') }
}

const onDuckdb = async (aloud: boolean): Promise<Outcome> => {
  const args = ignoring([...testPathIgnorePatterns, ...[...timed, ...kept].map(patternOf)])
  return runJestSuites({ name: 'duckdb', paths: asked, args, env: { ...histories(30), ...(await bundled()) }, aloud })
}

const onImages = (aloud: boolean): Promise<Outcome> => {
  const config = join(root, 'test', 'container', 'container.config.mjs')
  return runJestSuites({ name: 'container', paths: asked, args: [`--config=${config}`], aloud, workers: 1 })
}

/** Those that were asked for, or all. */
const timedSuites = (aloud: boolean): Promise<Outcome> => {
  const wanted = (suite: string) => asked.length === 0 || asked.some((path) => `test/${suite}.test.ts`.includes(path))
  const chosen = timed.filter((suite) => !kept.includes(suite) && wanted(suite))
  return chosen.length === 0
    ? Promise.resolve({ passed: 0, failed: 0, says: '' })
    : runJestSuites({ name: 'timed', paths: chosen, args: [], aloud, workers: 1 })
}

/** The suites over warehouses, on this one. */
const on =
  (warehouse: string, workers: number) =>
  (aloud: boolean): Promise<Outcome> => {
    const config = join(root, 'test', 'warehouse', `${warehouse}.config.mjs`)
    return runJestSuites({
      name: warehouse,
      paths: asked,
      args: [`--config=${config}`, ...ignoring(['/node_modules/', ...kept.map(patternOf)])],
      env: histories(10),
      aloud,
      workers,
    })
  }

const check =
  (command: string, args: readonly string[]) =>
  async (aloud: boolean): Promise<Outcome> => {
    const { code, says } = await said(command, bin(command), args, { aloud })
    return code === 0 ? { passed: 1, failed: 0, says } : { passed: 0, failed: 1, says }
  }

/** A program that ends with `N of M … are` as they should be. */
const counted =
  (program: string, what: string) =>
  async (aloud: boolean): Promise<Outcome> => {
    const { says } = await said(program, process.execPath, [join(root, 'test', program)], { aloud })
    const [, count, all] = new RegExp(`^(\\d+) of (\\d+) ${what} are `, 'm').exec(says) ?? []
    return count === undefined
      ? { passed: 0, failed: 1, says }
      : { passed: Number(count), failed: Number(all) - Number(count), says }
  }

/** Everything about Airflow that needs no scheduler, but for `elsewhere`. */
const onAirflow =
  (environment: 'airflow' | 'airflow-oldest', ...elsewhere: readonly string[]) =>
  (aloud: boolean) => {
    const ignored = ['test/dags/scheduler', 'test/dags/engine', ...elsewhere].map((path) => `--ignore=${path}`)
    return runPytest(environment, environment, [...ignored, 'test/dags'], aloud)
  }
const examples = 'test/dags/test_examples.py'

/** A tool of Airflow's environment: exit 0 is a pass. */
const python =
  (name: string, args: readonly string[]) =>
  async (aloud: boolean): Promise<Outcome> => {
    const all = [join(root, 'test', 'python', 'python.ts'), 'airflow', '-m', ...args]
    const { code, says } = await said(name, process.execPath, all, { aloud })
    return code === 0 ? { passed: 1, failed: 0, says } : { passed: 0, failed: 1, says }
  }
const pythonSettings = ['--config', 'dags/pyproject.toml', 'dags', 'test/dags']

/** Of Jest's suites only: what else there is takes minutes and is left out where some suites are asked for. */
const whole = (...runners: readonly Runner[]): readonly Runner[] => (asked.length > 0 ? [] : runners)

/** One after the other, each with all cores. */
export const first: readonly Runner[] = [
  { name: 'types', run: check('tsc', ['--noEmit']) },
  { name: 'lint and format', run: check('biome', ['check', '.']) },
  { name: 'jest', warehouse: 'DuckDB', run: onDuckdb },
  { name: 'jest, suites that measure time', run: timedSuites },
]

const sameSql = 'its statements are those of PostgreSQL'
const otherService = 'a service that cannot be had here; a change to its dialect or driver needs it'

/** What a person wants to know of the Airflow provider before a commit. */
const airflow = whole(
  { name: 'Python: lint', needs: ['python3'], run: python('ruff', ['ruff', 'check', ...pythonSettings]) },
  {
    name: 'Python: format',
    needs: ['python3'],
    run: python('ruff format', ['ruff', 'format', '--check', ...pythonSettings]),
  },
  {
    name: 'Python: types',
    needs: ['python3'],
    run: python('mypy', ['mypy', '--config-file', 'dags/pyproject.toml', 'dags/tidemark_airflow']),
  },
  { name: 'Airflow', needs: ['python3'], run: onAirflow('airflow', examples) },
)
/** A third of the time, so that one lane is as long as the other. */
const airflowExamples = whole({
  name: 'Airflow, examples',
  needs: ['python3'],
  run: (aloud) => runPytest('airflow', 'examples', [examples], aloud),
})
const airflowOldest = whole({
  name: 'Airflow 3.1.8, the oldest',
  gate: 'the same tests on the newest are in every run',
  needs: ['python3'],
  run: onAirflow('airflow-oldest'),
})
const rulesAndGuarantees = whole(
  { name: 'rules taken out', gate: 'a change to a rule needs it', run: counted('model/without.ts', 'rules') },
  {
    name: 'guarantees broken',
    gate: 'a change to a guarantee needs it',
    run: counted('guarantees/broken.ts', 'guarantees'),
  },
)
const statements = {
  bigquery: whole({
    name: "BigQuery's statements, by Google's analyzer",
    gate: 'a change to its SQL needs it',
    needs: ['mvn'],
    run: counted('sql/googlesql.ts', 'statements'),
  }),
  snowflake: whole({
    name: "Snowflake's statements",
    gate: 'a change to its SQL needs it',
    needs: ['python3'],
    run: counted('sql/snowflake.ts', 'statements'),
  }),
}
const [bigquery, snowflake] = (['BigQuery', 'Snowflake'] as const).map(
  (warehouse): Runner => ({
    name: `${warehouse} (stand-in)`,
    gate: otherService,
    needs: ['python3'],
    warehouse,
    run: on(warehouse.toLowerCase(), 1),
  }),
) as [Runner, Runner]

/** Side by side, each lane in its order: one takes as long as the other, half an hour where everything is demanded. */
export const lanes: readonly (readonly Runner[])[] = [
  [
    { name: 'PostgreSQL', warehouse: 'PostgreSQL', run: on('postgres', 1) },
    ...airflowExamples,
    bigquery,
    ...statements.bigquery,
    ...rulesAndGuarantees,
  ],
  [
    ...airflow,
    snowflake,
    ...statements.snowflake,
    { name: 'PostgreSQL 15, the oldest', gate: sameSql, run: on('postgres-oldest', 1) },
    { name: 'PostgreSQL behind PgBouncer', gate: sameSql, needs: ['pgbouncer'], run: on('postgres-pooled', 1) },
    ...airflowOldest,
  ],
]

const onAnEngine = { needs: ['dockerd', 'debootstrap', 'python3'], cannot: cannotStartEngine }
const sameDemo = 'the demo over DuckDB is in every run'

/**
 * One after the other again: a scheduler and an engine start processes by the dozen, a demo's platforms answer within a
 * second, and a run is killed in mid-delivery.
 */
export const last: readonly Runner[] = [
  ...whole(
    {
      name: "Airflow's scheduler",
      gate: 'tasks are ended in mid-delivery in every way, which takes 4 minutes',
      needs: ['python3'],
      run: (aloud) => runPytest('airflow', 'scheduler', ['test/dags/scheduler'], aloud),
    },
    {
      name: 'Airflow runs the images',
      gate: 'a change to the Dockerfile or to what runs it needs it',
      ...onAnEngine,
      run: (aloud) => runPytest('airflow', 'engine', ['test/dags/engine'], aloud),
    },
  ),
  { name: 'images', gate: 'a change to the Dockerfile needs it', ...onAnEngine, run: onImages },
  { name: 'demo on PostgreSQL', gate: sameDemo, run: on('postgres-demo', 1) },
  { name: 'demo on BigQuery (stand-in)', gate: sameDemo, needs: ['python3'], run: on('bigquery-demo', 1) },
  { name: 'demo on Snowflake (stand-in)', gate: sameDemo, needs: ['python3'], run: on('snowflake-demo', 1) },
]
