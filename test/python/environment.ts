import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const cache = join(import.meta.dirname, '..', '..', '.cache')

/** The lock files beside this one; each environment holds the packages of its lock and nothing else. */
export type PythonEnvironment =
  | 'airflow'
  | 'airflow-oldest'
  | 'airflow-plain'
  | 'build'
  | 'container'
  | 'dbt'
  | 'stand-ins'

/**
 * The folder of an environment, made once for each content of its lock file (16 s for Airflow, 445 MB).
 * `bin/python` in it is its Python. Throws where Python 3.11 is missing or a package has another digest than its lock says.
 */
export const pythonEnvironment = (name: PythonEnvironment): string =>
  made(name, (folder) => {
    const uv = join(installer(), 'bin', 'uv')
    run(uv, ['venv', '-q', '--python', '3.11', '--relocatable', folder])
    // Compiled at once: a process starts in 1.7 s instead of 4 s where Python may write no bytecode.
    const python = join(folder, 'bin', 'python')
    const as = ['-q', '--compile-bytecode', '--require-hashes', '--python', python]
    // Behind a proxy with a certificate of its own, uv would trust nobody that pip trusts.
    run(uv, ['pip', 'sync', '--system-certs', ...as, lockOf(name)])
  })

/** The Python of an environment. */
export const pythonOf = (name: PythonEnvironment): string => join(pythonEnvironment(name), 'bin', 'python')

const installer = (): string =>
  made('uv', (folder) => {
    run('python3', ['-m', 'venv', folder])
    const python = join(folder, 'bin', 'python')
    run(python, ['-m', 'pip', 'install', '-q', '--require-hashes', '-r', lockOf('uv')])
  })

const lockOf = (name: string): string => join(import.meta.dirname, `${name}.lock`)

/** Made beside its place and renamed, so that a killed installation leaves nothing that looks ready. */
const made = (name: string, make: (folder: string) => void): string => {
  const digest = createHash('sha256')
    .update(readFileSync(lockOf(name)))
    .digest('hex')
    .slice(0, 16)
  const ready = join(cache, `python-${name}-${digest}`)
  if (existsSync(ready)) return ready
  const folder = `${ready}.${process.pid}`
  mkdirSync(cache, { recursive: true })
  rmSync(folder, { recursive: true, force: true })
  make(folder)
  try {
    renameSync(folder, ready)
  } catch (error) {
    // Another process was first.
    if (!existsSync(ready)) throw error
    rmSync(folder, { recursive: true, force: true })
  }
  return ready
}

const run = (command: string, args: readonly string[]): void => {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed`, { cause: error })
}
