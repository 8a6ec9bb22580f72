import { endSending, storeMark } from '../../sql/control.ts'
import { insertReceipts, insertRefused, type Receipt, type RefusedRow } from '../../sql/receipts.ts'
import type { Scope } from '../../sql/scope.ts'
import type { Packing } from '../../sql/units.ts'
import type { Statement } from '../warehouse/warehouse.ts'
import type { Sent } from './apart.ts'
import { type Calls, mayHaveBeenApplied, receiptOf, stoppedBy } from './calls.ts'
import type { RunRequest } from './context.ts'
import type { Batch } from './cut.ts'
import { nearlyOver } from './drain.ts'
import type { Lease } from './lease.ts'
import { isTooLarge } from './split.ts'
import { exits, RunStopped } from './stop.ts'
import { stopOf } from './stop-of.ts'
import { Taken } from './taken.ts'

export interface DeliverContext {
  readonly request: RunRequest
  readonly scope: Scope
  readonly lease: Lease
  readonly calls: Calls
  readonly audienceId: string
  readonly packing: Packing
}

export interface Delivery {
  /** Highest batch number whose request was started; 0 when none was. */
  readonly highestStarted: number
  /** Batches of which something was accepted, or everything. */
  readonly accepted: number
  /** Batches in which everything is to blame. */
  readonly rejected: number
  readonly refused: number
  readonly uncertain: number
  /** Every batch was accepted, and nothing in any of them refused. */
  readonly whole: boolean
  /** True where the platform certainly did nothing of what was asked, and nobody is to blame: there is nothing to settle. */
  readonly nothingToSettle: boolean
  /** Why it ended before every batch was answered, or what was refused first; null when all was accepted. */
  readonly stop: RunStopped | null
}

/** Of a batch that was taken apart, beyond its last answer. */
const statusOf = ({ blames, accepted, refused }: Sent, status: Receipt['status']): Receipt['status'] => {
  if (blames === 'type') return 'refused'
  if (blames === 'culprits') return refused.length === 0 ? 'accepted' : accepted ? 'partial' : 'refused'
  return accepted && status !== 'accepted' ? 'uncertain' : status
}

/** Receipts are stored at least this often where a small write is cheap. */
const flushMs = 1000

/** What is in flight, what came back, and whether to go on. */
export class DeliveryState {
  stop: RunStopped | null = null
  readonly taken: Taken
  readonly #context: DeliverContext
  readonly #batches: number
  readonly #flying = new Set<Promise<void>>()
  #receipts: Receipt[] = []
  #refused: RefusedRow[] = []
  #counts = { accepted: 0, rejected: 0, refused: 0, uncertain: 0 }
  #firstRefusal: RunStopped | null = null
  #failuresInARow = 0
  #nothingToSettle = true
  #refusedRows = false
  #highestStarted = 0
  #mark = 0
  #flushedAt = performance.now()
  /** Of whoever waits for a place. */
  #wake: () => void = () => undefined

