import { AsyncLocalStorage } from 'node:async_hooks'
import type { Connection, Column as DriverColumn } from 'snowflake-sdk'
import { snowflake } from '../../sql/dialect/snowflake.ts'
import type { SnowflakeSettings } from '../config/activation.ts'
import { type Asked, answers, connect, type Done, say } from './snowflake-connection.ts'
import { atAccount } from './snowflake-unreachable.ts'
import { tryState } from './trial.ts'
import { Turns } from './turns.ts'
import {
  type Column,
  isDefinition,
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

/** Opens a Snowflake account. Throws WarehouseError where nobody can log in. */
export const openSnowflake = async (settings: SnowflakeSettings, options: OpenOptions = {}): Promise<Warehouse> => {
  const connections = new Set<Connection>()
  const watch = new Watch({
    server: `Snowflake (${atAccount(settings)})`,
    timeoutMs: settings.unreachableTimeoutMs,
    answers: () => answers(connections),
    log: options.log,
  })
  return new SnowflakeWarehouse({ settings, connections, watch }, {}).ready()
}

/** What all sessions share. `connections`: those that are open. */
interface Account {
  readonly settings: SnowflakeSettings
  readonly connections: Set<Connection>
  readonly watch: Watch
}

/** One session. Scratch tables are temporary ones, which only the session sees and which go with it. */
class SnowflakeWarehouse implements Warehouse {
  readonly dialect = snowflake
  readonly opensAlone = false
  readonly #account: Account
  readonly #settings: SnowflakeSettings
  readonly #label: Label
  readonly #turns = new Turns()
  readonly #own = new AsyncLocalStorage<{ open: boolean }>()
  #connection: Connection | null = null
  #closed = false

  constructor(account: Account, label: Label) {
    this.#account = account
    this.#settings = account.settings
    this.#label = label
  }

  async ready(): Promise<this> {
    await this.#connected('open')
    return this
  }

  rows(step: string, statement: Statement): Promise<readonly Row[]> {
    return this.#inTurn(async () => {
      const { statement: done, rows } = await this.#say(step, statement)
      const expected = Number(done.getNumRows())
      if (rows.length === expected) return rows.map(textsOf)
      const says = `Snowflake gave ${rows.length} of ${expected} rows, in step "${step}".`
      throw new WarehouseError('later', 'warehouse_incomplete', step, says)
    })
  }

  columns(step: string, statement: Statement): Promise<readonly Column[]> {
    return this.#inTurn(async () => {
      const { statement: done } = await this.#say(step, statement, true)
      return (done.getColumns() ?? []).map((column) => ({
        name: column.getName(),
        type: column.getType(),
        asText: isText(column),
        ...(column.getType().toUpperCase() === 'BINARY' ? { bytes: true } : {}),
      }))
    })
  }

  execute(step: string, statement: Statement): Promise<number> {
    return this.#inTurn(async () => affected(await this.#say(step, statement)))
  }

  /** Definitions first, for each of them would commit what is open. */
  transaction(step: string, parts: readonly TransactionPart[]): Promise<boolean> {
    return this.#inTurn(async () => {
      const definition = (part: TransactionPart): boolean =>
        !('late' in part) && isDefinition(this.dialect.compile(written(part).statement).sql)
      for (const part of parts.filter(definition)) await this.#say(step, written(part).statement)
      await this.#plain(step, 'begin transaction')
      try {
        const whole = await this.#all(
          step,
          parts.filter((part) => !definition(part)),
        )
        await this.#plain(step, whole ? 'commit' : 'rollback')
        return whole
      } catch (error) {
        // A statement that fails leaves the transaction open, and what went before could be committed.
        await this.#rollBack(step)
        throw error
      }
    })
  }

  async #all(step: string, parts: readonly TransactionPart[]): Promise<boolean> {
    for (const part of parts) {
      const { statement, exactly } = written(part)
      const touched = affected(await this.#say(step, statement))
      if (exactly !== undefined && touched !== exactly) return false
    }
    return true
  }

  /** A session that does not roll back is given up, and with it what is open in it. */
  async #rollBack(step: string): Promise<void> {
    try {
      await this.#plain(step, 'rollback')
    } catch {
      await this.#leave()
    }
  }

  /** What runs within `work` is not in anybody's way: others wait. */
  withScratch<T>(work: () => Promise<T>): Promise<T> {
    if (this.#own.getStore()?.open) return work()
    return this.#turns.take(async () => {
      const own = { open: true }
      try {
        return await this.#own.run(own, work)
      } finally {
        own.open = false
      }
    })
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#own.getStore()?.open ? work() : this.#turns.take(work)
  }

  #plain(step: string, sqlText: string): Promise<Done> {
    return this.#ask(step, { sqlText })
  }

  async #say(step: string, statement: Statement, describeOnly = false): Promise<Done> {
    const { sql, parameters } = this.dialect.compile(statement)
    return this.#ask(step, { sqlText: sql, binds: parameters, describeOnly })
  }

  /** A session of an account that is silent for too long is given up. */
  async #ask(step: string, asked: Asked): Promise<Done> {
    const connection = await this.#connected(step)
    const session = { connection, settings: this.#settings }
    const ask = () => say(session, step, { ...asked, tag: this.#tag(step) })
    return this.#account.watch.over(step, ask, () => this.#abandon())
  }

  #abandon(): void {
    if (this.#connection !== null) this.#account.connections.delete(this.#connection)
    this.#connection = null
  }

  /** As JSON, which QUERY_HISTORY can take apart. */
  #tag(step: string): string {
    const { activation, runId } = this.#label
    const given = this.#settings.queryTag === undefined ? {} : { tag: this.#settings.queryTag }
    return JSON.stringify({ app: 'tidemark', step, activation, run: runId, ...given }).slice(0, mostTag)
  }

  /** The session; a new one where the last has ended. */
  async #connected(step: string): Promise<Connection> {
    if (this.#closed)
      throw new WarehouseError('bug', 'warehouse_closed', step, `The warehouse is closed, in step "${step}".`)
    if (this.#connection?.isUp()) return this.#connection
    const { connections, watch } = this.#account
    const fresh = await watch.over(step, () =>
      connect(this.#settings).catch((error: unknown) => {
        throw error instanceof WarehouseError ? error.at(step) : error
      }),
    )
    if (this.#connection !== null) connections.delete(this.#connection)
    connections.add(fresh)
    this.#connection = fresh
    return fresh
  }

  rehearse(): Promise<void> {
    return tryState(this, this.#settings.schema)
  }

  another(label: Label = {}): Promise<Warehouse> {
    return new SnowflakeWarehouse(this.#account, label).ready()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#leave()
  }

  async #leave(): Promise<void> {
    const connection = this.#connection
    this.#abandon()
    if (connection === null) return
    await this.#account.watch.close(() => new Promise<void>((resolve) => connection.destroy(() => resolve())))
  }
}

/** Characters of a query tag ("Parameters, QUERY_TAG"). */
const mostTag = 2000

const affected = ({ statement }: Done): number => Math.max(0, statement.getNumUpdatedRows() ?? 0)

/** Names of ours are in lower case everywhere but in Snowflake. */
const textsOf = (row: Readonly<Record<string, unknown>>): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.toLowerCase(),
      value === null || value === undefined ? null : String(value),
    ]),
  )

/** Types of one text a value: what a cast of them to text gives is no matter of format. */
const isText = (column: DriverColumn): boolean =>
  column.isString() || (column.getType().toUpperCase() === 'FIXED' && column.getScale() === 0)
