import type { Log } from '../log.ts'
import { WarehouseError } from './warehouse.ts'

/** How often a server that keeps us waiting is asked for a sign, and how long for one: who waits is told within 10 s. */
const lookEveryMs = 4000
const signWithinMs = 4000
/** After it has given no sign, whoever wants something of it asks again, and not for longer than this. */
const againWithinMs = 2000
/** How long a server that gave no sign counts as gone without being asked again. */
const goneForMs = 10_000

export interface Watched {
  /** `PostgreSQL (db:5432, …)`: what is waited for. */
  readonly server: string
  /** How long it may give no sign while something waits for it. */
  readonly timeoutMs: number
  /** Asks it for any answer, also a refusal, beside what waits. True: it gave one. */
  readonly answers: () => Promise<boolean>
  readonly log: Pick<Log, 'warn' | 'info'> | undefined
}

interface Waiting {
  readonly step: string
  readonly since: number
  readonly giveUp: (error: WarehouseError) => void
}

/**
 * Bounds the silence of a server, and not the length of a statement: one that works for hours, on a server that answers, is
 * waited for. One for all connections to a server.
 */
export class Watch {
  readonly #watched: Watched
  readonly #waiting = new Set<Waiting>()
  #lastSign = Number.NEGATIVE_INFINITY
  #gone: { readonly since: number } | null = null
  #warned = false
  #timer: NodeJS.Timeout | undefined

  constructor(watched: Watched) {
    this.#watched = watched
  }

  /** Was it silent for too long, or not to be reached, and has given no sign since? */
  get gone(): boolean {
    return this.#gone !== null
  }

  /**
   * What `work` gives. Throws WarehouseError where the server was silent for too long; then `abandon` leaves what is open,
   * for `work` may never end.
   */
  async over<T>(step: string, work: () => Promise<T>, abandon: () => void = () => undefined): Promise<T> {
    if (this.#gone !== null) await this.#again(step)
    let waiting: Waiting | undefined
    const silence = new Promise<never>((_, reject) => {
      const giveUp = (error: WarehouseError): void => {
        reject(error)
        abandon()
      }
      waiting = { step, since: performance.now(), giveUp }
      this.#waiting.add(waiting)
    })
    this.#timer ??= this.#lookLater()
    try {
      const result = await Promise.race([work(), silence])
      this.#sign()
      return result
    } catch (error) {
      if (isUnreachable(error)) this.#gone ??= { since: Number.NEGATIVE_INFINITY }
      else this.#sign()
      throw error
    } finally {
      if (waiting) this.#waiting.delete(waiting)
      if (this.#waiting.size === 0) this.#stop()
    }
  }

  /** Ends what is open. A server that does not answer is not waited for; `abandon` leaves it. */
  async close(end: () => Promise<unknown>, abandon: () => void = () => undefined): Promise<void> {
    if (this.gone || !(await within(signWithinMs, end))) abandon()
  }

  async #again(step: string): Promise<void> {
    const fresh = performance.now() - (this.#gone?.since ?? 0) < goneForMs
    if (!fresh && (await this.#isThere(againWithinMs))) return this.#sign()
    if (!fresh) this.#gone = { since: performance.now() }
    throw this.#error(step, 'still gives no answer')
  }

  #isThere(ms: number): Promise<boolean> {
    return within(ms, this.#watched.answers)
  }

  #sign(): void {
    this.#lastSign = performance.now()
    this.#gone = null
    if (!this.#warned) return
    this.#warned = false
    this.#watched.log?.info('warehouse_answers', { message: `${this.#watched.server} answers again.` })
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #lookLater(): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), Math.min(lookEveryMs, this.#watched.timeoutMs / 4))
  }

  /** Since when it is silent while somebody waits. */
  #silentSince(): number {
    const [first] = this.#waiting
    return Math.max(this.#lastSign, first?.since ?? performance.now())
  }

  async #look(): Promise<void> {
    const { timeoutMs } = this.#watched
    const timer = this.#timer
    const isThere = await this.#isThere(Math.min(signWithinMs, timeoutMs / 4))
    // Nobody waited any more, meanwhile.
    if (this.#timer !== timer) return
    const silentMs = performance.now() - this.#silentSince()
    if (isThere) this.#sign()
    else if (silentMs >= timeoutMs) return this.#giveUp(silentMs)
    else this.#warn(silentMs)
    this.#timer = this.#lookLater()
  }

  #warn(silentMs: number): void {
    const [first] = this.#waiting
    if (this.#warned || first === undefined) return
    this.#warned = true
    const { server, timeoutMs, log } = this.#watched
    const left = Math.max(1, Math.round((timeoutMs - silentMs) / 1000))
    log?.warn('warehouse_silent', {
      step: first.step,
      silent_ms: Math.round(silentMs),
      message: `Waiting for ${server}: it has given no answer for ${Math.round(silentMs / 1000)} s, in step "${first.step}". If it stays silent for ${left} s more, this ends with exit code 75 (warehouse.unreachable_timeout_ms).`,
    })
  }

  #giveUp(silentMs: number): void {
    this.#stop()
    this.#gone = { since: performance.now() }
    for (const { step, giveUp } of this.#waiting)
      giveUp(this.#error(step, `has given no answer for ${Math.round(silentMs / 1000)} s`))
  }

  #error(step: string, says: string): WarehouseError {
    const message = `${this.#watched.server} ${says}, in step "${step}".`
    return new WarehouseError('later', 'warehouse_unreachable', step, message)
  }
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof WarehouseError && error.code === 'warehouse_unreachable'

/** Did `work` come to `true`, or to an end that is not `false`, in time? */
const within = async (ms: number, work: () => Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return (await Promise.race([work(), late])) !== false
  } catch {
    return false
  } finally {
    clearTimeout(timer)
  }
}
