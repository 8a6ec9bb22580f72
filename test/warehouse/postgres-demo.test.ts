import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Day } from '../../connector/demo/days.ts'
import { start } from '../cli/process.ts'
import { emptyDatabase } from './postgres-database.ts'

interface Told {
  readonly equal: boolean
  readonly days: readonly Day[]
}

test('the demo ends equal on PostgreSQL, with the counts that it has on DuckDB', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-demo-'))
  const database = await emptyDatabase()
  const { host, port, user, password } = database.settings
  const environment = {
    PATH: process.env.PATH ?? '',
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database.settings.database,
  }
  const demo = async (warehouse: string): Promise<Told> => {
    const options = ['--warehouse', warehouse, '--folder', join(folder, warehouse), '--customers', '1500', '--json']
    const { code, stdout, stderr } = await start(['demo', ...options], folder, environment).ended
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout)
  }
  try {
    const [onDuckdb, onPostgres] = [await demo('duckdb'), await demo('postgres')]
    expect([onDuckdb.equal, onPostgres.equal]).toEqual([true, true])
    // When the killed run dies is a matter of time, and so is what is left for the next.
    const counts = ({ days }: Told) =>
      days.map(({ check, runs }, day) => [
        check,
        day === 1
          ? null
          : runs.map(({ members, added, removed, rejected, requests }) => [
              members,
              added,
              removed,
              rejected,
              requests,
            ]),
      ])
    expect(counts(onPostgres)).toEqual(counts(onDuckdb))
  } finally {
    await database.destroy()
    rmSync(folder, { recursive: true, force: true })
  }
}, 180_000)
