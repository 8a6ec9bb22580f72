import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pythonOf } from '../python/environment.ts'
import { freePort } from './postgres-server.ts'

const folder = join(import.meta.dirname, 'stand-ins')

/** A service that cannot be had here, on 127.0.0.1: Python over DuckDB (see the files in `stand-ins`). */
export interface StandIn {
  readonly port: number
  stop(): Promise<void>
}

export const startStandIn = async (name: 'bigquery' | 'snowflake'): Promise<StandIn> => {
  const port = await freePort()
  const child = spawn(pythonOf('stand-ins'), [join(folder, `${name}_server.py`), String(port)], {
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
