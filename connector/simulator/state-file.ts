import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import type { Simulator } from './contract.ts'
import { type KeptPlatform, keptPlatform } from './kept.ts'
import type { PlatformName } from './platform.ts'

/** A file in which simulators keep what they hold, from one start to the next. */
export interface StateFile {
  /** What it held when it was opened. */
  readonly kept: Readonly<Partial<Record<PlatformName, KeptPlatform | undefined>>>
  /** Whose state it holds from now on; written at once, so that a file that cannot be written is found out. */
  holds(simulators: readonly Simulator[]): void
  /** Something took effect: it is written within half a second (or ten times as long as writing takes). */
  changed(): void
  /** Writes what is not written yet, and lets others open it. */
  close(): void
}

/** It cannot be used; the message is for a person. */
export class StateFileError extends Error {}

const schema = 'tidemark.simulators/1'
const whole = z.strictObject({
  schema: z.literal(schema),
  x_ads: keptPlatform.optional(),
  tiktok_ads: keptPlatform.optional(),
  webhook: keptPlatform.optional(),
})

const writeAfterMs = 500
/** So that a large state is not all that a simulator is busy with. */
const shareOfTime = 10

/** `complain`: what is said where it cannot be written later on; the simulators go on. */
export const openStateFile = (file: string, complain: (message: string) => void): StateFile => {
  const release = lock(file)
  let simulators: readonly Simulator[] = []
  let timer: NodeJS.Timeout | null = null
  let tookMs = 0
  let failed = false
  const write = (): void => {
    timer = null
    // While they start it is as it was read.
    if (simulators.length === 0) return
    const began = performance.now()
    writeState(file, simulators)
    tookMs = performance.now() - began
    failed = false
  }
  const tryToWrite = (): void => {
    try {
      write()
    } catch (error) {
      if (!failed)
        complain(`The state could not be written to ${file} (${codeOf(error)}); it is tried again at the next change.`)
      failed = true
    }
  }
  try {
    return {
      kept: readState(file),
      holds: (all) => {
        simulators = all
        try {
          write()
        } catch (error) {
          throw new StateFileError(`${file} cannot be written (${codeOf(error)}): name another file with --state.`)
        }
      },
      changed: () => {
        timer ??= setTimeout(tryToWrite, Math.max(writeAfterMs, tookMs * shareOfTime))
      },
      close: () => {
        if (timer !== null) clearTimeout(timer)
        if (timer !== null || failed) tryToWrite()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

/** Replaced whole, so that a kill at any moment leaves the state of before or of after. */
export const writeState = (file: string, simulators: readonly Simulator[]): void => {
  const state = Object.fromEntries(simulators.map((one) => [one.platform, one.kept()]))
  const partial = `${file}.partial`
  const handle = openSync(partial, 'w', 0o600)
  try {
    writeFileSync(handle, `${JSON.stringify({ schema, ...state })}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(partial, file)
}

const readState = (file: string): StateFile['kept'] => {
  const text = textOf(file)
  if (text === null) return {}
  const foreign = `${file} is not a state of simulators, and is left as it is: name another file with --state`
  const json = parsed(text)
  if (json === undefined) throw new StateFileError(`${foreign} (it is no JSON; it may have been cut short).`)
  const named = z.object({ schema: z.string() }).safeParse(json)
  if (!named.success || !named.data.schema.startsWith('tidemark.simulators/')) throw new StateFileError(`${foreign}.`)
  if (named.data.schema !== schema)
    throw new StateFileError(`${file} is a state of another version of Tidemark: name another file with --state.`)
  const read = whole.safeParse(json)
  if (read.success) return read.data
  const places = read.error.issues.slice(0, 3).map(({ path }) => path.join('.') || 'the whole')
  throw broken(file, places.join(', '))
}

export const broken = (file: string, what: string): StateFileError =>
  new StateFileError(`${file} is a broken state of simulators (${what}): name another file with --state.`)

const textOf = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw new StateFileError(`${file} cannot be read (${codeOf(error)}): name another file with --state.`)
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Two at once over one file would each write what the other does not know. Returns how to let go. */
const lock = (file: string): (() => void) => {
  const own = `${file}.lock`
  for (let attempt = 1; ; attempt++) {
    try {
      writeFileSync(own, `${process.pid}\n`, { flag: 'wx' })
      return () => rmSync(own, { force: true })
    } catch (error) {
      if (codeOf(error) !== 'EEXIST')
        throw new StateFileError(`${own} cannot be written (${codeOf(error)}): name another file with --state.`)
      const holder = Number(textOf(own))
      if (attempt > 1 || lives(holder)) throw taken(file, own, holder)
      rmSync(own, { force: true })
    }
  }
}

const taken = (file: string, own: string, holder: number): StateFileError =>
  new StateFileError(
    `Other simulators (process ${holder}) use ${file}: end them, or name another file with --state. If that process is none of them, delete ${own}.`,
  )

/** Of a killed one the file is left. A process of the same number as this one, as in a container, is no other. */
const lives = (pid: number): boolean => {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? 'unknown')
