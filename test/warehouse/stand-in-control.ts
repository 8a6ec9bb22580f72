import type { Said } from './postgres-database.ts'

/** A job as a stand-in was asked for it. */
export interface AskedJob {
  readonly sql: string
  /** Rows that the client fetched. */
  readonly fetched: number
  /** BigQuery: of the job. */
  readonly labels?: Readonly<Record<string, string>>
  /** BigQuery: what it calls `statementType`. */
  readonly kind?: string | null
  readonly session?: string | null
  /** BigQuery: what it asked for. */
  readonly time_zone?: string | null
  /** Snowflake: QUERY_TAG. */
  readonly tag?: string | null
}

/** What a stand-in does to the next `times` jobs whose text holds `match`, in the words of its service. */
export type Fault = {
  readonly match: string
  readonly times: number
  readonly message: string
} /** BigQuery; `lost`: the job runs, and its answer does not arrive. */ & (
  | { readonly reason: string; readonly status: number; readonly lost?: boolean }
  | { readonly code: string }
)

export const standInAddress = (): string => `http://127.0.0.1:${process.env.TIDEMARK_TEST_STAND_IN}`

/** Beside what a client asks: of one project or database in the stand-in that the configuration of Jest has started. */
export const controlOf = (name: string) => {
  const ask = async <T>(path: string, method: string, body?: object): Promise<T> => {
    const answer = await fetch(`${standInAddress()}/control/${name}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return (await answer.json()) as T
  }
  return {
    /** Plain DuckDB. */
    say: async (...statements: readonly string[]): Promise<readonly Said[]> =>
      (await ask<{ readonly rows: readonly Said[] }>('/say', 'POST', { statements })).rows,
    jobs: async (): Promise<readonly AskedJob[]> =>
      (await ask<{ readonly jobs: readonly AskedJob[] }>('/jobs', 'GET')).jobs,
    fail: async (fault: Fault): Promise<void> => {
      await ask('/faults', 'POST', fault)
    },
    destroy: async (): Promise<void> => {
      await ask('', 'DELETE')
    },
  }
}
