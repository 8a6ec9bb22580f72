import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Activation } from '../connector/config/activation.ts'
import type { DestinationSettings } from '../connector/destination/destination.ts'
import { destinations } from '../connector/destination/registry.ts'

/** Those whose simulators `tidemark simulate` starts. */
export type DestinationType = 'x_ads' | 'tiktok_ads'

export interface Simulator {
  readonly url: string
  /** Forgets audiences, members and counts. */
  reset(): Promise<unknown>
  /** All requests it answered so far. */
  requests(): Promise<number>
  stop(): void
}

/** Both platforms in a process of their own, without rate limits; `url` is that of `type`. */
export async function startSimulator(type: DestinationType): Promise<Simulator> {
  const cli = join(import.meta.dirname, '..', 'connector', 'cli.ts')
  const options = ['--x-port', '0', '--tiktok-port', '0', '--no-rate-limits', '--json']
  const child = spawn(process.execPath, [cli, 'simulate', ...options], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
  const urls = JSON.parse(line) as { readonly x: string; readonly tiktok: string }
  const url = type === 'x_ads' ? urls.x : urls.tiktok
  return {
    url,
    reset: () => fetch(`${url}/_simulator/reset`, { method: 'POST' }),
    requests: async () => {
      const answer = await fetch(`${url}/_simulator/summary`)
      return ((await answer.json()) as { total: { requests: number } }).total.requests
    },
    stop: () => child.kill('SIGTERM'),
  }
}

/** The account of the simulator, at a rate that never binds. */
export function settingsOf(type: DestinationType, baseUrl: string): DestinationSettings {
  const { maxBytes, ...limits } = destinations[type].limits
  return {
    name: 'bench',
    type,
    accountId: type === 'x_ads' ? '18ce54d4x5t' : '7000000000000000001',
    credentials: {
      consumer_key: 'sim-consumer-key',
      consumer_secret: 'sim-consumer-secret',
      access_token: type === 'x_ads' ? 'sim-access-token' : 'sim-tiktok-token',
      access_token_secret: 'sim-access-token-secret',
    },
    baseUrl,
    own: {},
    requestsPerSecond: 100_000,
    request: {
      timeoutMs: limits.timeoutMs,
      quietMs: 120_000,
      concurrency: limits.concurrency,
      maxBytes,
      combinedRows: false,
      ...('maxRows' in limits ? { maxRows: limits.maxRows } : {}),
    },
  }
}

/** An activation of `main.customers(customer_id, email, phone)` whose guards let everything pass. */
export function activationOf(destination: DestinationSettings): Activation {
  const phone = destination.type === 'x_ads' ? 'phone_number' : 'phone'
  return {
    name: 'bench.bench',
    segment: {
      name: 'bench',
      source: { relation: ['customers'] },
      where: [],
      description: null,
      memberKey: { column: 'customer_id', hash: false },
    },
    destination,
    audience: { name: 'bench', description: null, adopt: false },
    fields: [
      { field: 'email', column: 'email', format: 'auto' },
      { field: phone, column: 'phone', format: 'auto' },
    ],
    schedule: null,
    guards: {
      maxRemovedShare: 1,
      maxTouchedShare: 1,
      maxRejectedShare: 1,
      maxNullKeyShare: 1,
      minMembers: 0,
      allowEmpty: false,
    },
    quarantineDays: 30,
    airflow: {},
    configHash: 'bench',
  }
}
