import { simulatorCredentials } from '../commands/simulate.ts'
import { type Simulator, startSimulators } from '../simulator/simulator.ts'
import { writeState } from '../simulator/state-file.ts'

/** Both simulated platforms as the demo sees them: they live in its own process, and their rate limits are the real ones. */
export interface Platforms {
  /** What a run needs to find them. */
  readonly environment: Readonly<Record<string, string>>
  /** All requests since they were started. */
  requests(): number
  /** Requests since they were started that added people to an audience, and those that removed some. */
  sent(activation: string, audienceId: string): { readonly adds: number; readonly removes: number }
  /** Who is who; a platform removes a person by any of their identifiers. */
  learn(persons: ReadonlyMap<string, string>): void
  /** What an audience holds, as `type digest`, once nothing is being handled any more. */
  held(activation: string, audienceId: string): Promise<ReadonlySet<string>>
  /** Keeps what they hold in a file, for `tidemark simulate --state`. */
  keep(file: string): void
  stop(): Promise<void>
}

export const startPlatforms = async (): Promise<Platforms> => {
  const { x, tiktok, stop } = await startSimulators()
  const of = (activation: string): Simulator => (activation.endsWith('.x') ? x : tiktok)
  return {
    environment: { ...simulatorCredentials, X_ADS_URL: x.url, TIKTOK_ADS_URL: tiktok.url },
    requests: () => x.requests.length + tiktok.requests.length,
    sent: (activation, audienceId) => {
      const own = of(activation).requests.filter(({ audience }) => audience === audienceId)
      const count = (op: string): number => own.filter((request) => request.op === op).length
      return { adds: count('add'), removes: count('remove') }
    },
    learn: (persons) => {
      x.addPersons(persons)
      tiktok.addPersons(persons)
    },
    held: async (activation, audienceId) => {
      await of(activation).idle()
      return of(activation).members(audienceId).identifiers
    },
    keep: (file) => writeState(file, [x, tiktok]),
    stop,
  }
}
