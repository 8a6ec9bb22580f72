import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Ended, Started } from '../cli/process.ts'
import { docker, dockerAt } from './engine.ts'
import { type Target, tagOf } from './images.ts'

/** The engine that Jest has started before all suites. */
export const address = process.env.TIDEMARK_TEST_ENGINE ?? ''

/** As docs/container.md says to run it. */
export const hardened = [
  '--read-only',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--pids-limit=128',
  '--tmpfs=/tmp:rw,noexec,nosuid,size=64m',
] as const

export interface Wanted {
  readonly target?: Target
  /** Mounted as /work. */
  readonly folder?: string
  /** Passed by name, so that no value is in a command line. */
  readonly env?: Readonly<Record<string, string>>
  /** As docker has it. */
  readonly memory?: string
  readonly options?: readonly string[]
}

export interface Contained extends Started {
  /** Sends a signal to PID 1. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void
}

/** Starts the program of an image, with all hardening, on the network of the host. */
export const startContained = (args: readonly string[], wanted: Wanted = {}): Contained => {
  const { target = 'all', folder, env = {}, memory = '512m', options = [] } = wanted
  const name = `tidemark-${randomUUID()}`
  const { command, env: reaching } = dockerAt(address)
  const variables = Object.keys(env).map((key) => `--env=${key}`)
  const mounted = folder === undefined ? [] : [`--volume=${folder}:/work`]
  const limits = [...hardened, `--memory=${memory}`, `--memory-swap=${memory}`]
  const all = ['run', '--rm', `--name=${name}`, '--network=host', ...limits, ...variables, ...mounted, ...options]
  const child = spawn(command, [...all, tagOf(target), ...args], {
    env: { ...reaching, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return { child, ended: endOf(child), kill: (signal) => void docker(address, 'kill', `--signal=${signal}`, name) }
}

/** What a process says, and how it ends. */
export const endOf = (child: Contained['child']): Promise<Ended> => {
  const startedAt = performance.now()
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...said, ms: performance.now() - startedAt }))
  })
}

export const contained = (args: readonly string[], wanted: Wanted = {}): Promise<Ended> =>
  startContained(args, wanted).ended
