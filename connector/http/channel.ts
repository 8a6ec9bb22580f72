import { randomBytes } from 'node:crypto'
import pRetry from 'p-retry'
import type { Call, Fault, HttpAnswer, HttpRequest, Outcome } from '../destination/destination.ts'
import type { CallOptions, CallResult, NotStarted, Trail } from './call.ts'
import { type Clock, systemClock } from './clock.ts'
import { type Gate, openGate } from './gate.ts'
import { openThrottle, type Throttle } from './throttle.ts'
import { faultOfSilence, NotBegun, type SendOptions, send } from './transport.ts'

/** The one way to an ad account: every activation of the account shares it, so that all keep to one rate limit. */
export interface Channel {
  call<T>(call: Call<T>, options: CallOptions): Promise<CallResult<T>>
}

export interface ChannelOptions {
  readonly requestsPerSecond: number
  readonly concurrency: number
  /** How long one attempt may take. */
  readonly timeoutMs: number
  readonly retry?: Partial<RetryRules>
  readonly clock?: Clock
  /** A text that is new at each call, for signatures. */
  readonly nonce?: () => string
  readonly send?: (request: HttpRequest, options: SendOptions) => Promise<HttpAnswer>
}

export interface RetryRules {
  /** Attempts after the first one. */
  readonly retries: number
  /** The first pause; each is twice the one before, times a random number between 1 and 2, up to `maxMs`. */
  readonly minMs: number
  readonly maxMs: number
  /** The longest wait a platform may ask for (X: a quarter of an hour). Beyond it the call is given up. */
  readonly maxAskedMs: number
}
const defaultRules: RetryRules = { retries: 4, minMs: 500, maxMs: 30_000, maxAskedMs: 900_000 }

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
/** What is known of a call while it is being made. */
interface Story<T> {
  readonly trail: Mutable<Trail>
  outcome?: Outcome<T>
  because?: NotStarted
  /** No further attempt for want of patience. */
  impatient?: boolean
  /** Between two attempts. */
  waiting?: boolean
  /** What was thrown by the caller's own functions or by a reader: not an answer, so it is thrown on. */
  thrown?: { readonly error: unknown }
}

/** Tells p-retry that an attempt failed; how is in the story. */
class TryAgain extends Error {}

export function openChannel(options: ChannelOptions): Channel {
  const clock = options.clock ?? systemClock
  const wire: Wire = {
    gate: openGate(options, clock),
    throttle: openThrottle(clock),
    clock,
    timeoutMs: options.timeoutMs,
    nonce: options.nonce ?? (() => randomBytes(16).toString('hex')),
    send: options.send ?? send,
    rules: { ...defaultRules, ...options.retry },
  }
  return { call: (call, callOptions) => makeCall(wire, call, callOptions) }
}

interface Wire {
  readonly gate: Gate
  readonly throttle: Throttle
  readonly clock: Clock
  readonly timeoutMs: number
  readonly nonce: () => string
  readonly send: (request: HttpRequest, options: SendOptions) => Promise<HttpAnswer>
  readonly rules: RetryRules
}

async function makeCall<T>(wire: Wire, call: Call<T>, options: CallOptions): Promise<CallResult<T>> {
  const { rules } = wire
  const story: Story<T> = { trail: newTrail() }
  try {
    await pRetry(() => attempt(wire, call, options, story), {
      retries: options.retries ?? rules.retries,
      minTimeout: rules.minMs,
      maxTimeout: rules.maxMs,
      factor: 2,
      randomize: true,
      // Ends the pause between attempts; an attempt in flight goes on, and the story has what it brought.
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      shouldRetry: ({ retryDelay }) => mayRepeat(options, story, retryDelay),
    })
  } catch {
    // Whatever ended the attempts, the story says how.
  } finally {
    stopWaiting(options, story)
  }
  if (story.thrown !== undefined) throw story.thrown.error
  return resultOf(story, options)
}

/** One attempt, from waiting for its turn to its outcome. Throws TryAgain where another one may help. */
async function attempt<T>(wire: Wire, call: Call<T>, options: CallOptions, story: Story<T>): Promise<void> {
  if (!(await wire.gate.enter(options.signal))) {
    story.because = 'drain'
    return
  }
  try {
    const mayStart = await options.mayStart()
    if (!mayStart || options.signal?.aborted) {
      story.because = mayStart ? 'drain' : 'lease'
      return
    }
    stopWaiting(options, story)
    const outcome = await exchange(wire, call, options, story)
    if (outcome === null) {
      story.because = 'lease'
      return
    }
    story.outcome = outcome
    // Before the place is left, or the next in the queue would start into the pause.
    holdBack(wire, options, story)
  } catch (error) {
    story.thrown = { error }
    return
  } finally {
    wire.gate.leave()
  }
  if (!story.outcome.ok && story.outcome.fault.next === 'retry') throw new TryAgain()
}

