import type { Channel } from '../../connector/http/channel.ts'
import { otherwise, type Warehouse, WarehouseError } from '../../connector/warehouse/warehouse.ts'

/** Something that happens to a run itself, before or after one of its statements or calls took effect. */
export interface Accident {
  /**
   * crash: nothing of the run goes on from there, as after SIGKILL. error: the statement throws, the run goes on. drain: the
   * run is asked to end, as by SIGTERM. rival: the run stands still, heartbeat and all, while another one starts that has to
   * respect its lease. lapse: so too, until its lease has run out and another run has come and gone. kill, term: SIGKILL and
   * SIGTERM to a run that is a process.
   */
  readonly kind: `${'crash' | 'error' | 'drain' | 'rival' | 'lapse'}_${'before' | 'after'}` | 'kill_at' | 'term_at'
  /**
   * The nth of all its statements and calls, or the nth of one step (`call`: a request and its repeats). To a process: at the
   * nth `request` that the platform sees, or n tenths of a second after its start (`time`).
   */
  readonly nth: number
  readonly step?: string
  /** An error that comes so many times, one after the other; absent: once. */
  readonly times?: number
}

/** What the world does to a run, or while it stands still. */
export interface Surroundings {
  readonly drain: () => void
  readonly rival: () => Promise<void>
  readonly lapse: () => Promise<void>
  /** What somebody else does right before the first statement of a step. */
  readonly before: Readonly<Record<string, () => Promise<void>>>
}

const never = new Promise<never>(() => undefined)

/** The fate of one run: everything it says to the warehouse and to the platform goes through here. */
export class Fate {
  /** Resolves when the run died. */
  readonly died: Promise<'died'>
  /** Where it struck: `crash_after mark`; null as long as it did not. */
  struck: string | null = null
  readonly steps: string[] = []
  readonly #accident: Accident | null
  readonly #around: Surroundings
  readonly #running = new Set<Promise<unknown>>()
  readonly #seen = new Map<string, number>()
  #die: () => void = () => undefined
  #dead = false
  /** Resolves when the run stands still no longer. */
  #stands: Promise<void> | null = null

  constructor(accident: Accident | null, around: Surroundings) {
    this.#accident = accident
    this.#around = around
    this.died = new Promise((resolve) => {
      this.#die = () => resolve('died')
    })
  }

  /** No statement of the run is at work any more. */
  async still(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  warehouse(real: Warehouse): Warehouse {
    const around = <T>(step: string, work: () => Promise<T>): Promise<T> => this.#pass(step, work, true)
    return otherwise(real, {
      rows: (step, statement) => around(step, () => real.rows(step, statement)),
      columns: (step, statement) => around(step, () => real.columns(step, statement)),
      execute: (step, statement) => around(step, () => real.execute(step, statement)),
      transaction: (step, parts) => around(step, () => real.transaction(step, parts)),
      another: async () => this.warehouse(await real.another()),
      close: () => (this.#dead ? never : real.close()),
    })
  }

  channel(real: Channel): Channel {
    return {
      call: (call, options) => {
        const mayStart = async (): Promise<boolean> => {
          if (this.#dead) return never
          await this.#stands
          return options.mayStart()
        }
        return this.#pass('call', () => real.call(call, { ...options, mayStart }), false)
      },
    }
  }

  async #pass<T>(step: string, work: () => Promise<T>, statement: boolean): Promise<T> {
    if (this.#dead) return never
    await this.#stands
    const accident = this.#strikes(step, statement)
    if (this.#seen.get(step) === 1) await this.#around.before[step]?.()
    if (accident?.endsWith('before')) await this.#strike(accident, step)
    const running = work()
    if (statement) this.#track(running)
    // Also what failed is over: some warehouses answer by an error that something is not there.
    await running.catch(() => undefined)
    if (this.#dead) return never
    await this.#stands
    if (accident?.endsWith('after')) await this.#strike(accident, step)
    return running
  }

  #track(running: Promise<unknown>): void {
    const done = running.then(
      () => undefined,
      () => undefined,
    )
    this.#running.add(done)
    void done.then(() => this.#running.delete(done))
  }

  #strikes(step: string, statement: boolean): Accident['kind'] | null {
    this.steps.push(step)
    const seen = (this.#seen.get(step) ?? 0) + 1
    this.#seen.set(step, seen)
    const accident = this.#accident
    const times = accident?.times ?? 1
    if (!accident || (this.struck && times === 1)) return null
    if (!statement && accident.kind.startsWith('error')) return null
    const count = accident.step === undefined ? this.steps.length : accident.step === step ? seen : 0
    if (count < accident.nth || count >= accident.nth + times) return null
    return accident.kind
  }

  /** Resolves where the run goes on. */
  async #strike(kind: Accident['kind'], step: string): Promise<void> {
    this.struck = `${kind} ${step}`
    if (kind.startsWith('drain')) return this.#around.drain()
    if (kind.startsWith('rival')) return this.#stand(this.#around.rival)
    if (kind.startsWith('lapse')) return this.#stand(this.#around.lapse)
    if (kind.startsWith('error'))
      throw new WarehouseError('later', 'injected', step, `The test lets step "${step}" fail.`)
    this.#dead = true
    this.#die()
    return never
  }

  /** Nothing of the run goes on meanwhile: not its heartbeat, and no answer reaches it. */
  async #stand(meanwhile: () => Promise<void>): Promise<void> {
    const over = Promise.withResolvers<void>()
    this.#stands = over.promise
    try {
      await meanwhile()
    } finally {
      this.#stands = null
      over.resolve()
    }
  }
}
