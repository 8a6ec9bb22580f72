import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { RunSummary } from '../../connector/commands/summary.ts'
import type { FaultRule, Simulator } from '../../connector/simulator/simulator.ts'
import {
  startSimulators,
  TIKTOK_SIMULATOR_ADVERTISER,
  TIKTOK_SIMULATOR_CREDENTIALS,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
} from '../../connector/simulator/simulator.ts'
import { type Ended, type Started, start } from './process.ts'

/** The parts of `tidemark.yml` that tests vary; each stands as it would in the file. */
export interface Parts {
  readonly head?: string
  readonly warehouse?: string
  readonly account?: string
  readonly xUrl?: string
  readonly tiktokUrl?: string
  /** Beside `access_token`. */
  readonly tiktokCredentials?: string
  readonly request?: string
  /** Requests a second of both; the platforms' own where it is empty. */
  readonly rate?: string
  readonly xFields?: string
  readonly segments?: string
}

const secrets: Readonly<Record<string, string>> = {
  X_CONSUMER_KEY: X_SIMULATOR_CREDENTIALS.consumerKey,
  X_CONSUMER_SECRET: X_SIMULATOR_CREDENTIALS.consumerSecret,
  X_ACCESS_TOKEN: X_SIMULATOR_CREDENTIALS.accessToken,
  X_ACCESS_TOKEN_SECRET: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
  TIKTOK_ACCESS_TOKEN: TIKTOK_SIMULATOR_CREDENTIALS.accessToken,
}

export const everyone = `everyone:
    relation: main.customers
    member_key: customer_id
    activate: [x, { destination: tiktok, guards: { min_members: 0 } }]`

/** A folder with a warehouse and a configuration, and both platforms. */
export class Project implements AsyncDisposable {
  readonly folder: string
  readonly x: Simulator
  readonly tiktok: Simulator
  readonly #stop: () => Promise<void>
  env: Record<string, string> = { ...secrets, PATH: process.env.PATH ?? '' }

  private constructor(folder: string, both: { x: Simulator; tiktok: Simulator; stop(): Promise<void> }) {
    this.folder = folder
    this.x = both.x
    this.tiktok = both.tiktok
    this.#stop = both.stop
  }

  /** With `customers(customer_id, email, phone)`, as many as asked for. */
  static async open(
    customers = 60,
    parts: Parts = {},
    options: Parameters<typeof startSimulators>[0] = {},
  ): Promise<Project> {
    const both = await startSimulators({
      x: { rateLimit: false, ...options.x },
      tiktok: { rateLimit: false, ...options.tiktok },
    })
    const project = new Project(await mkdtemp(join(tmpdir(), 'tidemark-cli-')), both)
    await project.query(`create table customers as select i as customer_id, 'person' || i || '@example.com' as email,
      '+336' || (10000000 + i) as phone from range(1, ${customers + 1}) t(i)`)
    await project.write(parts)
    return project
  }

  async write(parts: Parts = {}): Promise<void> {
    // Five processes begin at once on two cores, and the platforms answer from the process of the tests.
    const request = parts.request ?? '{ timeout_ms: 3000, quiet_ms: 3000 }'
    await writeFile(
      join(this.folder, 'tidemark.yml'),
      `${parts.head ?? 'version: 1'}
warehouse: ${parts.warehouse ?? '{ type: duckdb, path: w.duckdb, threads: 1 }'}
destinations:
  x:
    type: x_ads
    account_id: ${parts.account ?? X_SIMULATOR_ACCOUNT}
    credentials: { consumer_key: "\${X_CONSUMER_KEY}", consumer_secret: "\${X_CONSUMER_SECRET}", access_token: "\${X_ACCESS_TOKEN}", access_token_secret: "\${X_ACCESS_TOKEN_SECRET}" }
    base_url: ${parts.xUrl ?? this.x.url}
    rate_limit: { ${parts.rate ?? 'requests_per_second: 500'} }
    request: ${request}
    defaults: { fields: ${parts.xFields ?? '{ email: email, phone_number: phone }'} }
  tiktok:
    type: tiktok_ads
    advertiser_id: "${TIKTOK_SIMULATOR_ADVERTISER}"
    credentials: { access_token: "\${TIKTOK_ACCESS_TOKEN}"${parts.tiktokCredentials ?? ''} }
    base_url: ${parts.tiktokUrl ?? this.tiktok.url}
    rate_limit: { ${parts.rate ?? 'requests_per_second: 500'} }
    request: ${request}
    defaults: { fields: { email: email, phone: phone } }
segments:
  ${parts.segments ?? everyone}
`,
    )
  }

  get file(): string {
    return join(this.folder, 'w.duckdb')
  }

  /** Of the warehouse file, for what must not change a byte of it. */
  hash(): string {
    return createHash('sha256').update(readFileSync(this.file)).digest('hex')
  }

  start(...args: readonly string[]): Started {
    return start(args, this.folder, this.env)
  }

  run(...args: readonly string[]): Promise<Ended> {
    return this.start(...args).ended
  }

  /** Opens the file, asks, closes it: a command must find it free. Rows with values as JSON has them. */
  async query(sql: string): Promise<Record<string, unknown>[]> {
    const instance = await DuckDBInstance.create(this.file)
    const connection = await instance.connect()
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson()
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }

  /** Keeps the file open, as another program would, until the result is called. */
  async lock(): Promise<() => void> {
    const instance = await DuckDBInstance.create(this.file)
    return () => instance.closeSync()
  }

  /** What runs settle: ledger, events, audiences. Null before the first run. */
  async settled(): Promise<unknown> {
    if (!existsSync(this.file)) return null
    const tables = await this.query(`select table_schema, table_name from information_schema.tables
      where table_schema = 'tidemark' and table_name = 'membership_events'
        or table_schema = 'tidemark_state' and regexp_matches(table_name, '^(ledger_|due_|quarantine_)') order by all`)
    const dump: Record<string, unknown> = {}
    for (const { table_schema, table_name } of tables)
      dump[String(table_name)] = await this.query(`select * from "${table_schema}"."${table_name}" order by all`)
    return tables.length === 0 ? null : dump
  }

  /** What the platforms have. */
  held(): Record<string, string[]> {
    return Object.fromEntries(
      [this.x, this.tiktok].flatMap((platform) =>
        platform.audiences().map(({ id }) => [`${platform.platform}/${id}`, [...platform.identifiers(id)].sort()]),
      ),
    )
  }

  fault(...rules: readonly FaultRule[]): void {
    this.x.addFaults(rules)
    this.tiktok.addFaults(rules)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop()
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** The last line of standard output as the summary it must be. */
export const summaryOf = ({ stdout }: Ended): RunSummary => {
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as RunSummary
  if (summary.schema !== 'tidemark.summary/1') throw new Error('the last line is no summary')
  return summary
}

/** What platforms must hold of customers `from` to `to`: `type digest`. */
export const digestsOf = (from: number, to: number, types: readonly [email: string, phone: string]): string[] => {
  const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
  return Array.from({ length: to - from + 1 }, (_, i) => [
    `${types[0]} ${digest(`person${from + i}@example.com`)}`,
    `${types[1]} ${digest(`+336${10000000 + from + i}`)}`,
  ])
    .flat()
    .sort()
}
