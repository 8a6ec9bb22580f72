import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { openBigquery } from '../../connector/warehouse/bigquery.ts'
import { warehouseOver } from '../../connector/warehouse/duckdb.ts'
import { openPostgres } from '../../connector/warehouse/postgres.ts'
import { openSnowflake } from '../../connector/warehouse/snowflake.ts'
import type { Warehouse } from '../../connector/warehouse/warehouse.ts'
import { emptyProject } from './bigquery-project.ts'
import { emptyDatabase, type Said } from './postgres-database.ts'
import { emptyAccount } from './snowflake-account.ts'
import type { AskedJob } from './stand-in-control.ts'

/** A warehouse of its own for one test, without anything in it. */
export interface EmptyWarehouse {
  /** The first part of names of three. */
  readonly catalogue: string
  /** A new connection; closing it does not close the warehouse. */
  connect(): Promise<Warehouse>
  /** Plain SQL on a connection of its own; the rows of the last statement. */
  say(...statements: readonly string[]): Promise<readonly Said[]>
  /** What was asked so far, where a stand-in notes it. */
  jobs?(): Promise<readonly AskedJob[]>
  destroy(): Promise<void>
}

/** One that processes can open. */
export interface SharedWarehouse extends Omit<EmptyWarehouse, 'connect' | 'catalogue'> {
  /** As `warehouse` of a tidemark.yml in the folder. */
  readonly configuration: Readonly<Record<string, unknown>>
  /** What processes need in their environment for it. */
  readonly environment: Readonly<Record<string, string>>
  /** Does opening it prove that no other process has it open? */
  readonly opensAlone: boolean
}

export interface EmptyOptions {
  /** Does having opened it prove that no other runner lives? Where a warehouse can prove it at all. */
  readonly alone?: boolean
  /** Threads of the engine, where it runs in this process. */
  readonly threads?: string
}

/** How a warehouse writes down what tests say in plain SQL. */
interface Words {
  /** A table of a test's own that statements read. */
  readonly scratch: 'temp table' | 'table'
  hex(bytes: string): string
  bytes(hex: string): string
  sha256(text: string): string
  /** The text whose UTF-8 this hex is. */
  text(hex: string): string
  readonly holdsNul: boolean
  /** What stands behind a column that is computed from another. */
  computed(expression: string): string
  numbers(upTo: number): string
  /** Of this number, of the type of fingerprints. */
  fingerprint(n: number): string
  /** The same cast to text. */
  printed(n: number): string
  /** Sixteen bytes of MD5 as a fingerprint, cast to text. */
  md5(bytes: Buffer): string
  /** A collation to which case and accents are all the same, and what makes it. */
  readonly blind: string
  readonly makeBlind: readonly string[]
}

interface UnderTest {
  readonly words: Words
  empty(options: EmptyOptions): Promise<EmptyWarehouse>
  /** `folder`: where files of it may stand. */
  shared(folder: string): Promise<SharedWarehouse>
}

const sayToDuckdb = async (instance: DuckDBInstance, statements: readonly string[]): Promise<readonly Said[]> => {
  const connection = await instance.connect()
  try {
    let rows: Said[] = []
    for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRowObjects() as Said[]
    return rows
  } finally {
    connection.closeSync()
  }
}

const uuidOf = (n: number): string => `00000000-0000-0000-0000-${n.toString(16).padStart(12, '0')}`
const passwordVariable = 'WAREHOUSE_PASSWORD'

const wordsOfDuckdb: Words = {
  scratch: 'temp table',
  hex: (bytes) => `lower(hex(${bytes}))`,
  bytes: (hex) => `unhex('${hex}')`,
  sha256: (text) => `sha256(${text})`,
  text: (hex) => `decode(unhex(${hex}))`,
  holdsNul: true,
  computed: (expression) => `as (${expression})`,
  numbers: (upTo) => `range(${upTo})`,
  fingerprint: (n) => `${n}::uhugeint`,
  printed: (n) => String(n),
  // It reads them from the last to the first.
  md5: (bytes) => String(BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)),
  blind: 'nocase.noaccent',
  makeBlind: [],
}

