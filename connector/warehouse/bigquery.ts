import { AsyncLocalStorage } from 'node:async_hooks'
import { bigquery } from '../../sql/dialect/bigquery.ts'
import type { BigquerySettings } from '../config/activation.ts'
import { answers, connect } from './bigquery-client.ts'
import { atProject } from './bigquery-errors.ts'
import { type Field, type JobRequest, type JobResult, Jobs } from './bigquery-jobs.ts'
import { scriptOf } from './bigquery-script.ts'
import { tryState } from './trial.ts'
import { Turns } from './turns.ts'
import {
  type Column,
  type Label,
  type OpenOptions,
  type Row,
  type Statement,
  type TransactionPart,
  type Warehouse,
  WarehouseError,
} from './warehouse.ts'
import { Watch } from './watch.ts'

/** Opens BigQuery. Throws WarehouseError where the credentials, the project or the location are no good. */
export const openBigquery = async (settings: BigquerySettings, options: OpenOptions = {}): Promise<Warehouse> => {
  const client = await connect(settings)
  const watch = new Watch({
    server: `BigQuery (${atProject(settings)})`,
    timeoutMs: settings.unreachableTimeoutMs,
    answers: () => answers(client),
    log: options.log,
  })
  const jobs = new Jobs(client, settings, watch)
  await jobs.run({ step: 'open', sql: 'select 1', parameters: [], labels: {}, dryRun: true })
  return new BigqueryWarehouse(jobs, settings.schema, {})
}

/** A session, in which temporary tables are; it comes into being with its first job. One job at a time. */
interface Session {
  open: boolean
  id: string | null
  readonly turns: Turns
}

class BigqueryWarehouse implements Warehouse {
  readonly dialect = bigquery
  readonly opensAlone = false
  readonly #jobs: Jobs
  readonly #schema: string
  readonly #labels: Readonly<Record<string, string>>
  readonly #scratch = new AsyncLocalStorage<Session>()
  readonly #over = new AbortController()

  constructor(jobs: Jobs, schema: string, { activation, runId }: Label) {
    this.#jobs = jobs
    this.#schema = schema
    this.#labels = {
      ...(activation ? { tidemark_activation: labelValue(activation) } : {}),
      ...(runId ? { tidemark_run: labelValue(runId) } : {}),
    }
  }

  async rows(step: string, statement: Statement): Promise<readonly Row[]> {
    return (await this.#run(this.#request(step, statement))).rows
  }

  async columns(step: string, statement: Statement): Promise<readonly Column[]> {
    const { fields } = await this.#jobs.run({ ...this.#request(step, statement), dryRun: true })
    return fields.map((field) => ({
      name: field.name,
      type: field.type.toLowerCase(),
      asText: isText(field),
      ...(field.type === 'BYTES' && field.mode !== 'REPEATED' ? { bytes: true } : {}),
    }))
  }

  async execute(step: string, statement: Statement): Promise<number> {
    return (await this.#run({ ...this.#request(step, statement), silent: true })).affected
  }

  /** One script. What it answers is read: a transaction of which nobody said that it was committed was not. */
  async transaction(step: string, parts: readonly TransactionPart[]): Promise<boolean> {
    const once = this.#scratch.getStore()?.open ?? false
    const { rows } = await this.#run({ ...this.#about(step), once, ...scriptOf(this.dialect, parts) })
    const outcome = rows[0]?.outcome
    if (outcome === 'committed') return true
    if (outcome === 'rolled_back') return false
    throw new WarehouseError('later', 'warehouse_rolled_back', step, `BigQuery did not commit, in step "${step}".`)
  }

  #request(step: string, statement: Statement): JobRequest {
    return { ...this.#about(step), ...this.dialect.compile(statement) }
  }

  /** What every job bears. */
  #about(step: string): Pick<JobRequest, 'step' | 'labels' | 'signal'> {
    return { step, labels: { ...this.#labels, tidemark_step: labelValue(step) }, signal: this.#over.signal }
  }

  #run(request: JobRequest): Promise<JobResult> {
    const session = this.#scratch.getStore()
    if (!session?.open) return this.#jobs.run(request)
    return session.turns.take(async () => {
      const result = await this.#jobs.run({ ...request, session: session.id === null ? 'new' : { id: session.id } })
      session.id ??= result.sessionId
      return result
    })
  }

  /** One session: its temporary tables go with it, and a transaction that is open in it. */
  async withScratch<T>(work: () => Promise<T>): Promise<T> {
    if (this.#scratch.getStore()?.open) return work()
    const session: Session = { open: true, id: null, turns: new Turns() }
    try {
      return await this.#scratch.run(session, work)
    } finally {
      session.open = false
      await session.turns.take(() => this.#end(session))
    }
  }

  /** What cannot be ended ends by itself, a day later. */
  async #end({ id }: Session): Promise<void> {
    if (id === null) return
    const request = { sql: 'call bq.abort_session()', parameters: [], session: { id } }
    await this.#jobs.run({ ...this.#about('end_session'), ...request }).catch(() => undefined)
  }

  rehearse(): Promise<void> {
    return tryState(this, this.#schema)
  }

  another(label: Label = {}): Promise<Warehouse> {
    return Promise.resolve(new BigqueryWarehouse(this.#jobs, this.#schema, label))
  }

  close(): Promise<void> {
    this.#over.abort(new WarehouseError('bug', 'warehouse_closed', 'close', 'The warehouse is closed.'))
    return Promise.resolve()
  }
}

/** Lower-case letters, digits, dashes and underscores, 63 at most ("Requirements for labels"). */
const labelValue = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{Ll}\p{Lo}\p{N}_-]/gu, '_')
    .slice(0, 63)

/** Types of one text a value: what a cast of them to STRING gives is no matter of format. */
const texts: ReadonlySet<string> = new Set(['STRING', 'INTEGER', 'INT64'])
const isText = ({ type, mode }: Field): boolean => texts.has(type) && mode !== 'REPEATED'
