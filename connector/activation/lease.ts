import type { Hold } from '../../sql/control.ts'
import { extendLease, readControl, readHolder, releaseLease, takeLease } from '../../sql/control.ts'
import type { Scope } from '../../sql/scope.ts'
import { stateVersion } from '../../sql/state.ts'
import type { Log } from '../log.ts'
import { type Row, type Statement, type Warehouse, WarehouseError } from '../warehouse/warehouse.ts'
import { exits, RunStopped } from './stop.ts'

/** The right to be the one live run of an activation (design section 3, step 1). */
export interface Lease {
  readonly hold: Hold
  /** The control row as it was when the lease was taken; of an older state, what `readHolder` reads of it. */
  readonly taken: Row
  /** Does the lease last longer than this, on our monotonic clock? */
  lasts(ms: number): boolean
  /**
   * Runs a statement on the control row, one at a time with the heartbeat, and throws where the lease is lost. The
   * statements after it are in its transaction.
   */
  update(step: string, statement: Statement, also?: readonly Statement[]): Promise<void>
  /** Counts as a heartbeat: the statement given to `update` extended the lease. */
  extended(since: number): void
  /** Runs a settle or a migration: no heartbeat meanwhile, it would conflict on the control row; one at once afterwards. */
  withoutHeartbeat<T>(work: () => Promise<T>): Promise<T>
  /**
   * What stopped the run. An error of the warehouse, or state that does not fit together, may only mean that another run has
   * taken over and changed or cleaned up what this one was working on: then it is that the lease is lost.
   */
  reasonOf(error: unknown): Promise<unknown>
  /** Gives the lease back. Throws nothing: a lease that cannot be given back runs out. */
  release(): Promise<void>
}

export interface LeaseRequest {
  readonly scope: Scope
  readonly warehouse: Warehouse
  readonly runId: string
  readonly leaseMs: number
  readonly quietMs: number
  /** The version that the state was seen to have. */
  readonly version: number
  readonly log: Log
}

/** Takes the lease or throws RunStopped (75) when another run has it. */
export const acquireLease = async (request: LeaseRequest): Promise<Lease> => {
  const { scope, warehouse, runId, version } = request
  const before = performance.now()
  const touched = await warehouse.execute('lease', takeLease(scope, { ...request, alone: warehouse.opensAlone }))
  const current = version === stateVersion && touched === 1
  const [row] = await warehouse.rows('lease', current ? readControl(scope) : readHolder(scope))
  if (touched !== 1 || row?.owner !== runId) throw leaseHeld(scope.activation, row)
  return new HeldLease(request, row, before, await secondConnection(request, row))
}

/** Throws where there is none; then the lease is given back, which nobody would extend. */
const secondConnection = async ({ scope, warehouse, runId }: LeaseRequest, row: Row): Promise<Warehouse> => {
  try {
    return await warehouse.another({ activation: scope.activation, runId })
  } catch (error) {
    const hold = { runId, fence: row.fence ?? '' }
    await warehouse.execute('release', releaseLease(scope, hold)).catch(() => undefined)
    throw error
  }
}

const leaseHeld = (activation: string, control: Row | undefined): RunStopped => {
  const seconds = Math.ceil(Number(control?.lease_ms ?? 0) / 1000)
  return new RunStopped(
    exits.tryAgain,
    'lease_held',
    `Another run of ${activation} is at work (run ${control?.owner ?? 'unknown'}, its lease ends in ${seconds} s unless it is extended); wait for it or try again later.`,
  )
}

export const leaseLost = (activation: string): RunStopped =>
  new RunStopped(
    exits.tryAgain,
    'lease_lost',
    `Another run of ${activation} has taken over since this one lost its lease; what this one had sent is settled by the other. Nothing to do.`,
  )

class HeldLease implements Lease {
  readonly hold: Hold
  readonly taken: Row
  readonly #request: LeaseRequest
  readonly #beats: Warehouse
  #endsAt: number
  #lost = false
  #turn: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(request: LeaseRequest, taken: Row, takenAt: number, beats: Warehouse) {
    this.#request = request
    this.#beats = beats
    this.taken = taken
    this.hold = { runId: request.runId, fence: taken.fence ?? '' }
    this.#endsAt = takenAt + request.leaseMs
    this.#startHeartbeat()
  }

  lasts(ms: number): boolean {
    return !this.#lost && this.#endsAt - performance.now() > ms
  }

  extended(since: number): void {
    this.#endsAt = Math.max(this.#endsAt, since + this.#request.leaseMs)
  }

  async update(step: string, statement: Statement, also: readonly Statement[] = []): Promise<void> {
    await this.#inTurn(async () => {
      if (!(await this.#request.warehouse.transaction(step, [{ statement, exactly: 1 }, ...also]))) {
        this.#lost = true
        throw leaseLost(this.#request.scope.activation)
      }
    })
  }

  async withoutHeartbeat<T>(work: () => Promise<T>): Promise<T> {
    await this.#stopHeartbeat()
    try {
      return await work()
    } finally {
      this.#startHeartbeat()
      await this.#beat()
    }
  }

  #startHeartbeat(): void {
    this.#timer = setInterval(() => void this.#beat(), this.#request.leaseMs / 3)
    this.#timer.unref()
  }

  async #stopHeartbeat(): Promise<void> {
    clearInterval(this.#timer)
    await this.#turn.catch(() => undefined)
  }

  async reasonOf(error: unknown): Promise<unknown> {
    const ofState = error instanceof RunStopped && error.exit === exits.configuration
    if (!(error instanceof WarehouseError || ofState)) return error
    await this.#beat()
    return this.#lost ? leaseLost(this.#request.scope.activation) : error
  }

  async release(): Promise<void> {
    await this.#stopHeartbeat()
    try {
      await this.#request.warehouse.execute('release', releaseLease(this.#request.scope, this.hold))
      await this.#beats.close()
    } catch (error) {
      this.#request.log.warn('lease_not_released', { error: error instanceof WarehouseError ? error.code : 'unknown' })
    }
  }

  /** One at a time: a heartbeat beside a mark would conflict on the control row. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.catch(() => undefined).then(work)
    this.#turn = mine
    return mine
  }

  async #beat(): Promise<void> {
    const { scope, leaseMs, log } = this.#request
    await this.#inTurn(async () => {
      const before = performance.now()
      try {
        const touched = await this.#beats.execute('heartbeat', extendLease(scope, this.hold, leaseMs))
        if (touched === 1) this.extended(before)
        else this.#lost = true
      } catch (error) {
        // The next beat tries again; without one the lease simply runs out, and `lasts` says so.
        log.warn('heartbeat_failed', { error: error instanceof WarehouseError ? error.code : 'unknown' })
      }
    })
  }
}
