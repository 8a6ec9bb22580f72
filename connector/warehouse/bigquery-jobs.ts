import { randomUUID } from 'node:crypto'
import type { BigQuery, Job } from '@google-cloud/bigquery'
import pRetry, { AbortError } from 'p-retry'
import type { BigquerySettings } from '../config/activation.ts'
import { classified, isRepeated } from './bigquery-errors.ts'
import { type Row, WarehouseError } from './warehouse.ts'
import type { Watch } from './watch.ts'

/** One statement or script. */
export interface JobRequest {
  readonly step: string
  readonly sql: string
  readonly parameters: readonly (string | null)[]
  readonly labels: Readonly<Record<string, string>>
  /** Where temporary tables are: that of an earlier job, or a new one. */
  readonly session?: { readonly id: string } | 'new'
  /** Its rows are of no interest: what creates a table from a query would bring all of that. */
  readonly silent?: boolean
  /** A failure is final: what a transaction leaves behind in its session when it fails is not known. */
  readonly once?: boolean
  /** When it is over with whoever asks: nothing is tried again then. */
  readonly signal?: AbortSignal
  /** Only asks what would come out. */
  readonly dryRun?: boolean
}

export interface Field {
  readonly name: string
  readonly type: string
  readonly mode: string
}

export interface JobResult {
  /** Of the last SELECT. */
  readonly rows: readonly Row[]
  readonly fields: readonly Field[]
  /** By DML; 0 by anything else. */
  readonly affected: number
  readonly sessionId: string | null
}

/** Rows of one answer. */
const pageRows = 10_000

/** Whatever the project or the organization has as `default_time_zone` ("Manage configuration settings"). */
const inUtc = [{ key: 'time_zone', value: 'UTC' }]
const within = ({ id }: { readonly id: string }) => [{ key: 'session_id', value: id }]

interface Schema {
  readonly fields?: readonly { readonly name?: string; readonly type?: string; readonly mode?: string }[]
}
interface Metadata {
  readonly status?: { readonly errorResult?: unknown }
  readonly statistics?: {
    readonly query?: { readonly schema?: Schema }
    readonly sessionInfo?: { readonly sessionId?: string }
  }
}
interface Answer {
  readonly jobComplete?: boolean
  readonly schema?: Schema
  readonly totalRows?: string
  readonly numDmlAffectedRows?: string
}
type Page = readonly [rows: readonly RawRow[], next: object | null, answer: Answer]
type RawRow = { readonly f: readonly { readonly v: string | null }[] }

/** Runs jobs and waits for them. Throws WarehouseError. */
export class Jobs {
  readonly #client: BigQuery
  readonly #settings: BigquerySettings
  readonly #watch: Watch
  constructor(client: BigQuery, settings: BigquerySettings, watch: Watch) {
    this.#client = client
    this.#settings = settings
    this.#watch = watch
  }

