import type { FaultRule, Faults } from './faults.ts'
import type { KeptPlatform } from './kept.ts'
import type { Op, PlatformName } from './platform.ts'
import type { RecordedRequest } from './server.ts'

/** What a test, a command or another process sees of a simulator. */

/** Who is in an audience now. */
export interface Members {
  /** `type digest`, in the platform's words: `email 4798…`, `EMAIL_SHA256 4798…`. */
  readonly identifiers: ReadonlySet<string>
  /** The persons of the hidden map; whoever is not in it by digest. */
  readonly persons: ReadonlySet<string>
}

export interface AudienceState {
  readonly id: string
  readonly account: string
  readonly name: string
  readonly description: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly deleted: boolean
  /** As the platform says it: null until computed. */
  readonly size: number | null
  readonly identifiers: number
  readonly persons: number
}

export interface Count {
  requests: number
  applied: number
  users: number
  identifiers: number
  bytes: number
}

export interface Summary {
  readonly platform: PlatformName
  readonly url: string
  readonly total: Count
  /** By operation; `users`, `identifiers` and `bytes` of all its requests, applied or not. */
  readonly ops: Readonly<Partial<Record<Op, Count>>>
  /** Answers by `status code`, `none` where there was no answer. */
  readonly answers: Readonly<Record<string, number>>
  readonly audiences: number
  readonly identifiers: number
  readonly persons: number
}

/** One simulated platform that listens on localhost. */
export interface Simulator {
  readonly platform: PlatformName
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly port: number
  readonly requests: readonly RecordedRequest[]
  audiences(): AudienceState[]
  audience(id: string): AudienceState | undefined
  /** Throws where there is no such audience. */
  members(audienceId: string): Members
  /** The same identifiers one by one, without a set of them all. */
  identifiers(audienceId: string): Iterable<string>
  summary(): Summary
  /** What another simulator needs to go on as this one. */
  kept(): KeptPlatform
  addPersons(persons: Iterable<readonly [digest: string, person: string]>): void
  addFaults(rules: readonly FaultRule[]): void
  faults(): ReturnType<Faults['list']>
  clearFaults(): void
  /** Forgets audiences, requests, faults, persons, nonces and rate windows. */
  reset(): void
  /** Waits until no request is being handled, late effects included. */
  idle(): Promise<void>
  stop(): Promise<void>
}
