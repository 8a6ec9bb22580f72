import type { AudienceContext } from '../../connector/activation/audience.ts'
import { createCalls } from '../../connector/activation/calls.ts'
import { type RunRequest, scopeOf } from '../../connector/activation/context.ts'
import { createDrain, type Drain } from '../../connector/activation/drain.ts'
import { acquireLease, type Lease } from '../../connector/activation/lease.ts'
import { noProgress } from '../../connector/activation/progress.ts'
import { createState } from '../../connector/activation/state.ts'
import type { Activation } from '../../connector/config/activation.ts'
import type { Call, Destination, Fault } from '../../connector/destination/destination.ts'
import { destinations } from '../../connector/destination/registry.ts'
import type { CallOptions, CallResult } from '../../connector/http/call.ts'
import type { Channel } from '../../connector/http/channel.ts'
import type { Log, LogFields } from '../../connector/log.ts'
import type { Row, Warehouse } from '../../connector/warehouse/warehouse.ts'
import { beginRun } from '../../sql/control.ts'
import { stateVersion } from '../../sql/state.ts'
import { activationOf } from '../model/setting.ts'
import { emptyWarehouse } from '../warehouse/under-test.ts'

/** What the platform does with one call, and what happens while it is on its way. */
export type Answer = (options: CallOptions) => CallResult<unknown> | Promise<CallResult<unknown>>

const trail = {
  attempts: 1,
  lastStatus: 200,
  lastCode: null,
  requestId: 'rq',
  unanswered: false,
  throttledMs: 0,
  firstStartedAt: 0,
  lastEndedAt: 0,
} as const

export const retry: Fault = { next: 'retry', applied: 'maybe', code: 'no_answer', message: 'nobody answered' }
export const bad: Fault = { next: 'refused', code: 'BAD', message: 'bad values', said: 'bad' }
export const stopped = (reason: 'permission' | 'name_taken' | 'audience_gone'): Fault => ({
  next: 'stop',
  exit: reason === 'permission' ? 77 : 78,
  reason,
  code: reason.toUpperCase(),
  message: `it said ${reason}`,
})
type More = Partial<CallResult<unknown>>
export const done = (value?: unknown, more: More = {}) =>
  ({ ...trail, kind: 'done', value, ...more }) as CallResult<unknown>
export const refused = (more: More = {}) =>
  ({ ...trail, lastStatus: 400, kind: 'refused', fault: bad, ...more }) as CallResult<unknown>
export const stop = (fault: Fault, more: More = {}) =>
  ({ ...trail, lastStatus: 403, kind: 'stopped', fault, ...more }) as CallResult<unknown>
export const givenUp = (applied: 'no' | 'maybe', more: More = {}) =>
  ({
    ...trail,
    attempts: 3,
    lastStatus: null,
    kind: 'given_up',
    applied,
    because: 'attempts',
    fault: retry,
    unanswered: applied === 'maybe',
    ...more,
  }) as CallResult<unknown>
export const notStarted = (because: 'lease' | 'drain') =>
  ({
    ...trail,
    attempts: 0,
    lastStatus: null,
    firstStartedAt: null,
    lastEndedAt: null,
    kind: 'not_started',
    because,
  }) as CallResult<unknown>

export interface Told {
  readonly level: string
  readonly event: string
  readonly fields: LogFields
}

export interface RigOptions {
  readonly platform?: 'x_ads' | 'tiktok_ads'
  readonly answer?: (call: number, body: string) => Answer
  readonly destination?: Partial<Destination>
  readonly adopt?: boolean
  readonly description?: string | null
  readonly concurrency?: number
  readonly quietMs?: number
  readonly leaseSeconds?: number
  readonly drainSeconds?: number
  readonly warehouse?: (real: Warehouse) => Warehouse
  /** Set on the control row before the lease is taken. */
  readonly control?: string
}

/** A run in which only the platform is made up: a warehouse in memory with its state tables, and a lease. */
export interface Rig extends AudienceContext {
  readonly drain: Drain & { begin(): void }
  readonly told: readonly Told[]
  /** The bodies and URLs of the requests, in the order in which they were made. */
  readonly sent: readonly string[]
  raw(text: string): Promise<readonly Row[]>
  /** Columns of the control row as text. */
  control(...columns: readonly string[]): Promise<readonly (string | null | undefined)[]>
  close(): Promise<void>
}