/** Sends the request once and reads the answer. Null: it was not begun. */
async function exchange<T>(
  wire: Wire,
  call: Call<T>,
  options: CallOptions,
  story: Story<T>,
): Promise<Outcome<T> | null> {
  const { trail } = story
  const request = call.request({ nonce: wire.nonce(), now: wire.clock.now() })
  const startedAt = wire.clock.monotonicMs()
  trail.attempts += 1
  trail.firstStartedAt ??= startedAt
  trail.lastStatus = null
  options.onAttempt?.(startedAt)
  const mayBegin = (): boolean => {
    const leftMs = startedAt + wire.timeoutMs - wire.clock.monotonicMs()
    return leftMs > 0 && (options.mayBegin?.(leftMs) ?? true)
  }
  const answered = await wire.send(request, { timeoutMs: wire.timeoutMs, mayBegin }).then(
    (answer) => {
      trail.lastStatus = answer.status
      return call.read(answer)
    },
    (error: unknown) => (error instanceof NotBegun ? null : ({ ok: false, fault: faultOfSilence(error) } as const)),
  )
  if (answered === null) {
    trail.attempts -= 1
    return null
  }
  trail.lastEndedAt = wire.clock.monotonicMs()
  const outcome = trail.lastStatus === null ? answered : withWait(wire, answered, startedAt)
  trail.lastCode = outcome.ok ? null : outcome.fault.code
  trail.requestId = (outcome.ok ? outcome.requestId : outcome.fault.requestId) ?? null
  if (!outcome.ok && mayHaveActed(outcome.fault, trail.lastStatus)) {
    trail.unanswered = true
    options.onUnanswered?.(startedAt)
  }
  return outcome
}

/** Where the platform does not say how long: of the waits that its limits have, the one that is due. */
function withWait<T>({ throttle, gate }: Wire, outcome: Outcome<T>, startedAt: number): Outcome<T> {
  if (outcome.ok || outcome.fault.next !== 'retry' || outcome.fault.waitsMs === undefined) {
    throttle.passed(startedAt)
    return outcome
  }
  const { ms, first } = throttle.refused(startedAt, outcome.fault.waitsMs)
  if (first) gate.slow(ms)
  return { ok: false, fault: { ...outcome.fault, retryAfterMs: ms } }
}

/** Could the platform have done what was asked, all or part of it? So too after a success that nobody understands. */
function mayHaveActed(fault: Fault, status: number | null): boolean {
  if (fault.next === 'retry') return fault.applied === 'maybe'
  return fault.next === 'stop' && fault.reason === 'not_understood' && status !== null && status < 300
}

/**
 * A wait that the platform asks for holds for the whole account; so does a first pause after a 429 that names none. Not
 * one that nobody waits for: who comes next is told by the platform.
 */
function holdBack<T>({ gate, rules }: Wire, options: CallOptions, story: Story<T>): void {
  const { outcome, trail } = story
  if (outcome === undefined || outcome.ok || outcome.fault.next !== 'retry') return
  const askedMs = outcome.fault.retryAfterMs ?? 0
  const leftMs = options.patience?.leftMs() ?? Number.POSITIVE_INFINITY
  story.impatient = leftMs <= 0 || askedMs > Math.min(rules.maxAskedMs, leftMs)
  if (story.impatient) return
  const ms = trail.lastStatus === 429 ? Math.max(askedMs, rules.minMs) : askedMs
  trail.throttledMs += Math.round(gate.hold(ms))
}

/** `pauseMs`: until the next attempt, if the platform asks for no longer one. */
function mayRepeat<T>(options: CallOptions, story: Story<T>, pauseMs: number): boolean {
  const { outcome, trail } = story
  if (outcome === undefined || outcome.ok || outcome.fault.next !== 'retry') return false
  if (story.impatient || (options.once && trail.unanswered)) return false
  story.waiting = true
  const ms = Math.max(pauseMs, outcome.fault.retryAfterMs ?? 0)
  const news = options.patience?.begin(ms, outcome.fault.code) ?? true
  if (news) options.onWait?.(ms, outcome.fault)
  return true
}

function stopWaiting<T>({ patience }: CallOptions, story: Story<T>): void {
  if (story.waiting) patience?.end()
  story.waiting = false
}

function resultOf<T>({ trail, outcome, because, impatient }: Story<T>, { signal }: CallOptions): CallResult<T> {
  if (outcome === undefined) return { ...trail, kind: 'not_started', because: because ?? 'drain' }
  if (outcome.ok) return { ...trail, kind: 'done', value: outcome.value }
  const { fault } = outcome
  if (fault.next === 'refused') return { ...trail, kind: 'refused', fault }
  if (fault.next === 'stop') return { ...trail, kind: 'stopped', fault }
  const ended = because ?? (signal?.aborted ? 'drain' : impatient ? 'patience' : 'attempts')
  return { ...trail, kind: 'given_up', applied: trail.unanswered ? 'maybe' : 'no', because: ended, fault }
}

function newTrail(): Mutable<Trail> {
  return {
    attempts: 0,
    lastStatus: null,
    lastCode: null,
    requestId: null,
    unanswered: false,
    throttledMs: 0,
    firstStartedAt: null,
    lastEndedAt: null,
  }
}
