import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { stateVersion } from '../../sql/state.ts'
import { parts, type Recorded, recordedOf, replay, stateOf } from '../state/recorded.ts'
import { Project, summaryOf } from './project.ts'
import { openProxy } from './proxy.ts'
import { acceptedOf, adding, sent } from './sent.ts'

/** Every version whose state was recorded. */
const versions = readdirSync(join(import.meta.dirname, '..', 'state'))
  .flatMap((name) => /^version-(\d+)$/.exec(name)?.[1] ?? [])
  .map(Number)
  .sort((a, b) => a - b)

/** A project whose warehouse and platforms are as they were recorded, an hour later. */
const reopen = async (version: number, recorded: Recorded): Promise<Project> => {
  let now = (): number => recorded.startedAt
  const project = await Project.open(1, parts, { x: { now: () => now() }, tiktok: { now: () => now() } })
  now = Date.now
  await project.query(`drop table customers; ${stateOf(version)}`)
  for (const platform of [project.x, project.tiktok]) await replay(platform, recorded.requests)
  const offset = recorded.endedAt + 3_600_000 - Date.now()
  project.env = { ...project.env, TIDEMARK_TEST_CLOCK_OFFSET_MS: String(offset) }
  return project
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
/** By hand, what the customers of a project are on a platform: `type digest`. */
const deliverable = async (project: Project, email: string, phone: string): Promise<string[]> => {
  const customers = await project.query('select email, phone from customers')
  return customers
    .flatMap((c) => [
      ...(String(c.email).includes('@') ? [`${email} ${digest(String(c.email))}`] : []),
      ...(c.phone === null ? [] : [`${phone} ${digest(String(c.phone))}`]),
    ])
    .sort()
}

const logs = ['runs', 'receipts', 'membership_events', 'rejections'] as const
const rowsOf = async (project: Project): Promise<string[]> => {
  const rows: string[] = []
  for (const table of logs)
    for (const row of await project.query(`select * from tidemark.${table}`))
      rows.push(`${table} ${JSON.stringify(row)}`)
  return rows
}

/** All that stays, by name: the tables with columns and types, the views with their text. */
const shape = async (project: Project): Promise<readonly unknown[]> => [
  ...(await project.query(`select table_schema, table_name, column_name, data_type, ordinal_position from information_schema.columns
    where table_schema like 'tidemark%' and table_name not like '%-%-%' order by all`)),
  ...(await project.query(`select sql from duckdb_views() where schema_name = 'tidemark' order by sql`)),
]

test('the state of this version is recorded: whoever changes a table raises stateVersion and records it', async () => {
  expect(versions).toEqual(Array.from({ length: stateVersion }, (_, i) => i + 1))
  await using fresh = await Project.open(3, parts)
  expect((await fresh.run('run', '--all')).code).toBe(0)
  await using recorded = await Project.open(1, parts)
  await recorded.query(`drop table customers; ${stateOf(stateVersion)}`)
  expect(await shape(recorded)).toEqual(await shape(fresh))
}, 60_000)

test.concurrent.each(versions)(
  'a state of version %i with open deltas is run on: migrated, recovered, equal, nothing lost, nothing sent twice',
  async (version) => {
    const recorded = recordedOf(version)
    await using project = await reopen(version, recorded)
    await using x = await openProxy(project.x.port)
    await using tiktok = await openProxy(project.tiktok.port)
    await project.write({ ...parts, xUrl: x.url, tiktokUrl: tiktok.url })
    const accepted = [await acceptedOf(project, 'everyone-x'), await acceptedOf(project, 'everyone-tiktok')]
    expect(accepted.every((digests) => digests.length > 0)).toBe(true)
    const before = await rowsOf(project)

    // Who only looks sees all of it and changes nothing.
    const hash = project.hash()
    const status = await project.run('status', '--json')
    const looks = JSON.parse(status.stdout).activations.map(
      (a: { open_delta: unknown; ledger: { members: number } }) => [a.open_delta !== null, a.ledger.members],
    )
    expect(looks).toEqual([
      [true, 10],
      [true, 10],
    ])
    expect((await project.run('plan', '--all')).code).toBe(0)
    expect(await project.run('reset', 'everyone.x')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/a ledger of 20 identifiers, with 10 members/),
    })
    expect(project.hash()).toBe(hash)

    const ended = await project.run('run', '--all', '--run-key', 'day/2')
    expect({ code: ended.code, stderr: ended.code === 0 ? '' : ended.stderr }).toEqual({ code: 0, stderr: '' })
    const events = ended.stderr
      .split('\n')
      .flatMap((line) => /"event":"(state_migrated|recover)"/.exec(line)?.[1] ?? [])
    expect(events.filter((event) => event === 'recover')).toHaveLength(2)
    expect(events.filter((event) => event === 'state_migrated')).toHaveLength(2 * (stateVersion - version))
    expect(Object.values(project.held())).toEqual([
      await deliverable(project, 'email', 'phone_number'),
      await deliverable(project, 'EMAIL_SHA256', 'PHONE_SHA256'),
    ])
    for (const [i, seen] of [x.seen, tiktok.seen].entries()) {
      const again = sent(seen, adding)
      expect(again.length).toBeGreaterThan(0)
      expect(again.filter((one) => accepted[i]?.includes(one))).toEqual([])
    }
    const after = new Set(await rowsOf(project))
    expect(before.filter((row) => !after.has(row))).toEqual([])
    expect(
      (
        await project.query(
          `select activation || ' ' || run_key || ' ' || attempt || ' ' || status as run from tidemark.runs order by 1`,
        )
      ).map((row) => row.run),
    ).toEqual(
      ['tiktok', 'x'].flatMap((to) =>
        ['day/1 1 succeeded', 'day/2 1 failed', 'day/2 2 succeeded'].map((run) => `everyone.${to} ${run}`),
      ),
    )
    // Version 1 did not keep which Tidemark ran.
    expect(
      await project.query(`select distinct connector_version as by from tidemark.runs where error_code = 'crashed'`),
    ).toEqual([{ by: version === 1 ? null : '0.1.0' }])
    // Customers 4 to 10 stayed, 12 to 28 came; 11 has no address.
    expect(
      await project.query('select activation, count(*)::int as n from tidemark.audience_members group by 1 order by 1'),
    ).toEqual([
      { activation: 'everyone.tiktok', n: 24 },
      { activation: 'everyone.x', n: 24 },
    ])
    await using fresh = await Project.open(3, parts)
    expect((await fresh.run('run', '--all')).code).toBe(0)
    expect(await shape(project)).toEqual(await shape(fresh))
    expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
  },
  120_000,
)

