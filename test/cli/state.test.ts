import { rename } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import type { ActivationStatus, Orphan } from '../../connector/commands/status-document.ts'
import { until } from './process.ts'
import { everyone, Project, summaryOf } from './project.ts'

const onX = everyone.replace(/activate: .*/, 'activate: [x]')
const renamed = onX.replace('activate: [x]', 'activate: [{ destination: x, audience: { name: Second } }]')

interface Status {
  readonly activations: readonly ActivationStatus[]
  readonly orphans: readonly Orphan[]
}
const statusOf = async (project: Project): Promise<Status> => {
  const hash = project.hash()
  const { code, stdout } = await project.run('status', '--json')
  expect({ code, unchanged: project.hash() === hash }).toEqual({ code: 0, unchanged: true })
  const document = JSON.parse(stdout) as Status & { readonly schema: string }
  expect(document.schema).toBe('tidemark.status/1')
  return document
}

test.concurrent('status tells what ran, what died, what is left and what comes next', async () => {
  await using project = await Project.open(60, { request: '{ timeout_ms: 1000, quiet_ms: 2000, max_bytes: 1200 }' })
  const [never] = (await statusOf(project)).activations
  expect(never).toMatchObject({
    ledger: null,
    runs: [],
    next: expect.stringMatching(/never run.*tidemark run everyone\.x/),
  })
  project.x.addFaults([{ match: { op: 'add', nth: 3 }, times: 'always', fault: { kind: 'latency', ms: 800 } }])
  const { child, ended } = project.start('run', 'everyone.x')
  await until('four adds', () => project.x.requests.filter((r) => r.op === 'add').length >= 4)
  child.kill('SIGKILL')
  expect((await ended).signal).toBe('SIGKILL')
  const [died] = (await statusOf(project)).activations
  expect(died).toMatchObject({
    running: { alive: false },
    open_delta: { batches: expect.any(Number), mark: expect.any(Number) },
    next: expect.stringMatching(/did not come to its end/),
  })
  project.x.clearFaults()
  expect((await project.run('run', '--all')).code).toBe(0)
  const { activations } = await statusOf(project)
  expect(activations.map((a) => [a.activation, a.running, a.open_delta, a.ledger?.members, a.runs.length])).toEqual([
    ['everyone.x', null, null, 60, 2],
    ['everyone.tiktok', null, null, 60, 1],
  ])
  expect(activations[0]?.runs.map((r) => [r.status, r.error?.code])).toEqual([
    ['succeeded', undefined],
    ['failed', 'crashed'],
  ])
  await project.write({ segments: onX })
  const { orphans } = await statusOf(project)
  expect(orphans).toMatchObject([
    {
      activation: 'everyone.tiktok',
      ledger_members: 60,
      next: expect.stringMatching(/tidemark reset everyone\.tiktok --yes --abandon/),
    },
  ])
  const text = await project.run('status')
  expect(text.stdout).toMatch(/everyone\.x: audience "everyone" \(\w+\) in account 18ce54d4x5t/)
  expect(text.stdout).toMatch(/everyone\.tiktok: not in the configuration/)
  // Whoever is not in the file any more can be forgotten, and is an orphan no longer.
  expect((await project.run('reset', 'everyone.tiktok', '--yes', '--abandon')).code).toBe(0)
  expect((await statusOf(project)).orphans).toEqual([])
}, 120_000)

test.concurrent('reset asks twice, then forgets; events end, and the next run is a first sync', async () => {
  await using project = await Project.open(60, { segments: onX })
  const nothing = await project.run('reset', 'everyone.x', '--yes')
  expect([nothing.code, nothing.stdout]).toEqual([0, 'everyone.x has never run: there is nothing to forget.\n'])
  await project.query(`insert into customers values (99, 'no address', null)`)
  expect((await project.run('run', '--all')).code).toBe(0)
  const [settled, held, calls] = [await project.settled(), project.held(), project.x.requests.length]
  const asked = await project.run('reset', 'everyone.x')
  expect(asked.code).toBe(0)
  expect(asked.stdout).toMatch(
    /This would forget audience \w+ and a ledger of 120 identifiers, with 60 members[\s\S]*Nothing was changed\. Do it with: tidemark reset everyone\.x --yes --abandon/,
  )
  const refused = await project.run('reset', 'everyone.x', '--yes')
  expect([refused.code, refused.stdout]).toEqual([64, ''])
  expect(refused.stderr).toMatch(/was not reset: the people in its audience \w+ would stay there.*--abandon/)
  expect(await project.settled()).toEqual(settled)
  const done = await project.run('reset', 'everyone.x', '--yes', '--abandon', '--json')
  expect(done.code).toBe(0)
  expect(JSON.parse(done.stdout)).toMatchObject({
    schema: 'tidemark.reset/1',
    done: true,
    identifiers: 120,
    members: 60,
  })
  expect(project.held()).toEqual(held)
  // Without --abandon the platform is asked, once each time.
  expect(project.x.requests.slice(calls).map(({ op }) => op)).toEqual(['get_audience', 'get_audience'])
  const [counts] = await project.query(`select (select count(*) from tidemark.audience_members) as members,
    (select count(*) from tidemark.membership_events where event = 'left') as gone,
    (select count(*) from tidemark.current_rejections) as rejected,
    (select count(*) from tidemark.activations where audience_id is not null) as audiences,
    (select count(*) from tidemark_state."ledger_identifiers_everyone-x") as identifiers,
    (select owner from tidemark_state."control_everyone-x") as owner`)
  expect(counts).toEqual({ members: '0', gone: '60', rejected: '0', audiences: '0', identifiers: '0', owner: null })
  // The old audience still has its name.
  const taken = await project.run('run', '--all')
  expect([taken.code, summaryOf(taken).activations[0]?.error?.message]).toEqual([78, expect.stringMatching(/name/)])
  await project.write({ segments: renamed })
  const again = await project.run('run', '--all')
  expect([again.code, summaryOf(again).activations[0]?.members_added]).toEqual([0, 60])
  const [sum] = await project.query('select count(*) as n from tidemark.audience_members')
  expect(sum?.n).toBe('60')
}, 120_000)

