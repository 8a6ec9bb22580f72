import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { PythonEnvironment } from '../python/environment.ts'
import { said } from './child.ts'
import type { Outcome, Suite } from './runner.ts'

const root = join(import.meta.dirname, '..', '..')

/** Runs pytest over these paths, with the Airflow of this environment. A test that is skipped counts as failed. */
export const runPytest = async (
  environment: PythonEnvironment,
  /** Names its report. */
  name: string,
  paths: readonly string[],
  aloud: boolean,
): Promise<Outcome> => {
  const report = join(root, '.cache', `pytest-${name}.xml`)
  rmSync(report, { force: true })
  const args = [join(root, 'test', 'dags', 'run.ts'), environment, '-q', `--junitxml=${report}`, ...paths]
  const { code, says, leftBehind } = await said(`pytest ${name}`, process.execPath, args, { aloud })
  if (!existsSync(report)) return { passed: 0, failed: 1, says }
  const xml = readFileSync(report, 'utf8')
  const bad = ['errors', 'failures', 'skipped'].reduce((sum, name) => sum + numberOf(xml, name), 0)
  return {
    passed: numberOf(xml, 'tests') - bad,
    failed: (code !== 0 && bad === 0 ? 1 : bad) + leftBehind.length,
    suites: suitesOf(xml),
    says: [says, ...leftBehind.map((command) => `left behind: ${command}`)].join('\n'),
  }
}

/** Of the whole run, as the head of JUnit's XML has it. */
const numberOf = (xml: string, name: string): number =>
  Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(xml)?.[1] ?? 0)

const suitesOf = (xml: string): readonly Suite[] => {
  const seconds = new Map<string, number>()
  for (const [, module = '', time] of xml.matchAll(/<testcase classname="([^"]+)"[^>]*\btime="([\d.]+)"/g)) {
    const name = module.replace(/^test\./, '').replaceAll('.', '/')
    seconds.set(name, (seconds.get(name) ?? 0) + Number(time))
  }
  return [...seconds].map(([name, sum]) => ({ name, seconds: sum }))
}