  /**
   * A job that failed has changed nothing: where it was for want of something that comes back, another one is submitted.
   * Whether a submission arrived is not known when its answer is lost: under the same id it finds the first.
   */
  run(request: JobRequest): Promise<JobResult> {
    const newId = () => `tidemark_${request.step}_${randomUUID()}`
    let jobId = newId()
    const attempt = async (): Promise<JobResult> => {
      const job = await this.#submit(request, jobId)
      try {
        return await this.#outcome(request, job)
      } catch (error) {
        if (request.signal?.aborted || !(await hasFailed(job))) throw error
        if (request.once) throw new AbortError(this.#classified(request, error))
        jobId = newId()
        throw error
      }
    }
    const given = new AbortController()
    const signal = AbortSignal.any([given.signal, ...(request.signal === undefined ? [] : [request.signal])])
    const ask = () => patiently(attempt, (error) => this.#classified(request, error), signal)
    return this.#watch.over(request.step, ask, () => given.abort())
  }

  #classified({ step, sql }: JobRequest, error: unknown): WarehouseError {
    return classified(step, { settings: this.#settings, statement: sql }, error)
  }

  async #outcome({ step, session, dryRun, silent }: JobRequest, job: Job): Promise<JobResult> {
    if (dryRun) {
      const { statistics } = job.metadata as Metadata
      return { rows: [], fields: fieldsOf(statistics?.query?.schema), affected: 0, sessionId: null }
    }
    const result = silent ? await this.#end(job) : await this.#results(step, job)
    return { ...result, sessionId: session === 'new' ? await this.#sessionOf(step, job) : null }
  }

  async #submit({ sql, parameters, labels, session, dryRun }: JobRequest, jobId: string): Promise<Job> {
    const { location, maximumBytesBilled } = this.#settings
    const configuration = {
      labels: { ...this.#settings.labels, ...labels },
      ...(dryRun ? { dryRun } : {}),
      query: {
        query: sql,
        useLegacySql: false,
        ...(maximumBytesBilled === undefined ? {} : { maximumBytesBilled }),
        ...(parameters.length === 0 ? {} : { parameterMode: 'POSITIONAL', queryParameters: parameters.map(bound) }),
        ...(session === 'new' ? { createSession: true } : {}),
        connectionProperties: [...inUtc, ...(session && session !== 'new' ? within(session) : [])],
      },
    }
    try {
      const [job] = await this.#client.createJob({ jobId, location, configuration })
      return job
    } catch (error) {
      if (!isRepeated(error)) throw error
      return this.#client.job(jobId, { location })
    }
  }

  /** When it has ended, and what it touched. */
  async #end(job: Job): Promise<Omit<JobResult, 'sessionId'>> {
    for (;;) {
      const [, , said] = (await job.getQueryResults({ autoPaginate: false, maxResults: 0 })) as unknown as Page
      if (said.jobComplete) return { rows: [], fields: [], affected: Number(said.numDmlAffectedRows ?? 0) }
    }
  }

  async #results(step: string, job: Job): Promise<Omit<JobResult, 'sessionId'>> {
    const rows: Row[] = []
    let next: object | null = { autoPaginate: false, maxResults: pageRows, skipParsing: true }
    let answer: Answer = {}
    let fields: readonly Field[] = []
    while (next !== null) {
      const query: object = next
      const [page, following, said] = (await job.getQueryResults({ ...query })) as unknown as Page
      answer = said
      fields = fieldsOf(said.schema)
      rows.push(...page.map((row) => rowOf(fields, row)))
      next = following
    }
    if (rows.length !== Number(answer.totalRows ?? 0))
      throw new WarehouseError(
        'later',
        'warehouse_incomplete',
        step,
        `BigQuery gave ${rows.length} of ${answer.totalRows} rows, in step "${step}".`,
      )
    return { rows, fields, affected: Number(answer.numDmlAffectedRows ?? 0) }
  }

  async #sessionOf(step: string, job: Job): Promise<string> {
    const [{ statistics }] = (await job.getMetadata()) as unknown as [Metadata]
    const id = statistics?.sessionInfo?.sessionId
    if (id !== undefined) return id
    throw new WarehouseError('bug', 'warehouse_session', step, `BigQuery began no session, in step "${step}".`)
  }
}

/** Is it known to have failed? Then it runs no more, under this id. */
const hasFailed = async (job: Job): Promise<boolean> => {
  try {
    const [{ status }] = (await job.getMetadata()) as unknown as [Metadata]
    return status?.errorResult !== undefined
  } catch {
    return false
  }
}

const bound = (value: string | null) => ({
  parameterType: { type: 'STRING' },
  parameterValue: value === null ? {} : { value },
})

const fieldsOf = (schema: Schema | undefined): readonly Field[] =>
  (schema?.fields ?? []).map(({ name = '', type = '', mode = '' }) => ({ name, type, mode }))

const rowOf = (fields: readonly Field[], { f }: RawRow): Row =>
  Object.fromEntries(fields.map(({ name }, i) => [name, f[i]?.v ?? null]))

/** Of what comes back by itself. A conflict is another job's work of seconds. */
const worthAsking: ReadonlySet<string> = new Set(['warehouse_conflict', 'warehouse_unreachable', 'warehouse_quota'])

const patiently = <T>(
  work: () => Promise<T>,
  ours: (error: unknown) => WarehouseError,
  signal: AbortSignal,
): Promise<T> =>
  pRetry(
    async () => {
      try {
        return await work()
      } catch (error) {
        throw error instanceof AbortError ? error : ours(error)
      }
    },
    {
      retries: 5,
      minTimeout: 300,
      maxTimeout: 10_000,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => error instanceof WarehouseError && worthAsking.has(error.code),
    },
  )
