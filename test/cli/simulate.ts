import { once } from 'node:events'
import { type Ended, start } from './process.ts'

/** `tidemark simulate` in a process of its own, once it answers. */
export interface Simulate {
  readonly said: {
    readonly x: string
    readonly tiktok: string
    readonly webhook: string
    readonly state: string | null
    readonly environment: Readonly<Record<string, string>>
  }
  /** Asks it to end, or kills it. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<Ended>
}

const anyPorts = ['--x-port', '0', '--tiktok-port', '0', '--webhook-port', '0'] as const

export const startSimulate = async (folder: string, ...options: readonly string[]): Promise<Simulate> => {
  const { child, ended } = start(['simulate', ...anyPorts, '--json', ...options], folder, {
    PATH: process.env.PATH ?? '',
  })
  const line = await Promise.race([
    once(child.stdout, 'data').then(([text]) => String(text)),
    ended.then(({ stderr }) => stderr),
  ])
  if (!line.startsWith('{')) throw new Error(`it did not start: ${line}`)
  return {
    said: JSON.parse(line) as Simulate['said'],
    end: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}
