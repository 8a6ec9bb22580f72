import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { adds, identifiers, onX, slowAdds, small } from '../cli/interrupted.ts'
import { type Ended, until } from '../cli/process.ts'
import { digestsOf, Project, summaryOf } from '../cli/project.ts'
import { emptyDatabase } from '../warehouse/postgres-database.ts'
import { contained, startContained, type Wanted } from './contained.ts'

/** Runs of the real images, against the simulators on localhost. */

/** What a container is told: secrets, and nothing of the machine. */
const of = (project: Project, wanted: Wanted = {}): Wanted => {
  // The user of the image writes into the folder of the warehouse.
  chmodSync(project.folder, 0o777)
  chmodSync(project.file, 0o666)
  const { PATH: _, ...env } = project.env
  return { folder: project.folder, ...wanted, env: { ...env, ...wanted.env } }
}

const expectDone = ({ code, stderr }: Ended): void =>
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })

test.each(['all', 'duckdb'] as const)('%s runs over a DuckDB file that is mounted', async (target) => {
  await using project = await Project.open(60)
  const ended = await contained(['run', '--all'], of(project, { target }))
  expectDone(ended)
  expect(summaryOf(ended).activations.map(({ members_added }) => members_added)).toEqual([60, 60])
  expect(identifiers(project)).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
  for (const secret of Object.values(project.env).filter((value) => value !== project.env.PATH))
    expect(ended.stdout + ended.stderr).not.toContain(secret)
})

test.each(['all', 'postgres'] as const)('%s runs over PostgreSQL', async (target) => {
  await using project = await Project.open(1)
  const { settings, say } = await emptyDatabase()
  await say(`create table customers as select i as customer_id, 'person' || i || '@example.com' as email,
    '+336' || (10000000 + i) as phone from generate_series(1, 60) i`)
  const { host, port, user, database, password } = settings
  const reached = `{ type: postgres, host: ${host}, port: ${port}, user: ${user}, database: ${database}, password: "\${PG}", sslmode: disable }`
  await project.write({ warehouse: reached, segments: onX.replace('main.customers', 'public.customers') })
  const ended = await contained(['run', '--all'], of(project, { target, env: { PG: password } }))
  expectDone(ended)
  expect(identifiers(project)).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
})

test('an image of one warehouse says which image has the driver of another', async () => {
  await using project = await Project.open(1)
  await project.write({ warehouse: '{ type: postgres, host: 127.0.0.1, port: 9 }' })
  const { code, stdout, stderr } = await contained(['run', '--all'], of(project, { target: 'duckdb' }))
  expect(code).toBe(78)
  expect(stdout + stderr).toContain('This image holds the driver of duckdb only')
  expect(stdout + stderr).toContain('-postgres')
})

test('PID 1 that is asked to end in mid-delivery says 143 and its summary; the next run repeats nothing', async () => {
  await using project = await Project.open(60, { segments: onX, request: small })
  project.x.addFaults([slowAdds(300)])
  const first = startContained(['run', '--all'], of(project))
  await until('three adds', () => adds(project) >= 3, 120_000)
  first.kill('SIGTERM')
  const ended = await first.ended
  expect({ code: ended.code, status: summaryOf(ended).status }).toEqual({ code: 143, status: 'aborted' })
  await project.x.idle()
  project.x.clearFaults()
  chmodSync(join(project.folder, 'w.duckdb'), 0o666)
  const receipts = `select batch_no, run_id from tidemark.receipts where status = 'accepted' and batch_no > 0 order by all`
  const stored = await project.query(receipts)
  expect(stored.length).toBeGreaterThan(0)
  const sent = project.x.summary().ops.add?.identifiers ?? 0
  const hour = { TIDEMARK_TEST_CLOCK_OFFSET_MS: '3600000' }
  expectDone(await contained(['run', '--all'], of(project, { env: hour })))
  expect(identifiers(project)).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
  // Each identifier once over both runs: what has a receipt is not sent again.
  expect([sent < 120, project.x.summary().ops.add?.identifiers]).toEqual([true, 120])
  expect(await project.query(receipts)).toEqual(expect.arrayContaining(stored))
})

test('a first sync of 100,000 members takes 256 MiB beside the limit of DuckDB', async () => {
  const warehouse = '{ type: duckdb, path: w.duckdb, threads: 2, memory_limit: 256MB }'
  await using project = await Project.open(100_000, { warehouse, segments: onX })
  const ended = await contained(['run', '--all'], of(project, { memory: '512m' }))
  expectDone(ended)
  expect(summaryOf(ended).activations.map(({ members_added }) => members_added)).toEqual([100_000])
})

test('simulate runs in the image, and ends when it is asked to', async () => {
  const ports = ['--x-port', '0', '--tiktok-port', '0', '--webhook-port', '0']
  const simulators = startContained(['simulate', ...ports, '--json'])
  let said = ''
  simulators.child.stdout.on('data', (text: string) => {
    said += text
  })
  await until('its addresses', () => said.includes('\n'), 120_000)
  simulators.kill('SIGTERM')
  expect((await simulators.ended).code).toBe(0)
  expect(JSON.parse(said)).toMatchObject({ schema: 'tidemark.simulate/1' })
})
