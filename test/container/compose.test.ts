import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { until } from '../cli/process.ts'
import { summaryOf } from '../cli/project.ts'
import { pythonOf } from '../python/environment.ts'
import { emptyDatabase } from '../warehouse/postgres-database.ts'
import { contained, startContained } from './contained.ts'

/** compose.yaml: its form, and its services one by one, for there is no image of PostgreSQL and no bridge here. */
const root = join(import.meta.dirname, '..', '..')
const text = readFileSync(join(root, 'compose.yaml'), 'utf8')
interface Service {
  readonly command: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}
const { services } = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<'simulators' | 'run', Service>>
}

const unknownKeys = (compose: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-compose-'))
  try {
    const file = join(folder, 'compose.yaml')
    writeFileSync(file, compose)
    const python = [join(import.meta.dirname, 'compose.py'), file]
    const { status, stdout, stderr } = spawnSync(pythonOf('container'), python, { encoding: 'utf8' })
    return status === 0 ? stdout.trim() : stderr
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test('is one by the Compose Specification', () => {
  expect(unknownKeys(text)).toBe('')
  expect(unknownKeys(text.replace('network_mode:', 'netwrk_mode:'))).toBe('run.netwrk_mode')
})

test('the run brings both simulators in step', async () => {
  const { settings, say } = await emptyDatabase()
  await say(readFileSync(join(root, 'examples', 'compose', 'customers.sql'), 'utf8'))
  const ports = ['--x-port', '0', '--tiktok-port', '0', '--webhook-port', '0']
  const simulators = startContained([...services.simulators.command, ...ports, '--json'])
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-compose-'))
  try {
    let said = ''
    simulators.child.stdout.on('data', (words: string) => {
      said += words
    })
    await until('the addresses of the simulators', () => said.includes('\n'), 120_000)
    const { x, tiktok } = JSON.parse(said) as { readonly x: string; readonly tiktok: string }
    const configuration = readFileSync(join(root, 'examples', 'compose', 'tidemark.yml'), 'utf8')
      .replace('port: 5432', `port: ${settings.port}`)
      .replace('user: shop', `user: ${settings.user}`)
      .replace('database: shop', `database: ${settings.database}`)
      .replace('http://127.0.0.1:8080', x)
      .replace('http://127.0.0.1:8081', tiktok)
    writeFileSync(join(folder, 'tidemark.yml'), configuration)
    chmodSync(folder, 0o755)
    const env = { ...services.run.environment, PGHOST: settings.host, PGPASSWORD: settings.password }
    const ended = await contained(services.run.command, { folder, env })
    expect({ code: ended.code, stderr: ended.code === 0 ? '' : ended.stderr }).toEqual({ code: 0, stderr: '' })
    // lifetime_value is i % 900 for i from 0 to 2999: 400 of each full 900 reach 500, and of the last 300 none.
    expect(summaryOf(ended).activations.map(({ members_added }) => members_added)).toEqual([1200, 1200])
  } finally {
    simulators.kill('SIGTERM')
    await simulators.ended
    rmSync(folder, { recursive: true, force: true })
  }
})
