import { AsyncLocalStorage } from 'node:async_hooks'
import pRetry from 'p-retry'
import type pg from 'pg'
import { postgres } from '../../sql/dialect/postgres.ts'
import type { PostgresSettings } from '../config/activation.ts'
import { columnsOf } from './postgres-columns.ts'
import { answers, connect, isAlive, leave, targetOf } from './postgres-connection.ts'
import { classified, type Saying } from './postgres-errors.ts'
import { filledTable } from './postgres-filled.ts'
import { askServer, lacksOf, type Server } from './postgres-server.ts'
import { atServer } from './postgres-unreachable.ts'
import { undone } from './rehearsal.ts'
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
  written,
} from './warehouse.ts'
import { Watch } from './watch.ts'

/** Opens a PostgreSQL database, 15 or newer. Throws WarehouseError where it cannot keep what SQL of ours relies on. */
export const openPostgres = async (settings: PostgresSettings, options: OpenOptions = {}): Promise<Warehouse> => {
  const watch = new Watch({
    server: `PostgreSQL (${atServer(targetOf(settings))})`,
    timeoutMs: settings.unreachableTimeoutMs,
    answers: () => answers(settings),
    log: options.log,
  })
  const warehouse = new PostgresWarehouse(settings, {}, watch)
  try {
    await warehouse.check()
  } catch (error) {
    await warehouse.close()
    throw error
  }
  return warehouse
}

/**
 * One connection. Nothing of it outlives a transaction, no prepared statement, setting or temporary table, so that it also
 * works behind a pooler that gives each transaction another session.
 */
class PostgresWarehouse implements Warehouse {
  readonly dialect = postgres
  readonly opensAlone = false
  readonly #settings: PostgresSettings
  readonly #label: string
  readonly #watch: Watch
  #client: pg.Client | null = null
  #inTransaction = false
  #closed = false
  readonly #turns = new Turns()
  readonly #scratch = new AsyncLocalStorage<{ open: boolean }>()

  constructor(settings: PostgresSettings, label: Label, watch: Watch) {
    this.#settings = settings
    this.#watch = watch
    const { activation, runId } = label
    // No text from outside but names, and those without what would end a comment.
    this.#label = [...(activation ? [`activation=${activation}`] : []), ...(runId ? [`run=${runId}`] : [])]
      .join(' ')
      .replaceAll(/[^\w .=-]/g, '')
  }

  /** Throws where the server is too old, or writes or compares texts otherwise than SQL of ours expects. */
  async check(): Promise<void> {
    const client = await this.#connected('open')
    const { rows } = await this.#ask('open', client, () => client.query<Server>(askServer))
    const wrong = lacksOf(rows[0])
    if (wrong.length === 0) return
    const says = `The PostgreSQL server ${wrong.join('; it ')}.`
    throw new WarehouseError('configuration', 'warehouse_unfit', 'open', says)
  }

  rows(step: string, statement: Statement): Promise<readonly Row[]> {
    return this.#inTurn(step, async () => (await this.#say(step, statement)).rows)
  }