/** As DuckDB prints bytes. */
const printedBytes = (bytes: Buffer): string =>
  [...bytes]
    .map((byte) =>
      byte >= 32 && byte < 127 && byte !== 92
        ? String.fromCharCode(byte)
        : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('')
const sixteenBytes = (n: number): string => n.toString(16).padStart(32, '0')

/** Over DuckDB, with fingerprints that are bytes. */
const wordsOfStandIn: Words = {
  ...wordsOfDuckdb,
  scratch: 'table',
  // What both DuckDB and GoogleSQL know.
  hex: (bytes) => `to_hex(${bytes})`,
  bytes: (hex) => `from_hex('${hex}')`,
  text: (hex) => `safe_convert_bytes_to_string(from_hex(${hex}))`,
  fingerprint: (n) => `unhex('${sixteenBytes(n)}')`,
  printed: (n) => printedBytes(Buffer.from(sixteenBytes(n), 'hex')),
  md5: printedBytes,
}

const kinds = {
  duckdb: {
    words: wordsOfDuckdb,
    empty: async ({ alone = true, threads }) => {
      const instance = await DuckDBInstance.create(':memory:', threads === undefined ? {} : { threads })
      const first = await warehouseOver(instance, alone)
      return {
        catalogue: 'memory',
        connect: () => first.another(),
        say: (...statements) => sayToDuckdb(instance, statements),
        destroy: async () => {
          await first.close()
          if (!alone) instance.closeSync()
        },
      }
    },
    shared: async (folder) => ({
      configuration: { type: 'duckdb', path: 'w.duckdb', threads: 1 },
      environment: {},
      opensAlone: true,
      // Opens the file and closes it again: a run must find it free.
      say: async (...statements) => {
        const instance = await DuckDBInstance.create(join(folder, 'w.duckdb'), { threads: '1' })
        try {
          return await sayToDuckdb(instance, statements)
        } finally {
          instance.closeSync()
        }
      },
      destroy: async () => undefined,
    }),
  },
  postgres: {
    words: {
      scratch: 'temp table',
      hex: (bytes) => `encode(${bytes}, 'hex')`,
      bytes: (hex) => `decode('${hex}', 'hex')`,
      sha256: (text) => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`,
      text: (hex) => `convert_from(decode(${hex}, 'hex'), 'UTF8')`,
      holdsNul: false,
      computed: (expression) => `generated always as (${expression}) stored`,
      numbers: (upTo) => `generate_series(0, ${upTo - 1})`,
      fingerprint: (n) => `'${uuidOf(n)}'::uuid`,
      printed: (n) => uuidOf(n),
      md5: (bytes) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
      blind: 'blind',
      makeBlind: ["create collation blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"],
    },
    empty: async () => {
      const { say, destroy, settings } = await emptyDatabase()
      return { say, destroy, catalogue: settings.database, connect: () => openPostgres(settings) }
    },
    shared: async () => {
      const { say, destroy, settings } = await emptyDatabase()
      const { host, port, user, password, database, sslmode } = settings
      return {
        say,
        destroy,
        configuration: { type: 'postgres', host, port, user, database, sslmode, password: `\${${passwordVariable}}` },
        environment: { [passwordVariable]: password },
        opensAlone: false,
      }
    },
  },
  bigquery: {
    words: wordsOfStandIn,
    empty: async () => {
      const { say, jobs, destroy, settings } = emptyProject()
      return { say, jobs, destroy, catalogue: settings.project, connect: () => openBigquery(settings) }
    },
    shared: async () => {
      const { say, destroy, settings } = emptyProject()
      const { project, location, apiEndpoint } = settings
      return {
        say,
        destroy,
        configuration: { type: 'bigquery', project, location, api_endpoint: apiEndpoint },
        environment: {},
        opensAlone: false,
      }
    },
  },
  snowflake: {
    words: wordsOfStandIn,
    empty: async () => {
      const { say, jobs, destroy, settings } = emptyAccount()
      const first = await openSnowflake(settings)
      return {
        say,
        jobs,
        catalogue: settings.database,
        connect: () => openSnowflake(settings),
        destroy: async () => {
          await first.close()
          await destroy()
        },
      }
    },
    shared: async () => {
      const { say, destroy, settings } = emptyAccount()
      const { account, user, database, accessUrl } = settings
      // A database is there when somebody has logged in to it.
      await (await openSnowflake(settings)).close()
      return {
        say,
        destroy,
        configuration: {
          type: 'snowflake',
          account,
          user,
          database,
          access_url: accessUrl,
          password: `\${${passwordVariable}}`,
        },
        environment: { [passwordVariable]: 'only-for-tests' },
        opensAlone: false,
      }
    },
  },
} as const satisfies Readonly<Record<string, UnderTest>>

/** Set by the configuration of Jest: every suite over warehouses is run once for each. */
export const underTest =
  (globalThis as { readonly warehouseUnderTest?: keyof typeof kinds }).warehouseUnderTest ?? 'duckdb'

export const { words }: UnderTest = kinds[underTest]

export const emptyWarehouse = (options: EmptyOptions = {}): Promise<EmptyWarehouse> =>
  (kinds[underTest] as UnderTest).empty(options)

export const sharedWarehouse = (folder: string): Promise<SharedWarehouse> =>
  (kinds[underTest] as UnderTest).shared(folder)
