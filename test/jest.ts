import { type SpawnSyncOptions, type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { join } from 'node:path'

const bin = join(import.meta.dirname, '..', 'node_modules', 'jest', 'bin', 'jest.js')

/** Runs Jest, which needs a flag of Node for modules, to its end. */
export const runJest = (args: readonly string[], options: SpawnSyncOptions): SpawnSyncReturns<string> =>
  spawnSync(process.execPath, ['--experimental-vm-modules', '--no-warnings', bin, ...args], {
    ...options,
    encoding: 'utf8',
  })
