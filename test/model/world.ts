import { DuckDBInstance } from '@duckdb/node-api'
import { type RunRequest, tableSuffix } from '../../connector/activation/context.ts'
import { createDrain, type Drain } from '../../connector/activation/drain.ts'
import { noProgress } from '../../connector/activation/progress.ts'
import { runActivation } from '../../connector/activation/run.ts'
import type { ActivationResult } from '../../connector/activation/summary.ts'
import type { Activation } from '../../connector/config/activation.ts'
import { destinations } from '../../connector/destination/registry.ts'
import { openChannel } from '../../connector/http/channel.ts'
import { createLog } from '../../connector/log.ts'
import { type FaultRule, type Simulator, startSimulator } from '../../connector/simulator/simulator.ts'
import { warehouseOver } from '../../connector/warehouse/duckdb.ts'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { type Accident, Fate } from './fate.ts'
import { faultName } from './hits.ts'
import { createSegment, directory, named, type Segment, writeSegment } from './people.ts'
import { activationOf, optimisers, type Setting } from './setting.ts'

export interface RunOptions {
  readonly full?: boolean
  readonly faults?: readonly FaultRule[]
  readonly accident?: Accident | null
  /** What somebody else does right before the first statement of a step. */
  readonly before?: Readonly<Record<string, () => Promise<void>>>
  readonly drain?: Drain & { begin(): void }
}

export interface RunEnd {
  /** Null: the run died. */
  readonly result: ActivationResult | null
  readonly requests: number
  /** `crash_after mark`, or null. */
  readonly accident: string | null
  /** Names of faults that struck. */
  readonly faults: readonly string[]
  readonly steps: readonly string[]
}

/** More than any drain of a run here takes. */
const drainSeconds = 8

/** A warehouse in memory with a segment, an ad platform on localhost that knows who is who, and runs between them. */
export class World {
  readonly setting: Setting
  readonly simulator: Simulator
  readonly suffix: string
  readonly #warehouse: Warehouse
  readonly #instance: DuckDBInstance
  readonly #activation: Activation
  #runs = 0
  #clockOffsetMs = 0

  private constructor(setting: Setting, simulator: Simulator, instance: DuckDBInstance, warehouse: Warehouse) {
    this.setting = setting
    this.simulator = simulator
    this.#warehouse = warehouse
    this.#instance = instance
    this.#activation = activationOf(setting, simulator.url)
    this.suffix = tableSuffix(this.#activation.name, (text) => text)
  }

  static async open(setting: Setting): Promise<World> {
    const { platform } = setting
    const options = { persons: directory, rateLimit: false } as const
    const simulator =
      platform === 'x_ads' ? await startSimulator(platform, options) : await startSimulator(platform, options)
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    const world = new World(setting, simulator, instance, await warehouseOver(instance, true))
    await world.say(createSegment, ...(setting.optimised ? [] : [`set global disabled_optimizers = '${optimisers}'`]))
    return world
  }

  /** Says plain SQL to the warehouse, as somebody else than the runner. */
  async say(...statements: readonly string[]): Promise<readonly Record<string, string | null>[]> {
    const connection = await this.#instance.connect()
    try {
      let rows: Record<string, string | null>[] = []
      for (const statement of statements)
        rows = (await connection.runAndReadAll(statement)).getRowObjects() as Record<string, string | null>[]
      return rows
    } finally {
      connection.closeSync()
    }
  }

  async build(segment: Segment): Promise<void> {
    await this.say('begin', ...writeSegment(segment, this.setting.writing), 'commit')
  }

  /** One run, as one process would do it: a connection, a channel and a lease of its own. */
  async run(options: RunOptions = {}): Promise<RunEnd> {
    const { full = false, faults = [], accident = null, before = {}, drain = createDrain(drainSeconds) } = options
    const earlier = this.simulator.requests.length
    this.simulator.clearFaults()
    this.simulator.addFaults(faults)
    const fate = new Fate(accident, () => drain.begin(), before)
    const connection = await this.#warehouse.another()
    const ended = await Promise.race([
      runActivation(this.#request(fate, connection, full, drain), this.suffix),
      fate.died,
    ])
    await fate.still()
    if (ended !== 'died') await connection.close()
    const struck = this.simulator.faults().flatMap(({ rule, struck }) => (struck > 0 ? [faultName(rule)] : []))
    const result = ended === 'died' ? null : ended
    return {
      result,
      requests: this.simulator.requests.length - earlier,
      accident: fate.struck,
      faults: struck,
      steps: fate.steps,
    }
  }

  /** `M0 email P0.e0` of all identifiers in a state. */
  async ledger(state: 'confirmed' | 'unconfirmed' | 'kept'): Promise<readonly string[]> {
    const number = { confirmed: 1, unconfirmed: 2, kept: 3 }[state]
    const rows = await this.say(
      `select member_key || ' ' || field || ' ' || lower(hex(digest)) as row
from tidemark_state."ledger_identifiers_${this.suffix}" where state = ${number}`,
    )
    return rows.map((row) => named(row.row ?? '?')).sort()
  }

  /** Identifiers that a platform refused and of which a receipt tells. */
  async refusals(): Promise<readonly Record<string, string | null>[]> {
    return this.say(`select b.op from tidemark.rejections as r
join tidemark.receipts as b on b.run_id = r.run_id and b.batch_no = r.batch_no where r.origin = 'platform'`)
  }

  /** Time passes, and whatever was late lands. */
  async wait(hours: number): Promise<void> {
    await this.simulator.idle()
    this.#clockOffsetMs += Math.round(hours * 3_600_000)
  }

  async close(): Promise<void> {
    await this.simulator.stop()
    this.#instance.closeSync()
  }

  #request(fate: Fate, connection: Warehouse, full: boolean, drain: Drain): RunRequest {
    this.#runs += 1
    const { destination, name } = this.#activation
    const { concurrency } = destination.request
    return {
      activation: this.#activation,
      destination: destinations[this.setting.platform],
      account: destinations[this.setting.platform].account(destination),
      channel: fate.channel(
        openChannel({
          requestsPerSecond: 1_000_000,
          concurrency,
          timeoutMs: destination.request.timeoutMs,
          retry: { retries: 1, minMs: 1, maxMs: 2 },
        }),
      ),
      warehouse: fate.warehouse(connection),
      schema: 'tidemark',
      leaseSeconds: 120,
      runId: `run-${this.#runs}`,
      runKey: `${name}/${this.#runs}`,
      full,
      overrideGuards: false,
      log: createLog('silent'),
      progress: noProgress,
      drain,
      orchestrator: { name: null, runId: null },
      dbtInvocationId: null,
      connectorVersion: 'test',
      ...(this.#clockOffsetMs === 0 ? {} : { clockOffsetMs: this.#clockOffsetMs }),
    }
  }
}
