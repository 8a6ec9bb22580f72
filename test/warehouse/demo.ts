import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import type { Day } from '../../connector/demo/days.ts'
import { start } from '../cli/process.ts'

interface Told {
  readonly equal: boolean
  readonly days: readonly Day[]
}

/** The demo on this warehouse ends equal, with the counts that it has on DuckDB. */
export const expectSameDemo = async (warehouse: string, of: Readonly<Record<string, string>>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-demo-'))
  const environment = { PATH: process.env.PATH ?? '', ...of }
  const demo = async (on: string): Promise<Told> => {
    const options = ['--warehouse', on, '--folder', join(folder, on), '--customers', '1500', '--json']
    const { code, stdout, stderr } = await start(['demo', ...options], folder, environment).ended
    // The whole of what it says: a bare exit code tells nobody what went wrong.
    expect({ code, stderr, ...JSON.parse(stdout || '{}') }).toMatchObject({ code: 0, stderr: '', error: null })
    return JSON.parse(stdout)
  }
  try {
    const [onDuckdb, there] = [await demo('duckdb'), await demo(warehouse)]
    expect([onDuckdb.equal, there.equal]).toEqual([true, true])
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
    expect(counts(there)).toEqual(counts(onDuckdb))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
