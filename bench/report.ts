import { fewestBatches, type Kind, kinds } from './customers.ts'

/** What the rounds brought for one kind of run; times in ms, memory in bytes. */
export interface Results {
  readonly floor: number[]
  readonly run: number[]
  readonly transfer: number[]
  readonly memory: number[]
  batches: number
  requests: number
}
export const noResults = (): Record<Kind, Results> => {
  const none = (): Results => ({ floor: [], run: [], transfer: [], memory: [], batches: 0, requests: 0 })
  return { first: none(), unchanged: none(), churn: none() }
}

/** The largest ratio of each kind that is still good: to floor and transfer of a first sync, to the floor otherwise. Of other warehouses none is promised. */
const limits: Readonly<Record<string, Readonly<Record<Kind, number>>>> = {
  duckdb: { first: 1.6, unchanged: 1.5, churn: 2 },
}

/** One line a kind: medians of seconds, of the ratios of each round (a machine is not as fast in every round), and counts. */
export const reportOf = (
  results: Readonly<Record<Kind, Results>>,
  members: number,
  { type, warehouse }: { readonly type: string; readonly warehouse: string },
) =>
  kinds.map((kind) => {
    const { floor, run, transfer, memory, batches, requests } = results[kind]
    const [atLeast, took, moved] = [median(floor), median(run), median(transfer)]
    return {
      kind,
      members,
      floor_s: seconds(atLeast),
      transfer_s: seconds(moved),
      run_s: seconds(took),
      ratio: Math.round(median(run.map((ms, i) => ms / ((floor[i] ?? 0) + (transfer[i] ?? 0)))) * 100) / 100,
      limit: limits[warehouse]?.[kind] ?? null,
      requests,
      batches,
      fewest_batches: fewestBatches[type]?.(kind, members) ?? 0,
      js_memory_mb: Math.round(median(memory) / 1e6),
    }
  })

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const [below, above] = [sorted[Math.ceil(sorted.length / 2) - 1] ?? 0, sorted[Math.floor(sorted.length / 2)] ?? 0]
  return (below + above) / 2
}

/** What of a report is worse than it may be, in words. Ratios mean something at a million members only. */
export const shortfalls = (report: ReturnType<typeof reportOf>): readonly string[] =>
  report.flatMap(({ kind, members, ratio, limit, batches, fewest_batches }) => [
    ...(members >= 1_000_000 && limit !== null && ratio > limit
      ? [`${kind}: ${ratio} times the floor, more than ${limit}`]
      : []),
    ...(batches > fewest_batches ? [`${kind}: ${batches} batches, more than ${fewest_batches}`] : []),
  ])

const seconds = (ms: number): number => Math.round(ms) / 1000
