import type { Difference } from './check.ts'
import { runUntilKilled } from './runs.ts'
import { type Audiences, compareAll, type RunRow, type Scene } from './scene.ts'
import { readRuns } from './warehouse.ts'

export interface Killed {
  /** The activation in whose delivery the run died. */
  readonly activation: string
  /** Requests that had arrived by then, by activation. */
  readonly requests: Readonly<Record<string, number>>
  /** How far the platforms were from the customers then. */
  readonly check: readonly Difference[]
}

const runKey = 'demo/day-2'
/** Where the run is killed: TikTok takes a request every 100 ms, and there are two of removes and two of adds at least. */
const victim = 'high_value.tiktok'

/** Starts a run and kills it when removes and some adds have arrived, but not all; null where it was faster than that. */
export const killedRun = async (scene: Scene, audiences: Audiences): Promise<Killed | null> => {
  const { story, platforms, place } = scene
  const sent = (activation: string): number => total(platforms.sent(activation, audiences.get(activation) ?? ''))
  const adds = (): number => platforms.sent(victim, audiences.get(victim) ?? '').adds
  const before = new Map([...audiences.keys()].map((activation) => [activation, sent(activation)]))
  const addsBefore = adds()
  story.step('tidemark run --all, to be killed when its first adds arrive')
  if (!(await runUntilKilled(place, runKey, () => adds() > addsBefore))) {
    story.result('The run was over before it could be killed', false)
    return null
  }
  const check = await compareAll(scene, audiences)
  const requests = Object.fromEntries([...before].map(([activation, count]) => [activation, sent(activation) - count]))
  const off = check.reduce((sum, { missing, unexpected }) => sum + missing + unexpected, 0)
  story.result(
    `Killed (SIGKILL) when ${requests[victim]} requests of ${victim} had arrived; the platforms are ${off} identifiers off`,
    true,
  )
  return { activation: victim, requests, check }
}

/** What the dead run had done, which nobody knew until the next one settled it. */
export const rowsOfKilled = async ({ place }: Scene, { requests }: Killed): Promise<readonly RunRow[]> =>
  (await readRuns(place.shop, runKey)).map((row) => ({
    activation: `${row.activation}, killed`,
    members: Number(row.members),
    added: Number(row.added),
    removed: Number(row.removed),
    rejected: Number(row.rejected),
    requests: requests[row.activation ?? ''] ?? 0,
    seconds: null,
  }))

const total = ({ adds, removes }: { readonly adds: number; readonly removes: number }): number => adds + removes
