import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'
import { duckdbDefaults, warehouseOver } from '../connector/warehouse/duckdb.ts'
import { openPostgres } from '../connector/warehouse/postgres.ts'
import type { Warehouse } from '../connector/warehouse/warehouse.ts'
import { startPostgres } from '../test/warehouse/postgres-server.ts'

/** A warehouse, and the hands of the benchmark on it. */
export interface Engine {
  /** Any number of statements of its own SQL. */
  say(text: string): Promise<void>
  rows(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** What runs say goes over a connection of their own. */
  connect(): Promise<Warehouse>
  /** Nothing of the last measurement is left to be done. */
  calm(): Promise<void>
  /** Whole numbers from 0. */
  numbers(upTo: number): string
  hex(bytes: string): string
  /** The statements of a section of its floor. */
  floor(section: string): string
  close(): Promise<void>
}

const floorIn = (file: string) => {
  const sections = new Map(
    readFileSync(join(import.meta.dirname, file), 'utf8')
      .split('-- section: ')
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf('\n')).trim(), text.slice(text.indexOf('\n'))] as const),
  )
  return (section: string): string => {
    const statements = sections.get(section)
    if (statements === undefined) throw new Error(`${file} has no section ${section}`)
    return statements
  }
}

const duckdb = async (): Promise<Engine> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'))
  const settings = { ...duckdbDefaults, memory_limit: '4GB', threads: '2' }
  const instance = await DuckDBInstance.create(join(folder, 'bench.duckdb'), settings)
  const connection = await instance.connect()
  return {
    say: async (text) => {
      await connection.run(text)
    },
    rows: async (text) => (await connection.runAndReadAll(text)).getRowObjects(),
    connect: () => warehouseOver(instance, false),
    calm: async () => {
      await connection.run('checkpoint')
    },
    numbers: (upTo) => `range(${upTo})`,
    hex: (bytes) => `lower(hex(${bytes}))`,
    floor: floorIn('floor.sql'),
    close: async () => {
      connection.closeSync()
      instance.closeSync()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A server of its own, with what its packages set; durable, as a real one is. */
const postgres = async (): Promise<Engine> => {
  const server = await startPostgres('newest')
  const { port, user, password } = server
  const where = { host: '127.0.0.1', port, user, password, database: 'postgres' }
  const client = new pg.Client(where)
  await client.connect()
  return {
    say: async (text) => {
      await client.query(text)
    },
    rows: async (text) => (await client.query(text)).rows,
    connect: () =>
      openPostgres({
        type: 'postgres',
        schema: 'tidemark',
        ...where,
        sslmode: 'disable',
        lockTimeoutMs: 30_000,
        unreachableTimeoutMs: 120_000,
      }),
    calm: async () => {
      await client.query('checkpoint')
    },
    numbers: (upTo) => `generate_series(0, ${upTo - 1})`,
    hex: (bytes) => `encode(${bytes}, 'hex')`,
    floor: floorIn('floor.postgres.sql'),
    close: async () => {
      await client.end()
      await server.stop()
    },
  }
}

export const engines = { duckdb, postgres } as const