  constructor(context: DeliverContext, batches: number) {
    this.#context = context
    this.taken = new Taken(context.request)
    this.#batches = batches
    context.request.drain.signal.addEventListener('abort', () => this.#wake(), { once: true })
  }

  /** Resolves when one more request may fly, or none will: a drain does not wait for one that hangs. */
  async place(): Promise<void> {
    const { activation, drain } = this.#context.request
    while (this.#flying.size >= activation.destination.request.concurrency && !drain.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    if (drain.signal.aborted) this.#end(aborted(this.#context))
    if (performance.now() - this.#flushedAt > flushMs) await this.flush()
  }

  launch(batch: Batch, sent: Promise<Sent>): void {
    this.#highestStarted = Math.max(this.#highestStarted, batch.batchNo)
    const answered = sent
      .then((r) => this.#take(batch, r))
      // Without an answer that can be read it stays uncertain.
      .catch((error) => {
        this.#nothingToSettle = false
        this.#end(stopOf(error))
      })
      .finally(() => {
        this.#flying.delete(answered)
        this.#wake()
      })
    this.#flying.add(answered)
  }

  /** All that flies has come back, or the time of a drain is nearly up. */
  async settled(): Promise<void> {
    await Promise.race([Promise.all(this.#flying), nearlyOver(this.#context.request.drain, this.#flying.size)])
    if (this.#flying.size > 0) this.#end(aborted(this.#context))
  }

  async mark(mark: number): Promise<void> {
    if (mark > this.#mark) {
      this.#mark = mark
      await this.#write(this.#marking())
    }
  }

  async flush(): Promise<void> {
    if (this.#receipts.length > 0 || this.#refused.length > 0) await this.#write(this.#marking())
  }

  /** Nothing more is started: the last receipts are stored with what is open. */
  async end(): Promise<void> {
    if (this.#mark === 0) return
    const { request, scope, lease, calls } = this.#context
    const facts = {
      highestStarted: this.#highestStarted,
      quietMs: calls.quietMs(),
      leaseMs: request.leaseSeconds * 1000,
    }
    await this.#write(endSending(scope, lease.hold, facts))
  }

  result(): Delivery {
    return {
      ...this.#counts,
      whole: this.#counts.accepted === this.#batches && !this.#refusedRows,
      nothingToSettle: this.#nothingToSettle && this.#flying.size === 0,
      highestStarted: this.#highestStarted,
      stop: this.stop ?? this.#firstRefusal,
    }
  }

  #marking(): Statement {
    const { request, scope, lease } = this.#context
    return storeMark(scope, lease.hold, this.#mark, request.leaseSeconds * 1000)
  }

  /** Mark, heartbeat, fence check and receipts in one script. */
  async #write(statement: Statement): Promise<void> {
    const { request, scope, lease, audienceId } = this.#context
    const [receipts, refused, before] = [this.#receipts, this.#refused, performance.now()]
    this.#receipts = []
    this.#refused = []
    this.#flushedAt = before
    const facts = { platform: request.destination.type, audienceId, audienceName: request.activation.audience.name }
    await lease.update('mark', statement, [
      ...(receipts.length > 0 ? [insertReceipts(scope, lease.hold, facts, receipts)] : []),
      ...(refused.length > 0 ? [insertRefused(scope, refused)] : []),
    ])
    lease.extended(before)
  }

  #take(batch: Batch, sent: Sent): void {
    const { result } = sent
    this.taken.learn(batch, sent)
    if (result === null) {
      this.#blame(sent)
      this.#counts.rejected += 1
      this.#tellHowFar()
      return
    }
    if (result.kind === 'not_started' && result.attempts === 0) {
      this.#end(stoppedBy(result, 'sending'))
      return
    }
    const { batchNo, op, members, identifiers } = batch
    const receipt = receiptOf(result, { op, batchNo, members, identifiers })
    this.#receipts.push({ ...receipt, status: statusOf(sent, receipt.status) })
    this.#blame(sent)
    if (sent.accepted) this.#nothingToSettle = false
    if (result.kind === 'done' || sent.blames === 'culprits' || sent.blames === 'type') {
      this.#counts[sent.accepted ? 'accepted' : 'rejected'] += 1
      this.#failuresInARow = 0
    } else {
      this.#notAccepted(batch, sent, result)
    }
    this.#tellHowFar()
  }

  /** Whoever is to blame has a rejection and a quarantine to come: they are settled. */
  #blame({ refused }: Sent): void {
    this.#refused.push(...refused)
    if (refused.length > 0) this.#refusedRows = true
    if (refused.some(({ outcome }) => outcome === 'refused')) this.#nothingToSettle = false
  }

  #tellHowFar(): void {
    const { accepted, rejected, refused, uncertain } = this.#counts
    this.#context.request.progress.requests(accepted + rejected + refused + uncertain, this.#batches)
  }

  #notAccepted(batch: Batch, sent: Sent, result: Exclude<Sent['result'], { readonly kind: 'done' } | null>): void {
    const { destination, activation } = this.#context.request
    const because = this.#reasonOf(batch, sent, result)
    this.#firstRefusal ??= because
    const answered = !mayHaveBeenApplied(result) && !sent.accepted
    this.#counts[answered ? 'refused' : 'uncertain'] += 1
    // A refusal because of values is all or nothing on some platforms only; any other answer came before the values.
    const untouched = answered && (destination.atomic || (result.kind !== 'refused' && sent.refused.length === 0))
    if (answered && sent.refused.length === 0)
      this.#refused.push({ batchNo: batch.batchNo, rowNo: 0, outcome: 'unsent', reason: because.code })
    if (!untouched) this.#nothingToSettle = false
    this.#failuresInARow += 1
    const hopeless = this.#failuresInARow > activation.destination.request.concurrency
    const over = result.kind === 'given_up' && (hopeless || result.because !== 'attempts')
    if (result.kind === 'stopped' || result.kind === 'not_started' || over || sent.blames === 'nothing')
      this.#end(because)
  }

  #reasonOf(
    batch: Batch,
    { blames }: Sent,
    result: Exclude<Sent['result'], { readonly kind: 'done' } | null>,
  ): RunStopped {
    const { name } = this.#context.request.activation
    const what = `sending batch ${batch.batchNo} (${batch.op}) of ${name}`
    if (result.kind !== 'refused' || blames !== null) return stoppedBy(result, what)
    if (!isTooLarge(result)) return tooManyRefused(name, batch)
    return new RunStopped(exits.tryAgain, result.fault.code, `Gave up on ${what}: ${result.fault.message}`)
  }

  #end(because: RunStopped): void {
    this.stop ??= because
  }
}

const aborted = ({ request }: DeliverContext): RunStopped =>
  new RunStopped(
    exits.aborted,
    'aborted',
    `The run of ${request.activation.name} was asked to end; what was in flight is accounted for, the next run goes on from here.`,
  )

const tooManyRefused = (activation: string, { batchNo }: Batch): RunStopped =>
  new RunStopped(
    exits.tryAgain,
    'too_many_refused',
    `More identifiers of batch ${batchNo} of ${activation} are refused than are looked for in one run; those that were found are in tidemark.rejections. Run again for the rest.`,
  )
