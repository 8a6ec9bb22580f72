import { suffixOf } from '../../connector/activation/context.ts'
import type { Drain } from '../../connector/activation/drain.ts'
import type { ActivationResult } from '../../connector/activation/summary.ts'
import type { Activation } from '../../connector/config/activation.ts'
import { type FaultRule, type Simulator, startSimulator } from '../../connector/simulator/simulator.ts'
import { words } from '../warehouse/under-test.ts'
import type { Accident } from './fate.ts'
import { faultName } from './hits.ts'
import { directory, type Mapping, named, type Platform, type Segment, usual, writeSegment } from './people.ts'
import type { Setting } from './setting.ts'

export interface RunOptions {
  readonly full?: boolean
  /** A new one for every run where it is absent. */
  readonly runKey?: string
  readonly overrideGuards?: boolean
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
}

export type Row = Readonly<Record<string, string | null>>

/** A warehouse with a segment, an ad platform on localhost that knows who is who, and runs between them. */
export abstract class World {
  readonly setting: Setting
  readonly simulator: Simulator
  /** The end of the names of its tables. */
  suffix: string
  /** Another name than the first one, and the one before it. */
  renamed: { readonly name: string; readonly renamedFrom: string } | null = null
  mapping: Mapping = usual
  /** Guards that are not off. */
  guards: Partial<Activation['guards']> = {}
  #clock: { offsetMs: number }

  protected constructor(setting: Setting, { simulator, clock }: Ads) {
    this.setting = setting
    this.simulator = simulator
    this.suffix = `people-${setting.platform}`
    this.#clock = clock
  }

  /** Says plain SQL to the warehouse, as somebody else than the runner; the rows of the last statement. */
  abstract say(...statements: readonly string[]): Promise<readonly Row[]>

  /** One run, as one process would do it. */
  async run(options: RunOptions = {}): Promise<RunEnd> {
    const earlier = this.simulator.requests.length
    this.simulator.clearFaults()
    this.simulator.addFaults(options.faults ?? [])
    const end = await this.attempt(options)
    const faults = this.simulator.faults().flatMap(({ rule, struck }) => (struck > 0 ? [faultName(rule)] : []))
    return { ...end, requests: this.simulator.requests.length - earlier, faults }
  }

  protected abstract attempt(options: RunOptions): Promise<Pick<RunEnd, 'result' | 'accident'>>

  /** From now on the activation has this name, and the file says which one it had. */
  rename(name: string): void {
    this.renamed = { name, renamedFrom: this.renamed?.name ?? `people.${this.setting.platform}` }
    this.suffix = suffixOf(name)
  }

  async build(segment: Segment): Promise<void> {
    await this.say('begin', ...writeSegment(segment, this.setting.writing), 'commit')
  }

  /** `M0 email P0.e0` of all identifiers in a state. */
  async ledger(state: 'confirmed' | 'unconfirmed' | 'kept'): Promise<readonly string[]> {
    const number = { confirmed: 1, unconfirmed: 2, kept: 3 }[state]
    const rows = await this.say(
      `select member_key || ' ' || field || ' ' || ${words.hex('digest')} as row
from tidemark_state."ledger_identifiers_${this.suffix}" where state = ${number}`,
    )
    return rows.map((row) => named(row.row ?? '?')).sort()
  }

  /** Identifiers that a platform refused and of which a receipt tells. */
  async refusals(): Promise<readonly Row[]> {
    return this.say(`select b.op from tidemark.rejections as r
join tidemark.receipts as b on b.run_id = r.run_id and b.batch_no = r.batch_no where r.origin = 'platform'`)
  }

  /** By how much the warehouse's clock is ahead, in ms. */
  get clockOffsetMs(): number {
    return this.#clock.offsetMs
  }

  /** Time passes, and whatever was late lands. */
  async wait(hours: number): Promise<void> {
    await this.simulator.idle()
    this.#clock.offsetMs += Math.round(hours * 3_600_000)
  }

  async close(): Promise<void> {
    await this.simulator.stop()
  }
}

/** A platform and how far time has moved. */
export interface Ads {
  readonly simulator: Simulator
  readonly clock: { offsetMs: number }
}

/** `moves`: the platform lives by the moved clock too. */
export const openAds = async (platform: Platform, moves: boolean): Promise<Ads> => {
  const clock = { offsetMs: 0 }
  const now = (): number => Date.now() + (moves ? clock.offsetMs : 0)
  const options = { persons: directory, rateLimit: false, now } as const
  const simulator =
    platform === 'x_ads' ? await startSimulator(platform, options) : await startSimulator(platform, options)
  return { simulator, clock }
}
