import type { AudienceState, Count, Members, Simulator, Summary } from './contract.ts'
import { control } from './control.ts'
import { Directory } from './directory.ts'
import { type FaultRule, Faults } from './faults.ts'
import { answeredOf, KeptError, type KeptPlatform, keepAnswered, keepAudience } from './kept.ts'
import type { Membership } from './membership.ts'
import { page } from './page.ts'
import {
  type Audience,
  type CommonOptions,
  type Op,
  type Platform,
  type PlatformName,
  type Surroundings,
  sizeNow,
} from './platform.ts'
import { type RecordedRequest, SimulatorServer } from './server.ts'
import { TikTokAds } from './tiktok-ads.ts'
import type { TikTokAdsOptions } from './tiktok-options.ts'
import { WEBHOOK_SIMULATOR_SECRET, Webhook, type WebhookOptions } from './webhook.ts'
import { XAds } from './x-ads.ts'
import type { XAdsOptions } from './x-options.ts'

export type { AudienceState, Count, Members, Simulator, Summary } from './contract.ts'
export type { Fault, FaultRule } from './faults.ts'
export type { Op } from './platform.ts'
export type { RecordedRequest } from './server.ts'
export { TIKTOK_SIMULATOR_ADVERTISER, TIKTOK_SIMULATOR_CREDENTIALS, type TikTokAdsOptions } from './tiktok-options.ts'
export { X_SIMULATOR_ACCOUNT, X_SIMULATOR_CREDENTIALS, type XAdsOptions } from './x-options.ts'
export { WEBHOOK_SIMULATOR_SECRET, type WebhookOptions }

export interface SimulatorsOptions {
  readonly x?: XAdsOptions
  readonly tiktok?: TikTokAdsOptions
}

interface OptionsOf {
  readonly x_ads: XAdsOptions
  readonly tiktok_ads: TikTokAdsOptions
  readonly webhook: WebhookOptions
}
const models: { readonly [P in PlatformName]: new (options: OptionsOf[P], around: Surroundings) => Platform } = {
  x_ads: XAds,
  tiktok_ads: TikTokAds,
  webhook: Webhook,
}

/** Starts one platform on 127.0.0.1. */
export async function startSimulator<P extends PlatformName>(
  platform: P,
  options: OptionsOf[P] = {},
): Promise<Simulator> {
  const around: Surroundings = {
    now: options.now ?? Date.now,
    faults: new Faults(),
    directory: new Directory(),
  }
  around.directory.add(options.persons ?? [])
  around.faults.add(options.faults ?? [])
  const model = new models[platform](options, around)
  if (options.kept !== undefined) goOn(model, around, options.kept)
  const running = new RunningSimulator(model, around, options)
  await running.start(options.port ?? 0)
  return running
}

/** As an earlier simulator of the platform. */
function goOn(model: Platform, around: Surroundings, { persons, audiences, answered }: KeptPlatform): void {
  try {
    around.directory.add(persons)
  } catch {
    throw new KeptError('an identifier has two persons')
  }
  for (const audience of audiences) model.adopt(audience)
  for (const [key, given] of answeredOf(answered ?? [])) model.answered?.set(key, given)
}

/** Starts both. */
export async function startSimulators(
  options: SimulatorsOptions = {},
): Promise<{ x: Simulator; tiktok: Simulator; stop(): Promise<void> }> {
  const x = await startSimulator('x_ads', options.x)
  try {
    const tiktok = await startSimulator('tiktok_ads', options.tiktok)
    const stop = async () => {
      await Promise.all([x.stop(), tiktok.stop()])
    }
    return { x, tiktok, stop }
  } catch (error) {
    await x.stop()
    throw error
  }
}

class RunningSimulator implements Simulator {
  readonly platform: PlatformName
  readonly #model: Platform
  readonly #around: Surroundings
  readonly #sizeAfterMs: number
  readonly #server: SimulatorServer
  readonly #changed: () => void
  port = 0