  columns(step: string, statement: Statement): Promise<readonly Column[]> {
    return this.#inTurn(step, async () => {
      const { fields } = await this.#say(step, statement)
      const client = await this.#connected(step)
      return this.#ask(step, client, () => columnsOf(client, fields))
    })
  }

  execute(step: string, statement: Statement): Promise<number> {
    return this.#inTurn(step, async () => (await this.#say(step, statement)).rowCount ?? 0)
  }

  transaction(step: string, statements: readonly TransactionPart[]): Promise<boolean> {
    return this.#inTurn(step, async () => {
      const whole = await this.#all(step, statements)
      if (!whole) await this.#rollBack()
      return whole
    })
  }

  /** In a transaction of its own, when its turn has come; within a scratch transaction at once. */
  #inTurn<T>(step: string, work: () => Promise<T>): Promise<T> {
    if (this.#scratch.getStore()?.open) return work()
    return this.#turns.take(() => onceMore(() => this.#within(step, work)))
  }

  async #all(step: string, statements: readonly TransactionPart[]): Promise<boolean> {
    for (const part of statements) {
      const { statement, exactly } = written(part)
      const { rowCount } = await this.#say(step, statement)
      if (exactly !== undefined && rowCount !== exactly) return false
    }
    return true
  }

  /** One transaction: temporary tables are dropped with it. */
  withScratch<T>(work: () => Promise<T>): Promise<T> {
    if (this.#scratch.getStore()?.open) return work()
    return this.#turns.take(async () => {
      const scratch = { open: true }
      try {
        return await this.#within('scratch', () => this.#scratch.run(scratch, work))
      } finally {
        scratch.open = false
      }
    })
  }

  /** One transaction, and definitions are part of it. */
  rehearse(work: () => Promise<void>): Promise<void> {
    return undone((inside) => this.withScratch(inside), work)
  }

  async #within<T>(step: string, work: () => Promise<T>): Promise<T> {
    const client = await this.#connected(step)
    const timeout = Math.round(this.#settings.lockTimeoutMs)
    // Of this transaction: a pooler may have given the session to somebody else before, and will again.
    const begin = `begin; set local lock_timeout = ${timeout}; set local time zone 'UTC'`
    await this.#ask(step, client, () => client.query(begin))
    this.#inTransaction = true
    try {
      const result = await work()
      if (this.#inTransaction) await this.#commit(step, client)
      return result
    } catch (error) {
      await this.#rollBack()
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  /** A transaction in which a statement failed answers COMMIT with ROLLBACK, and with no error. */
  async #commit(step: string, client: pg.Client): Promise<void> {
    const { command } = await this.#ask(step, client, () => client.query('commit'))
    if (command === 'COMMIT') return
    const says = `PostgreSQL rolled a transaction back in which a statement had failed, in step "${step}".`
    throw new WarehouseError('later', 'warehouse_rolled_back', step, says)
  }

  /** A connection that broke has rolled back already. */
  async #rollBack(): Promise<void> {
    this.#inTransaction = false
    const client = this.#client
    if (client === null || !isAlive(client)) return
    await this.#ask('rollback', client, () => client.query('rollback')).catch(() => leave(client))
  }

  async #say(step: string, statement: Statement): Promise<pg.QueryResult<Record<string, string | null>>> {
    const { sql, parameters } = this.dialect.compile(statement)
    const client = await this.#connected(step)
    const before = `/* tidemark step=${step}${this.#label ? ` ${this.#label}` : ''} */ `
    // Extended even without parameters: the simple way would run several statements, whatever they do.
    const query = { text: before + sql, values: [...parameters], queryMode: 'extended' as const }
    const say = async () => {
      const result = await client.query<Record<string, string | null>>(query)
      const filled = filledTable(sql, this.#settings.schema, result.rowCount ?? 0)
      // A vacuum that is at work on the table analyses it itself, and nothing may fail because of it.
      if (filled !== null) await client.query(`analyze (skip_locked) ${filled}`)
      return result
    }
    return this.#ask(step, client, say, { statement: sql, before })
  }

  /** A connection to a server that is silent for too long is given up. */
  #ask<T>(step: string, client: pg.Client, work: () => Promise<T>, saying: Partial<Saying> = {}): Promise<T> {
    const ask = () => classified(step, { target: client, ...saying }, work)
    return this.#watch.over(step, ask, () => leave(client))
  }

  /** The connection; a new one where the last has broken, but never in the middle of a transaction. */
  async #connected(step: string): Promise<pg.Client> {
    if (this.#closed)
      throw new WarehouseError('bug', 'warehouse_closed', step, `The warehouse is closed, in step "${step}".`)
    const client = this.#client
    if (client !== null && (this.#inTransaction || isAlive(client))) return client
    this.#client = null
    const fresh = await this.#watch.over(step, () =>
      connect(this.#settings).catch((error: unknown) => {
        throw error instanceof WarehouseError ? error.at(step) : error
      }),
    )
    this.#client = fresh
    return fresh
  }

  async another(label: Label = {}): Promise<Warehouse> {
    const other = new PostgresWarehouse(this.#settings, label, this.#watch)
    await other.#connected('open')
    return other
  }

  async close(): Promise<void> {
    this.#closed = true
    const client = this.#client
    this.#client = null
    if (client === null) return
    const end = () => client.end().catch(() => undefined)
    await this.#watch.close(end, () => leave(client))
  }
}

/** What was raced against another session has changed nothing; the second time it is there, or gone, or ours. */
const onceMore = <T>(work: () => Promise<T>): Promise<T> =>
  pRetry(work, {
    retries: 8,
    minTimeout: 10,
    maxTimeout: 200,
    randomize: true,
    shouldRetry: ({ error }) =>
      error instanceof WarehouseError && ['warehouse_conflict', 'warehouse_exists'].includes(error.code),
  })
