import { DuckDBInstance } from '@duckdb/node-api'
import { type RunRequest, tableSuffix } from '../../connector/activation/context.ts'
import { type Drain, neverDrains } from '../../connector/activation/drain.ts'
import { noProgress } from '../../connector/activation/progress.ts'
import { runActivation } from '../../connector/activation/run.ts'
import type { ActivationResult } from '../../connector/activation/summary.ts'
import type { Activation } from '../../connector/config/activation.ts'
import { destinations } from '../../connector/destination/registry.ts'
import { openChannel } from '../../connector/http/channel.ts'
import { createLog } from '../../connector/log.ts'
import {
  type FaultRule,
  type Simulator,
  startSimulator,
  TIKTOK_SIMULATOR_ADVERTISER,
  TIKTOK_SIMULATOR_CREDENTIALS,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
} from '../../connector/simulator/simulator.ts'
import { warehouseOver } from '../../connector/warehouse/duckdb.ts'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { type Accident, Fate } from './fate.ts'
import { createSegment, directory, named, type Platform, type Segment, type Writing, writeSegment } from './people.ts'

export interface Setting {
  readonly platform: Platform
  readonly writing: Writing
  /** So low that a few members make several batches. */
  readonly maxBytes: number
  readonly maxRows: number
  /** Also the number of batches under one mark. */
  readonly concurrency: number
  /** For so long a request without an answer may still be applied. */
  readonly quietMs?: number
  /** False: DuckDB plans as it reads, which is a third faster where tables are tiny. */
  readonly optimised: boolean
}

const optimisers =
  'expression_rewriter,filter_pullup,filter_pushdown,cte_filter_pusher,regex_range,in_clause,join_order,deliminator,unnest_rewriter,unused_columns,statistics_propagation,common_subexpressions,common_aggregate,column_lifetime,top_n,build_side_probe_side,compressed_materialization,duplicate_groups,reorder_filter,join_filter_pushdown,materialized_cte,sum_rewriter,late_materialization,cte_inlining,common_subplan'


const shortQuietMs = 120
/** Late requests are applied after so long; a run takes longer, so only quiet times within one depend on it. */
export const lateMs = 40

export interface RunOptions {
  readonly full?: boolean
  readonly faults?: readonly FaultRule[]
  readonly accident?: Accident | null
  /** What somebody else does right before the first statement of a step. */
  readonly before?: Readonly<Record<string, () => Promise<void>>>
  readonly drain?: Drain
}

export interface RunEnd {
  /** Null: the run died. */
  readonly result: ActivationResult | null
  readonly requests: number
  /** `crash_after mark`, or null. */
  readonly accident: string | null
  /** Kinds of faults that struck. */
  readonly faults: readonly string[]
  readonly steps: readonly string[]
}

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
    this.suffix = suffixOf(this.#activation)
  }

  static async open(setting: Setting): Promise<World> {
    const { platform } = setting
    const options = { persons: directory, rateLimit: false } as const
    const simulator = platform === 'x_ads' ? await startSimulator(platform, options) : await startSimulator(platform, options)
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
    const { full = false, faults = [], accident = null, before = {}, drain = neverDrains } = options
    const earlier = this.simulator.requests.length
    this.simulator.clearFaults()
    this.simulator.addFaults(faults)
    const fate = new Fate(accident, before)
    const connection = await this.#warehouse.another()
    const ended = await Promise.race([runActivation(this.#request(fate, connection, full, drain), this.suffix), fate.died])
    await fate.still()
    if (ended !== 'died') await connection.close()
    const struck = this.simulator.faults().flatMap(({ rule, struck }) => (struck > 0 ? [rule.fault.kind] : []))
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
    return rows.map((row) => named(row['row'] ?? '?')).sort()
  }

  /** Time passes, and whatever was late lands. */
  async wait(hours: number): Promise<void> {
    await this.simulator.idle()
    this.#clockOffsetMs += hours * 3_600_000
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

const suffixOf = (activation: Activation): string => tableSuffix(activation.name, (text) => text)

const accounts = {
  x_ads: {
    accountId: X_SIMULATOR_ACCOUNT,
    credentials: {
      consumer_key: X_SIMULATOR_CREDENTIALS.consumerKey,
      consumer_secret: X_SIMULATOR_CREDENTIALS.consumerSecret,
      access_token: X_SIMULATOR_CREDENTIALS.accessToken,
      access_token_secret: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
    },
    phone: 'phone_number',
  },
  tiktok_ads: {
    accountId: TIKTOK_SIMULATOR_ADVERTISER,
    credentials: { access_token: TIKTOK_SIMULATOR_CREDENTIALS.accessToken },
    phone: 'phone',
  },
} as const

const activationOf = (setting: Setting, baseUrl: string): Activation => {
  const { platform, writing, maxBytes, maxRows, concurrency, quietMs = shortQuietMs } = setting
  const format = writing === 'clear' ? 'auto' : 'sha256'
  const { phone, ...account } = accounts[platform]
  return {
    name: `people.${platform}`,
    segment: { name: 'people', source: { relation: ['people'] }, where: [], description: null, memberKey: { column: 'member', hash: false } },
    destination: {
      name: platform,
      type: platform,
      ...account,
      baseUrl,
      // Marks cover 30 s of paced requests; the channel of a world is not paced.
      requestsPerSecond: 1 / 30,
      request: { timeoutMs: 5000, quietMs, combinedRows: false, maxBytes, maxRows, concurrency },
    },
    audience: { name: 'People', description: null, adopt: false },
    fields: [
      { field: 'email', column: 'email', format },
      { field: phone, column: 'phone', format, defaultCountry: 'FR' },
    ],
    schedule: null,
    guards: { maxRemovedShare: 1, maxTouchedShare: 1, maxRejectedShare: 1, maxNullKeyShare: 1, minMembers: 0, allowEmpty: true },
    quarantineDays: 30,
    configHash: '0'.repeat(64),
  }
}