export const suffix = 'people-x'

export const openRig = async (options: RigOptions = {}): Promise<Rig> => {
  const { platform = 'x_ads', concurrency = 1, quietMs = 50, leaseSeconds = 120, drainSeconds = 8 } = options
  const setting = {
    platform,
    writing: 'sha256',
    maxBytes: 1,
    maxRows: 1,
    concurrency,
    quietMs,
    optimised: true,
  } as const
  const empty = await emptyWarehouse({ threads: '1' })
  const real = await empty.connect()
  const warehouse = options.warehouse?.(real) ?? real
  const plain = activationOf(setting, 'http://127.0.0.1:1')
  const activation: Activation = {
    ...plain,
    audience: { name: 'People', description: options.description ?? null, adopt: options.adopt ?? false },
  }
  const told: Told[] = []
  const tell =
    (level: string) =>
    (event: string, fields: LogFields = {}): void => {
      told.push({ level, event, fields })
    }
  const log: Log = { info: tell('info'), warn: tell('warn'), error: tell('error') }
  const sent: string[] = []
  const channel: Channel = {
    call: async <T>(call: Call<T>, callOptions: CallOptions) => {
      const { url, body } = call.request({ nonce: 'n', now: new Date(0) })
      const text = body?.join('') ?? url
      sent.push(text)
      const answer = options.answer?.(sent.length, text) ?? (() => done())
      return (await answer(callOptions)) as CallResult<T>
    },
  }
  const drain = createDrain(drainSeconds)
  const destination = { ...destinations[platform], ...options.destination }
  const request: RunRequest = {
    activation,
    destination,
    account: destination.account(activation.destination),
    channel,
    warehouse,
    schema: 'tidemark',
    leaseSeconds,
    runId: 'run-1',
    runKey: 'k',
    full: false,
    overrideGuards: false,
    log,
    progress: noProgress,
    drain,
    orchestrator: { name: null, runId: null },
    dbtInvocationId: null,
    connectorVersion: 'test',
  }
  const raw = async (text: string): Promise<readonly Row[]> => (await empty.say(text)) as readonly Row[]
  const control = `tidemark_state."control_${suffix}"`
  const state = { warehouse: real, schema: 'tidemark', suffix, scope: scopeOf(request, suffix, '0') }
  await createState(state, 'member', 'test')
  if (options.control) await raw(`update ${control} set ${options.control}`)
  const lease: Lease = await acquireLease({
    scope: scopeOf(request, suffix, '0'),
    warehouse,
    runId: 'run-1',
    leaseMs: leaseSeconds * 1000,
    quietMs,
    version: stateVersion,
    log,
  })
  const scope = scopeOf(request, suffix, lease.hold.fence)
  const begin = {
    runKey: 'k',
    full: false,
    overridden: false,
    accountId: 'acc',
    memberKey: 'member',
    connectorVersion: 'test',
    configHash: 'h',
    orchestrator: null,
    orchestratorRunId: null,
    dbtInvocationId: null,
  }
  if (lease.taken.run_open !== 'true') await lease.update('begin', beginRun(scope, lease.hold, begin))
  return {
    request,
    scope,
    lease,
    calls: createCalls(request, lease),
    drain,
    told,
    sent,
    raw,
    control: async (...columns) => {
      const [row] = await raw(
        `select ${columns.map((name) => `${name}::varchar as ${name}`).join(', ')} from ${control}`,
      )
      return columns.map((name) => row?.[name])
    },
    close: async () => {
      await lease.release()
      await real.close()
      await empty.destroy()
    },
  }
}

/** Opens one, lives in it, closes it. */
export const inRig = async (options: RigOptions, live: (rig: Rig) => Promise<void>): Promise<void> => {
  const rig = await openRig(options)
  try {
    await live(rig)
  } finally {
    await rig.close()
  }
}

export const outcomeOf = <T>(work: Promise<T>): Promise<unknown> =>
  work.then(
    (value) => value,
    (error: unknown) => error,
  )
