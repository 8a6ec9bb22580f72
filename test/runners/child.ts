import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

/** How a child process ended, and what it said on both streams. */
export interface Said {
  readonly code: number | null
  readonly says: string
  /** Command lines of processes that it started and did not end. They were ended here. */
  readonly leftBehind: readonly string[]
}

interface Running {
  readonly name: string
  readonly group: number
  readonly since: number
}

const running = new Set<Running>()

export interface Told {
  readonly env?: Readonly<Record<string, string>>
  /** What is said is also written to standard output, at once. */
  readonly aloud?: boolean
  /** Standard output is no words. */
  readonly silent?: boolean
  /** Processes on their way out have this long, in ms. */
  readonly graceMs?: number
}

/** Runs a command in a process group of its own, to the end of all that it started. */
export const said = (name: string, command: string, args: readonly string[], told: Told = {}): Promise<Said> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      detached: true,
      env: { ...process.env, ...told.env },
      stdio: ['ignore', told.silent ? 'ignore' : 'pipe', 'pipe'],
    })
    const one: Running = { name, group: child.pid ?? 0, since: performance.now() }
    if (child.pid !== undefined) running.add(one)
    const words: Buffer[] = []
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        words.push(chunk)
        if (told.aloud) process.stdout.write(chunk)
      })
    child.on('error', reject)
    const closed = new Promise<void>((done) => child.on('close', () => done()))
    child.on('exit', async (code) => {
      const leftBehind = await ended(one.group, told.graceMs)
      // A process that left the group may hold the streams for ever.
      await Promise.race([closed, later(told.graceMs ?? usualGraceMs)])
      running.delete(one)
      resolve({ code, says: Buffer.concat(words).toString(), leftBehind })
    })
  })

const usualGraceMs = 15_000

/** Waits until nothing of a process group lives, and ends what does not end. Returns the command lines of those. */
const ended = async (group: number, graceMs = usualGraceMs): Promise<readonly string[]> => {
  const end = performance.now() + graceMs
  for (;;) {
    const living = livingOf(group)
    if (living.length === 0) return []
    if (performance.now() > end) {
      endGroup(group, 'SIGKILL')
      return living
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** Command lines of the living processes of a group. */
const livingOf = (group: number): readonly string[] => {
  try {
    process.kill(-group, 0)
  } catch {
    return []
  }
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pgid=,stat=,args='], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').flatMap((line) => {
    const [, pgid, state, command] = /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return Number(pgid) === group && !state?.startsWith('Z') ? [command ?? ''] : []
  })
}

/** Does not keep this process alive by itself. */
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref())

const endGroup = (group: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-group, signal)
  } catch {
    // Nothing of it lives.
  }
}

/** What runs now: its name, and in words for how long. */
export const stillRunning = (): readonly { readonly name: string; readonly words: string }[] =>
  [...running].map(({ name, since }) => ({
    name,
    words: `${name}, for ${Math.round((performance.now() - since) / 1000)} s`,
  }))

/** Ends all that runs: it is asked, and then made to. */
export const endAll = async (): Promise<void> => {
  const groups = [...running].map(({ group }) => group)
  for (const group of groups) endGroup(group, 'SIGTERM')
  for (const group of groups) await ended(group)
}
