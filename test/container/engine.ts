import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

/** Why no engine can be started here, or null. `dockerd` and `debootstrap` must be there besides. */
export const cannotStartEngine = (): string | null =>
  process.getuid?.() === 0 ? null : 'an engine of its own is started by root only'

/** Debian's own client where it is there: others have BuildKit only with a plug-in. */
const client = existsSync('/usr/bin/docker') ? '/usr/bin/docker' : 'docker'

/** An engine of the tests' own, with nothing in it. Containers have the host's network or none. */
export interface Engine {
  /** For DOCKER_HOST. */
  readonly address: string
  stop(): Promise<void>
}

/** The command and the environment of a client of the engine at an address. */
export const dockerAt = (address: string) => ({
  command: client,
  env: { ...process.env, DOCKER_HOST: address, DOCKER_BUILDKIT: '1' },
})

/** Runs a client to its end. Output up to 1 GB. */
export const docker = (address: string, ...args: readonly string[]): SpawnSyncReturns<string> => {
  const { command, env } = dockerAt(address)
  return spawnSync(command, args, { env, encoding: 'utf8', maxBuffer: 2 ** 30 })
}

/** What it says; throws where it fails. */
export const dockerSays = (address: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr } = docker(address, ...args)
  if (status !== 0) throw new Error(`docker ${args.slice(0, 2).join(' ')} ended with ${status}: ${stderr.slice(-3000)}`)
  return stdout.trimEnd()
}

/** Starts `dockerd` in a temporary folder. Throws where it ends or does not answer within a minute. */
export const startEngine = async (): Promise<Engine> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-engine-'))
  const address = `unix://${join(folder, 'docker.sock')}`
  const at = (name: string): string => join(folder, name)
  const places = ['--data-root', at('data'), '--exec-root', at('exec'), '--pidfile', at('pid'), '-H', address]
  // No bridge: engines that run side by side would share it, and give one address twice.
  const network = ['--bridge=none', '--iptables=false', '--ip-forward=false', '--ip-masq=false']
  const log = openSync(at('log'), 'w')
  const child = spawn('dockerd', [...places, ...network], { stdio: ['ignore', log, log] })
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
    unmountBelow(folder)
    rmSync(folder, { recursive: true, force: true })
  }
  for (let tries = 0; docker(address, 'version').status !== 0; tries++) {
    if (child.exitCode !== null || tries > 600) {
      const says = readFileSync(at('log'), 'utf8').slice(-2000)
      await stop()
      throw new Error(`dockerd does not start: ${says}`)
    }
    await setTimeout(100)
  }
  return { address, stop }
}

/** The engine leaves mounts behind, the innermost last. */
const unmountBelow = (folder: string): void => {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .flatMap((line) => line.split(' ')[1] ?? [])
    .filter((path) => path.startsWith(`${folder}/`))
  for (const path of mounts.reverse()) spawnSync('umount', ['--lazy', path])
}
