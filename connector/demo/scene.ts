import type { ActivationSummary } from '../activation/summary.ts'
import { compare, type Difference, persons } from './check.ts'
import type { Platforms } from './platforms.ts'
import { type RunPlace, runAll } from './runs.ts'
import type { Story } from './story.ts'
import { readCustomers } from './warehouse.ts'

/** What all days have at hand. */
export interface Scene {
  readonly place: RunPlace
  readonly customers: number
  readonly platforms: Platforms
  readonly story: Story
  /** Digest to person, of all days so far. */
  readonly people: Map<string, string>
}

/** What the table shows of one activation. */
export interface RunRow {
  readonly activation: string
  readonly members: number | null
  readonly added: number
  readonly removed: number
  readonly rejected: number
  readonly requests: number
  /** Null of a run that was killed. */
  readonly seconds: number | null
}

/** Audience ids by activation. */
export type Audiences = ReadonlyMap<string, string>

export const audiencesOf = (runs: readonly ActivationSummary[]): Audiences =>
  new Map(runs.map(({ activation, audience_id }) => [activation, audience_id ?? '']))

export const run = ({ story, place }: Scene, runKey: string): Promise<readonly ActivationSummary[]> => {
  story.step('tidemark run --all')
  return runAll(place, runKey, () => story.step('It ended with exit 75, try again: so again'))
}

/** The platforms get to know whose identifiers are whose, before anybody sends them. */
export const introduce = async ({ place, platforms, people }: Scene): Promise<void> =>
  platforms.learn(persons(await readCustomers(place.shop), people))

/** What the platforms hold now, against what the raw customers say now. */
export const compareAll = async ({ place, platforms }: Scene, audiences: Audiences): Promise<readonly Difference[]> => {
  const rows = await readCustomers(place.shop)
  const differences: Difference[] = []
  for (const [activation, audience] of audiences)
    differences.push(compare(activation, rows, await platforms.held(activation, audience)))
  return differences
}

export const rowOf = (summary: ActivationSummary): RunRow => ({
  activation: summary.activation,
  members: summary.segment_members,
  added: summary.members_added,
  removed: summary.members_removed,
  rejected: summary.identifiers_rejected,
  requests: summary.api_calls,
  seconds: Math.round(summary.duration_ms / 100) / 10,
})
