import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'

/** A hundred processes start: compiled once is enough. */
const compiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'tidemark-test-compiled') }
/** `test/run.ts` has it bundled: a process starts in half the time. */
const cli = process.env.TIDEMARK_TEST_CLI ?? join(import.meta.dirname, '..', '..', 'connector', 'cli.ts')

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly ms: number
}

export interface Started {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ended: Promise<Ended>
}

/** The real command line in a process of its own. Its environment is `env` and nothing else. */
export const start = (args: readonly string[], folder: string, env: Readonly<Record<string, string>>): Started => {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: folder,
    env: { ...compiled, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, ms: performance.now() - startedAt })
    })
  })
  return { child, ended }
}

/** The most memory a living process had so far, in MB; 0 where that is not told. */
export const peakMb = (pid: number | undefined): number => {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Waits until something is so, and fails after `ms`. */
export const until = async (what: string, isSo: () => boolean, ms = 30_000): Promise<void> => {
  const end = performance.now() + ms
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
