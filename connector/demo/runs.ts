import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ActivationSummary } from '../activation/summary.ts'
import type { Shop } from './shop.ts'

/** Runs of the real command in a process of its own, as a scheduler starts them. */

export interface RunPlace {
  readonly folder: string
  readonly shop: Shop
  readonly environment: Readonly<Record<string, string>>
}

/** A run that ended otherwise than a demo can go on from. */
export class DemoStopped extends Error {}

const tryAgain = 75
const mostAttempts = 15
/** A run that was killed may hold its lease for some seconds. */
const retryMs = 1000

/** `tidemark run --all`, again where it says that trying again will do; `onRetry` hears of that. */
export const runAll = async (
  place: RunPlace,
  runKey: string,
  onRetry: () => void,
): Promise<readonly ActivationSummary[]> => {
  for (let attempt = 1; ; attempt++) {
    const child = start(place, runKey)
    const [out, errors, exit] = await Promise.all([text(child.stdout), text(child.stderr), ended(child)])
    if (exit === 0) return activationsOf(out)
    if (exit !== tryAgain || attempt === mostAttempts) {
      throw new DemoStopped(`The run ended with exit ${exit ?? 'by a signal'}: ${messages(errors)}`)
    }
    onRetry()
    await setTimeout(retryMs)
  }
}

/** Kills such a run as hard as can be when `now` says so; false where it came to its end before. */
export const runUntilKilled = async (place: RunPlace, runKey: string, now: () => boolean): Promise<boolean> => {
  const child = start(place, runKey)
  child.stdout.resume()
  child.stderr.resume()
  // Often enough: at the rates of the platforms, the requests of one ad account come 40 ms apart or more.
  const watch = setInterval(() => {
    if (now()) child.kill('SIGKILL')
  }, 2)
  try {
    await ended(child)
  } finally {
    clearInterval(watch)
  }
  return child.signalCode === 'SIGKILL'
}

/** In a checkout, in a bundle, whose files lie side by side, and in the built package. */
const cli = ['../cli.ts', 'tidemark.mjs', '../cli.js']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .find((path) => existsSync(path)) as string

const start = ({ folder, environment }: RunPlace, runKey: string) => {
  // Standard input stays open as long as we live: a run must not outlast a demo that was killed.
  const options = ['--all', '--json', '--drain-on-stdin-end', '--run-key', runKey]
  return spawn(process.execPath, [cli, 'run', ...options, '--config', join(folder, 'tidemark.yml')], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

const ended = async (child: ChildProcess): Promise<number | null> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

const activationsOf = (out: string): readonly ActivationSummary[] =>
  JSON.parse(out.trimEnd().split('\n').at(-1) ?? '').activations

/** What the log says of errors; what is no log line (a crash of Node) as it is. */
const messages = (errors: string): string =>
  errors
    .split('\n')
    .flatMap((line) => {
      if (!line.startsWith('{')) return line
      const { level, message } = JSON.parse(line) as Record<string, string>
      return level === 'error' ? (message ?? '') : []
    })
    .filter((line) => line !== '')
    .join(' ')
