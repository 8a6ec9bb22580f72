import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { type PythonEnvironment, pythonOf } from '../python/environment.ts'

/**
 * Runs pytest over the Airflow provider: `node test/dags/run.ts airflow [arguments of pytest]`.
 * The provider is built and installed from its wheel into a folder of its own, which lies before the locked environment:
 * Airflow finds it as it finds any installed provider, and the environment stays as its lock says.
 */
const [name = 'airflow', ...args] = process.argv.slice(2)
const root = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'tidemark-airflow-'))
const [wheels, site] = [join(folder, 'wheels'), join(folder, 'site')]

const run = (program: string, ...rest: string[]): void => {
  const { status, error, stderr } = spawnSync(program, rest, { cwd: join(root, 'dags'), encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${rest.slice(0, 3).join(' ')} failed: ${stderr}`, { cause: error })
}

const install = (): void => {
  const python = pythonOf('build')
  run(python, '-m', 'hatchling', 'build', '--target', 'wheel', '--directory', wheels)
  const [wheel = ''] = readdirSync(wheels)
  // A wheel of Python files alone is installed by unpacking it.
  run(python, '-m', 'zipfile', '--extract', join(wheels, wheel), site)
}

const clean = () => rmSync(folder, { recursive: true, force: true })
process.on('exit', clean)
install()
const child = spawn(
  pythonOf(name as PythonEnvironment),
  ['-m', 'pytest', ...(args.length > 0 ? args : ['test/dags'])],
  {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PYTHONPATH: [site, process.env.PYTHONPATH].filter(Boolean).join(delimiter),
      PYTHONDONTWRITEBYTECODE: '1',
    },
  },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => {
  process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
})
