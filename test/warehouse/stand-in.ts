import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from './postgres-server.ts'

const folder = join(import.meta.dirname, 'stand-ins')
const cache = join(import.meta.dirname, '..', '..', '.cache')

/** A service that cannot be had here, on 127.0.0.1: Python over DuckDB (see the files in `stand-ins`). */
export interface StandIn {
  readonly port: number
  stop(): Promise<void>
}

export const startStandIn = async (name: 'bigquery' | 'snowflake'): Promise<StandIn> => {
  const port = await freePort()
  const child = spawn(standInPython(), [join(folder, `${name}_server.py`), String(port)], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  for (let tries = 0; !(await answers(port)); tries++) {
    if (tries > 300 || child.exitCode !== null) throw new Error(`The stand-in for ${name} does not start`)
    await sleep(200)
  }
  return {
    port,
    stop: async () => {
      child.kill()
      await ended
    },
  }
}

const answers = async (port: number): Promise<boolean> => {
  try {
    return (await fetch(`http://127.0.0.1:${port}/control/none/jobs`)).ok
  } catch {
    return false
  }
}

/** Of an environment of its own, made once for each lock file (20 s). */
export const standInPython = (): string => {
  const lock = join(folder, 'requirements.lock')
  const digest = createHash('sha256').update(readFileSync(lock)).digest('hex').slice(0, 16)
  const ready = join(cache, `stand-ins-${digest}`)
  if (!existsSync(ready)) {
    const made = `${ready}.${process.pid}`
    mkdirSync(cache, { recursive: true })
    rmSync(made, { recursive: true, force: true })
    run('python3', ['-m', 'venv', made])
    run(join(made, 'bin', 'python'), ['-m', 'pip', 'install', '-q', '--require-hashes', '-r', lock])
    renameSync(made, ready)
  }
  return join(ready, 'bin', 'python')
}

const run = (command: string, args: readonly string[]): void => {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed`, { cause: error })
}
