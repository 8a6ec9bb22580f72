import { type SpawnOptions, type SpawnSyncOptions, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'

const bin = join(import.meta.dirname, '..', 'node_modules', 'jest', 'bin', 'jest.js')

/** Jest needs a flag of Node for modules. */
export const jestFlags = ['--experimental-vm-modules', '--no-warnings'] as const
/** What Node is told, to run Jest. */
export const jestCommand = (args: readonly string[]): readonly string[] => [...jestFlags, bin, ...args]

/** Runs Jest to its end. */
export const runJest = (args: readonly string[], options: SpawnSyncOptions): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, jestCommand(args), { ...options, encoding: 'utf8' })

/** The same beside other things; what Jest says on standard error comes back. */
export const jestBeside = (args: readonly string[], options: SpawnOptions): Promise<string> =>
  new Promise((resolve, reject) => {
    const jest = spawn(process.execPath, jestCommand(args), {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const words: Buffer[] = []
    jest.stderr.on('data', (chunk: Buffer) => words.push(chunk))
    jest.on('error', reject)
    jest.on('close', () => resolve(Buffer.concat(words).toString()))
  })
