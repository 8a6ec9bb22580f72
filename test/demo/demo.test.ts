import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Day } from '../../connector/demo/days.ts'
import { start } from '../cli/process.ts'
import { summaryOf } from '../cli/project.ts'
import { startSimulate } from '../cli/simulate.ts'

const cli = join(import.meta.dirname, '../../connector/cli.ts')
let parent: string
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'tidemark-demo-'))
})
afterAll(() => rm(parent, { recursive: true, force: true }))

/** The command as people start it; standard output is a pipe. */
const demo = async (...options: string[]) => {
  const child = spawn(process.execPath, [cli, 'demo', ...options], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit')
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), exit])
  return { out, errors, code: code as number }
}

/** What its README says: the simulators go on with their audiences, and a run with what changed since. */
const goesOn = async (folder: string): Promise<void> => {
  const simulators = await startSimulate(folder, '--state', 'platforms.json')
  const env = { PATH: process.env.PATH ?? '', ...simulators.said.environment }
  try {
    const change = spawn(
      process.execPath,
      ['sql.mjs', 'update customers set newsletter = not newsletter where customer_id % 100 = 50'],
      { cwd: folder, env, stdio: 'ignore' },
    )
    expect((await once(change, 'exit'))[0]).toBe(0)
    const ran = await start(['run', '--all'], folder, env).ended
    expect(ran.code).toBe(0)
    const changed = summaryOf(ran).activations.filter(
      ({ members_added: added, members_removed: removed }) => added + removed > 0,
    )
    expect(changed.map(({ activation }) => activation).sort()).toEqual(['newsletter.tiktok', 'newsletter.x'])
  } finally {
    await simulators.end()
  }
}

describe('tidemark demo', () => {
  test('ends with three equal days, the last without a request, and a killed run healed', async () => {
    const folder = join(parent, 'new', 'demo')
    const { out, errors, code } = await demo('--folder', folder, '--customers', '2000', '--json')
    expect(errors).toBe('')
    const { schema, equal, days } = JSON.parse(out) as { schema: string; equal: boolean; days: readonly Day[] }
    expect({ schema, equal, code }).toEqual({ schema: 'tidemark.demo/1', equal: true, code: 0 })
    expect(days.map((day) => day.equal)).toEqual([true, true, true])
    const [first, second, third] = days
    expect(first?.runs).toHaveLength(4)
    expect(first?.check.every(({ expected }) => expected > 500)).toBe(true)
    expect(second?.killed?.requests['high_value.tiktok']).toBeGreaterThan(0)
    expect(second?.killed?.check.some(({ missing, unexpected }) => missing + unexpected > 0)).toBe(true)
    expect(second?.check.every(({ missing, unexpected }) => missing === 0 && unexpected === 0)).toBe(true)
    expect(third?.requests).toBe(0)

    expect((await readdir(folder)).sort()).toEqual(
      [
        '.tidemark-demo',
        'README.md',
        'environment',
        'platforms.json',
        'sql.mjs',
        'tidemark.yml',
        'warehouse.duckdb',
      ].sort(),
    )
    expect(await readFile(join(folder, 'tidemark.yml'), 'utf8')).not.toContain('sim-')
    expect(await readFile(join(folder, 'environment'), 'utf8')).toContain('X_ADS_URL=http://127.0.0.1:8080')
    await goesOn(folder)
  }, 180_000)

  test('leaves a folder alone that it has not made', async () => {
    const folder = join(parent, 'mine')
    await mkdir(folder)
    await writeFile(join(folder, 'warehouse.duckdb'), 'precious')
    const { out, errors, code } = await demo('--folder', folder)
    expect({ out, code }).toEqual({ out: '', code: 64 })
    expect(errors).toContain('was not made by an earlier demo')
    expect(await readFile(join(folder, 'warehouse.duckdb'), 'utf8')).toBe('precious')
  })

  test.each(['999', '1.5', 'many'])('refuses %s customers', async (customers) => {
    const folder = join(parent, 'never')
    const { code, errors } = await demo('--folder', folder, '--customers', customers)
    expect(code).toBe(64)
    expect(errors).toContain('--customers')
    expect(existsSync(folder)).toBe(false)
  })
})
