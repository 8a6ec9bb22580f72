import type { Channel } from '../../connector/http/channel.ts'
import { type Warehouse, WarehouseError } from '../../connector/warehouse/warehouse.ts'

/** Something that happens to a run itself, before or after one of its statements or calls took effect. */
export interface Accident {
  /**
   * crash: nothing of the run goes on from there, as after SIGKILL. error: the statement throws, the run goes on. drain: the
   * run is asked to end, as by SIGTERM.
   */
  readonly kind: 'crash_before' | 'crash_after' | 'error_before' | 'error_after' | 'drain_before' | 'drain_after'
  /** The nth of all its statements and calls, or the nth of one step (`call`: a request and its repeats). */
  readonly nth: number
  readonly step?: string
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
  readonly #before: Readonly<Record<string, () => Promise<void>>>
  readonly #drain: () => void
  readonly #running = new Set<Promise<unknown>>()
  readonly #seen = new Map<string, number>()
  #die: () => void = () => undefined
  #dead = false

  /** `drain`: asks the run to end. `before`: what somebody else does right before the first statement of a step. */
  constructor(
    accident: Accident | null,
    drain: () => void,
    before: Readonly<Record<string, () => Promise<void>>> = {},
  ) {
    this.#accident = accident
    this.#drain = drain
    this.#before = before
    this.died = new Promise((resolve) => {
      this.#die = () => resolve('died')
    })
  }

  /** No statement of the run is at work any more. */
  async still(): Promise<void> {
    await Promise.allSettled(this.#running)
  }

  warehouse(real: Warehouse): Warehouse {
    const around = <T>(step: string, work: () => Promise<T>): Promise<T> => this.#around(step, work, true)
    return {
      dialect: real.dialect,
      opensAlone: real.opensAlone,
      rows: (step, statement) => around(step, () => real.rows(step, statement)),
      columns: (step, statement) => around(step, () => real.columns(step, statement)),
      execute: (step, statement) => around(step, () => real.execute(step, statement)),
      transaction: (step, parts) => around(step, () => real.transaction(step, parts)),
      another: async () => this.warehouse(await real.another()),
      close: () => (this.#dead ? never : real.close()),
    }
  }

  channel(real: Channel): Channel {
    return {
      call: (call, options) => {
        const mayStart = (): boolean | Promise<boolean> => (this.#dead ? never : options.mayStart())
        return this.#around('call', () => real.call(call, { ...options, mayStart }), false)
      },
    }
  }

  async #around<T>(step: string, work: () => Promise<T>, statement: boolean): Promise<T> {
    if (this.#dead) return never
    const accident = this.#strikes(step, statement)
    if (this.#seen.get(step) === 1) await this.#before[step]?.()
    if (accident?.endsWith('before')) await this.#strike(accident, step)
    const running = work()
    if (statement) this.#track(running)
    const result = await running.catch((error: unknown) => {
      if (this.#dead) return never
      throw error
    })
    if (this.#dead) return never
    if (accident?.endsWith('after')) await this.#strike(accident, step)
    return result
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
    if (!accident || this.struck) return null
    if (!statement && accident.kind.startsWith('error')) return null
    if ((accident.step === undefined ? this.steps.length : accident.step === step ? seen : 0) !== accident.nth)
      return null
    return accident.kind
  }

  /** Resolves where the run goes on. */
  async #strike(kind: Accident['kind'], step: string): Promise<void> {
    this.struck = `${kind} ${step}`
    if (kind.startsWith('drain')) return this.#drain()
    if (kind.startsWith('error'))
      throw new WarehouseError('later', 'injected', step, `The test lets step "${step}" fail.`)
    this.#dead = true
    this.#die()
    return never
  }
}