test.concurrent('reset after a crash forgets the open delta, and its row is written', async () => {
  await using project = await Project.open(60, {
    segments: onX,
    request: '{ timeout_ms: 1000, quiet_ms: 2000, max_bytes: 1200 }',
  })
  project.x.addFaults([{ match: { op: 'add' }, times: 'always', fault: { kind: 'latency', ms: 500 } }])
  const { child, ended } = project.start('run', '--all')
  await until('an add', () => project.x.requests.some((r) => r.op === 'add'))
  child.kill('SIGKILL')
  await ended
  expect((await project.run('reset', 'everyone.x', '--yes', '--abandon')).code).toBe(0)
  const tables = await project.query(
    `select table_name from information_schema.tables where table_schema = 'tidemark_state' and table_name like 'delta%'`,
  )
  expect(tables).toEqual([])
  expect(await project.query('select status, error_code from tidemark.runs')).toEqual([
    { status: 'failed', error_code: 'crashed' },
  ])
  await project.write({ segments: renamed })
  const next = await project.run('run', '--all')
  expect([next.code, summaryOf(next).activations[0]?.identifiers_added]).toEqual([0, 120])
}, 120_000)

test.concurrent('the run tables of an activation are its own, whatever names others have', async () => {
  const vip = onX.replace('everyone:', 'members_everyone:')
  await using project = await Project.open(20, {
    segments: `${vip}\n  ${onX}`,
    request: '{ timeout_ms: 1000, quiet_ms: 1000, max_bytes: 1200 }',
  })
  project.x.addFaults([{ match: { op: 'add' }, times: 'always', fault: { kind: 'latency', ms: 400 } }])
  const { child, ended } = project.start('run', 'members_everyone.x')
  await until('an add', () => project.x.requests.some((r) => r.op === 'add'))
  child.kill('SIGKILL')
  await ended
  project.x.clearFaults()
  expect((await project.run('run', 'everyone.x')).code).toBe(0)
  expect((await project.run('run', '--all')).code).toBe(0)
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

// Compressions that may be asked for change with 1.3.
test.concurrent.each(['v1.0.0', 'v1.2.0', 'v1.3.0', 'latest'])(
  'a file of storage version %s can keep an audience',
  async (version) => {
    await using project = await Project.open(3, { segments: everyone.replace(/activate: .*/, 'activate: [x]') })
    await project.query(
      `attach '${project.file}.new' as other (storage_version '${version}'); copy from database w to other; detach other`,
    )
    await rename(`${project.file}.new`, project.file)
    expect((await project.run('run', '--all')).code).toBe(0)
    await project.query('delete from customers where customer_id = 1')
    expect((await project.run('run', '--all')).code).toBe(0)
  },
  120_000,
)

test.concurrent('validate says what is fine, and everything that is not', async () => {
  await using project = await Project.open(1)
  const fine = await project.run('validate')
  expect([fine.code, fine.stdout]).toEqual([
    0,
    `tidemark.yml is fine: 2 activations.
tiktok: on TikTok Ads an audience keeps the name it was made with, and a changed one is an error (exit 78).
`,
  ])
  await project.write({ segments: everyone.replace('activate:', 'description: All of them\n    activate:') })
  expect((await project.run('validate')).stdout).toMatch(/\(exit 78\); descriptions are not sent\.\n$/)
  await project.write({
    segments: `${everyone.replace('main.customers', 'main.clients')}
  some:
    relation: main.customers
    member_key: customer
    activate: [x]`,
  })
  expect((await project.run('validate')).code).toBe(0)
  const { code, stdout } = await project.run('validate', '--warehouse', '--json')
  expect(code).toBe(78)
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 'tidemark.validate/1',
    valid: false,
    segments: [
      { activations: ['everyone.x', 'everyone.tiktok'], code: 'no_such_relation' },
      {
        activations: ['some.x'],
        message: expect.stringMatching(/no column "customer" \(did you mean "customer_id"\?\)/),
      },
    ],
  })
  await project.write({
    segments: everyone.replace(
      'member_key',
      'where: [{ column: customer_id, at_least: 0 }, { column: email, at_least: 5 }, { column: phone, above: 1 }]\n    member_key',
    ),
  })
  const misfit = await project.run('validate', '--warehouse')
  expect(misfit.code).toBe(78)
  expect(misfit.stdout).toMatch(
    /Segment everyone: segments\.everyone\.where\[1\] \(at_least on "email"\) and segments\.everyone\.where\[2\] \(above on "phone"\) cannot be compared/,
  )
  await project.write({ head: 'version: 2\nspeed: 9' })
  const broken = await project.run('validate', '--json')
  expect(broken.code).toBe(78)
  expect(
    JSON.parse(broken.stdout)
      .problems.map((p: { path: string; line: number; column: number }) => `${p.line}:${p.column} ${p.path}`)
      .sort(),
  ).toEqual(['1:1 version', '2:1 speed'])
  expect((await project.run('validate')).stderr).toMatch(/has 2 problems:\n {2}.*\n {2}.*/)
}, 120_000)