test.concurrent('reset forgets an older state too, and its crashed run gets its row', async () => {
  const recorded = recordedOf(1)
  await using project = await reopen(1, recorded)
  expect((await project.run('reset', 'everyone.x', '--yes', '--abandon')).code).toBe(0)
  expect(
    await project.query(
      `select error_code, connector_version from tidemark.runs where activation = 'everyone.x' and run_key = 'day/2'`,
    ),
  ).toEqual([{ error_code: 'crashed', connector_version: null }])
  expect(
    await project.query(`select count(*)::int as n from tidemark.audience_members where activation = 'everyone.x'`),
  ).toEqual([{ n: 0 }])
}, 60_000)

test.concurrent('a newer state is refused with 78 and the version to use by all who would touch it; others run', async () => {
  await using project = await Project.open(3, parts)
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.query(`update tidemark_state."control_everyone-x" set state_version = 90;
    alter table tidemark_state."control_everyone-x" rename column mark to highest;
    insert into tidemark_state.schema_version values ('everyone.x', 90, '9.1.0', '2026-01-01');
    insert into tidemark_state.schema_version values (null, 90, '9.1.0', '2026-01-01');
    create or replace view tidemark.activations as select *, 1 as more from tidemark.activation_log;
    insert into customers values (4, 'person4@example.com', '+33610000004')`)
  const control = await project.query('select * from tidemark_state."control_everyone-x"')
  const says = /The state of everyone\.x is of version 90.*Nothing was changed\. Use Tidemark 9\.1\.0 or newer\./
  for (const args of [
    ['run', 'everyone.x'],
    ['plan', 'everyone.x'],
    ['status'],
    ['reset', 'everyone.x'],
    ['reset', 'everyone.x', '--yes', '--abandon'],
  ]) {
    const { code, stdout, stderr } = await project.run(...args)
    expect({ args, code, says: says.test(stdout + stderr) }).toEqual({ args, code: 78, says: true })
  }
  expect(await project.query('select * from tidemark_state."control_everyone-x"')).toEqual(control)
  const both = await project.run('run', '--all')
  expect([both.code, summaryOf(both).activations.map((a) => [a.status, a.error?.code])]).toEqual([
    78,
    [
      ['failed', 'newer_state'],
      ['succeeded', undefined],
    ],
  ])
  // An activation that is new here leaves alone what the newer version made for all.
  await project.write({
    ...parts,
    segments: (parts.segments ?? '')
      .replace('everyone:', 'others:')
      .replace('x, guards', 'x, audience: { name: Others }, guards'),
  })
  expect((await project.run('run', 'others.x')).code).toBe(0)
  expect(await project.query('select distinct more from tidemark.activations')).toEqual([{ more: 1 }])
}, 120_000)