  constructor(model: Platform, around: Surroundings, options: CommonOptions) {
    this.platform = model.name
    this.#model = model
    this.#around = around
    this.#sizeAfterMs = options.sizeAfterMs ?? model.sizeAfterMs
    this.#changed = options.onChange ?? (() => undefined)
    this.#server = new SimulatorServer(model, around, {
      control: (request, response) => control(this, request, response),
      page: () => page(options.shownWith ?? [this]),
      changed: this.#changed,
    })
  }

  async start(port: number): Promise<void> {
    this.port = await this.#server.start(port)
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get requests(): readonly RecordedRequest[] {
    return this.#server.requests
  }

  audiences(): AudienceState[] {
    return [...this.#model.audiences.values()].map((audience) => this.#state(audience))
  }

  audience(id: string): AudienceState | undefined {
    const audience = this.#model.audiences.get(id)
    return audience === undefined ? undefined : this.#state(audience)
  }

  members(audienceId: string): Members {
    const membership = this.#membership(audienceId)
    return { identifiers: new Set(membership.identifiers()), persons: membership.persons() }
  }

  identifiers(audienceId: string): Iterable<string> {
    return this.#membership(audienceId).identifiers()
  }

  summary(): Summary {
    const none = (): Count => ({ requests: 0, applied: 0, users: 0, identifiers: 0, bytes: 0 })
    const total = none()
    const ops: Partial<Record<Op, Count>> = {}
    const answers: Record<string, number> = {}
    for (const request of this.requests) {
      const own = ops[request.op] ?? none()
      ops[request.op] = own
      for (const count of [total, own]) {
        count.requests++
        if (request.appliedAt !== null) count.applied++
        count.users += request.users
        count.identifiers += request.identifiers
        count.bytes += request.bytes
      }
      const answer =
        request.status === null ? 'none' : [request.status, request.code].filter((part) => part !== null).join(' ')
      answers[answer] = (answers[answer] ?? 0) + 1
    }
    const living = this.audiences().filter((audience) => !audience.deleted)
    return {
      platform: this.platform,
      url: this.url,
      total,
      ops,
      answers,
      audiences: living.length,
      identifiers: living.reduce((sum, audience) => sum + audience.identifiers, 0),
      persons: living.reduce((sum, audience) => sum + audience.persons, 0),
    }
  }

  kept(): KeptPlatform {
    const { audiences, answered } = this.#model
    return {
      audiences: [...audiences.values()].map(keepAudience),
      persons: [...this.#around.directory.personOf],
      ...(answered === undefined ? {} : { answered: keepAnswered(answered) }),
    }
  }

  addPersons(persons: Iterable<readonly [digest: string, person: string]>): void {
    try {
      this.#around.directory.add(persons)
    } finally {
      for (const audience of this.#model.audiences.values()) audience.membership.learn()
      this.#changed()
    }
  }

  addFaults(rules: readonly FaultRule[]): void {
    this.#around.faults.add(rules)
  }

  faults(): ReturnType<Faults['list']> {
    return this.#around.faults.list()
  }

  clearFaults(): void {
    this.#around.faults.clear()
  }

  reset(): void {
    this.#model.reset()
    this.#server.forget()
    this.#around.faults.clear()
    this.#around.directory.clear()
    this.#changed()
  }

  idle(): Promise<void> {
    return this.#server.idle()
  }

  stop(): Promise<void> {
    return this.#server.stop()
  }

  #membership(id: string): Membership {
    const audience = this.#model.audiences.get(id)
    if (audience === undefined) throw new Error(`there is no audience ${id}`)
    return audience.membership
  }

  #state(audience: Audience): AudienceState {
    const { id, account, name, description, createdAt, updatedAt, deleted, membership } = audience
    const size = sizeNow(audience, this.#around.now(), this.#sizeAfterMs)
    const identifiers = membership.identifierCount()
    return {
      id,
      account,
      name,
      description,
      createdAt,
      updatedAt,
      deleted,
      size,
      identifiers,
      persons: membership.personCount(),
    }
  }
}
