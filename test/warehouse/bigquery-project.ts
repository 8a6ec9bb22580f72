import { randomUUID } from 'node:crypto'
import type { BigquerySettings } from '../../connector/config/activation.ts'
import type { Said } from './postgres-database.ts'

/** A job as the stand-in was asked for it. */
export interface AskedJob {
  readonly sql: string
  readonly labels: Readonly<Record<string, string>>
  /** What BigQuery calls `statementType`. */
  readonly kind: string | null
  /** Rows that the client fetched. */
  readonly fetched: number
  readonly session: string | null
}

/** What the stand-in does to the next `times` jobs whose text holds `match`. */
export interface Fault {
  readonly match: string
  readonly times: number
  readonly reason: string
  readonly message: string
  readonly status: number
}

/** A project of its own in the stand-in that the configuration of Jest has started. */
export const emptyProject = () => {
  const project = `test-${randomUUID()}`
  const address = `http://127.0.0.1:${process.env.TIDEMARK_TEST_STAND_IN}`
  const settings: BigquerySettings = {
    type: 'bigquery',
    schema: 'tidemark',
    project,
    location: 'EU',
    labels: {},
    apiEndpoint: address,
  }
  const ask = async <T>(path: string, method: string, body?: object): Promise<T> => {
    const answer = await fetch(`${address}/control/${project}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(await answer.text())
    return (await answer.json()) as T
  }
  return {
    settings,
    /** Plain DuckDB. */
    say: async (...statements: readonly string[]): Promise<readonly Said[]> =>
      (await ask<{ readonly rows: readonly Said[] }>('/say', 'POST', { statements })).rows,
    jobs: async (): Promise<readonly AskedJob[]> =>
      (await ask<{ readonly jobs: readonly AskedJob[] }>('/jobs', 'GET')).jobs,
    fail: (fault: Fault): Promise<object> => ask('/faults', 'POST', fault),
    destroy: async (): Promise<void> => {
      await ask('', 'DELETE')
    },
  }
}
