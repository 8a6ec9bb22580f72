import type { RunRequest } from '../../connector/activation/context.ts'
import { createDrain } from '../../connector/activation/drain.ts'
import { noProgress } from '../../connector/activation/progress.ts'
import { runActivation } from '../../connector/activation/run.ts'
import { destinations } from '../../connector/destination/registry.ts'
import { openChannel } from '../../connector/http/channel.ts'
import { systemClock } from '../../connector/http/clock.ts'
import { createLog } from '../../connector/log.ts'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import type { AskedJob } from '../warehouse/stand-in-control.ts'
import { type EmptyWarehouse, emptyWarehouse, underTest } from '../warehouse/under-test.ts'
import { Fate } from './fate.ts'
import { createSegment } from './people.ts'
import { activationOf, optimisers, type Setting } from './setting.ts'
import { type Ads, openAds, type Row, type RunEnd, type RunOptions, World } from './world.ts'

/** More than any drain of a run here takes. */
const drainSeconds = 8
/** Longer than anything here takes; and so short that a run that stands still loses its lease soon. */
const [leaseSeconds, shortLeaseSeconds] = [120, 0.6]
const longestRunMs = 120_000
/** Of a run that stands still: its requests must be shorter than its lease. */
const shortTimeoutMs = 200

/** Runs in this process, over a warehouse in memory. */
export class MemoryWorld extends World {
  readonly #empty: EmptyWarehouse
  readonly #warehouse: Warehouse
  #runs = 0
  /** What a second run did that it must not. */
  #wrong: string | null = null

  private constructor(setting: Setting, ads: Ads, empty: EmptyWarehouse, warehouse: Warehouse) {
    super(setting, ads)
    this.#empty = empty
    this.#warehouse = warehouse
  }

  static async open(setting: Setting): Promise<MemoryWorld> {
    const empty = await emptyWarehouse({ alone: setting.alone ?? true, threads: '1' })
    const world = new MemoryWorld(setting, await openAds(setting.platform, true), empty, await empty.connect())
    const unoptimised =
      setting.optimised || underTest !== 'duckdb' ? [] : [`set global disabled_optimizers = '${optimisers}'`]
    await world.say(createSegment, ...unoptimised)
    return world
  }

  say(...statements: readonly string[]): Promise<readonly Row[]> {
    return this.#empty.say(...statements) as Promise<readonly Row[]>
  }

  /** What the stand-in was asked so far. */
  async jobs(): Promise<readonly AskedJob[]> {
    return (await this.#empty.jobs?.()) ?? []
  }

  override async close(): Promise<void> {
    await super.close()
    await this.#warehouse.close()
    await this.#empty.destroy()
  }

  protected async attempt(options: RunOptions): Promise<Pick<RunEnd, 'result' | 'accident'>> {
    const { accident = null, before = {}, drain = createDrain(drainSeconds) } = options
    const runId = this.#idOf(this.#runs + 1)
    const fate = new Fate(accident, {
      drain: () => drain.begin(),
      rival: () => this.#meetRival(runId),
      lapse: () => this.#lapse(),
      before,
    })
    const connection = await this.#warehouse.another()
    const ended = await inTime(fate, runActivation(this.#request(fate, connection, { ...options, drain }), this.suffix))
    await fate.still()
    await connection.close()
    // Where others may live, a lease that was not given back runs out: nobody takes it before its time.
    if (!this.#warehouse.opensAlone && (await this.#owner()) !== null) await this.wait(leaseSeconds / 3600)
    if (this.#wrong !== null) throw new Error(this.#wrong)
    return { result: ended === 'died' ? null : ended, accident: fate.struck }
  }

  /** Another run starts while one has the lease: it must end at once, and must not have called anybody. */
  async #meetRival(runId: string): Promise<void> {
    const alive = (await this.#owner()) === runId
    const earlier = this.simulator.requests.length
    const rival = await this.#warehouse.another()
    const { summary, exit } = await runActivation(this.#request(undisturbed(), rival), this.suffix)
    await rival.close()
    const calls = this.simulator.requests.length - earlier
    if (alive && (exit !== 75 || summary.error?.code !== 'lease_held' || calls > 0))
      this.#wrong = `A second run beside a live one ended with ${exit} ${summary.error?.code} after ${calls} calls`
  }

  /** The lease of a run that stands still runs out, and another run comes and goes. */
  async #lapse(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, shortLeaseSeconds * 1000 + 20))
    const connection = await this.#warehouse.another()
    await runActivation(this.#request(undisturbed(), connection), this.suffix)
    await connection.close()
  }

  #idOf(run: number): string {
    return `run-${run}`
  }

  async #owner(): Promise<string | null> {
    const there = `select 1 from information_schema.tables 
      where table_catalog = current_database() and lower(table_name) = 'control_${this.suffix}'`
    if ((await this.say(there)).length === 0) return null
    const [control] = await this.say(`select owner from tidemark_state."control_${this.suffix}"`)
    return control?.owner ?? null
  }

  #request(fate: Fate, connection: Warehouse, options: RunOptions = {}): RunRequest {
    this.#runs += 1
    const lapses = options.accident?.kind.startsWith('lapse') === true
    const activation = activationOf(this.setting, this.simulator.url, this.mapping)
    const { destination, name } = activation
    const { concurrency } = destination.request
    const timeoutMs = lapses ? shortTimeoutMs : destination.request.timeoutMs
    return {
      activation: {
        ...activation,
        ...this.renamed,
        guards: { ...activation.guards, ...this.guards },
        destination: {
          ...destination,
          request: { ...destination.request, timeoutMs, quietMs: Math.max(timeoutMs, destination.request.quietMs) },
        },
      },
      destination: destinations[this.setting.platform],
      account: destinations[this.setting.platform].account(destination),
      channel: fate.channel(
        openChannel({
          requestsPerSecond: 1_000_000,
          concurrency,
          timeoutMs,
          retry: { retries: 1, minMs: 1, maxMs: 2 },
          clock: { ...systemClock, now: () => new Date(Date.now() + this.clockOffsetMs) },
        }),
      ),
      warehouse: fate.warehouse(connection),
      schema: 'tidemark',
      leaseSeconds: lapses ? shortLeaseSeconds : leaseSeconds,
      runId: this.#idOf(this.#runs),
      runKey: options.runKey ?? `${name}/${this.#runs}`,
      full: options.full ?? false,
      overrideGuards: options.overrideGuards ?? false,
      log: createLog('silent'),
      progress: noProgress,
      drain: options.drain ?? createDrain(drainSeconds),
      orchestrator: { name: null, runId: null },
      dbtInvocationId: null,
      connectorVersion: 'test',
      ...(this.clockOffsetMs === 0 ? {} : { clockOffsetMs: this.clockOffsetMs }),
    }
  }
}

/** A run that never ends is an error too. */
const inTime = async <T>(fate: Fate, ended: Promise<T>): Promise<T | 'died'> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const says = () => reject(new Error(`A run did not end: ${fate.struck ?? 'no accident'}, ${fate.steps.slice(-5)}`))
    timer = setTimeout(says, longestRunMs)
  })
  try {
    return await Promise.race([ended, fate.died, late])
  } finally {
    clearTimeout(timer)
  }
}

const nothing = async (): Promise<void> => undefined
const undisturbed = (): Fate => new Fate(null, { drain: () => undefined, rival: nothing, lapse: nothing, before: {} })
