import { expect, test } from '@jest/globals'
import type { PlannedActivation } from '../../connector/commands/plan-document.ts'
import { type Ended, until } from './process.ts'
import { everyone, Project, summaryOf } from './project.ts'

const planOf = ({ stdout }: Ended): readonly PlannedActivation[] => {
  const document = JSON.parse(stdout) as { readonly schema: string; readonly activations: PlannedActivation[] }
  expect(document.schema).toBe('tidemark.plan/1')
  return document.activations
}

/** Plans, checks that nothing was left or called, runs, and checks that the run did what the plan said. */
const planAndRun = async (project: Project, ...options: readonly string[]): Promise<readonly PlannedActivation[]> => {
  const [hash, calls] = [project.hash(), project.x.requests.length + project.tiktok.requests.length]
  const planned = await project.run('plan', '--all', '--json', ...options)
  expect(planned).toMatchObject({ code: 0, stderr: '' })
  expect(project.hash()).toBe(hash)
  expect(project.x.requests.length + project.tiktok.requests.length).toBe(calls)
  const plans = planOf(planned)
  const before = [project.x, project.tiktok].map((p) => p.summary().total.bytes)
  const ran = await project.run('run', '--all', ...options)
  expect(ran.code).toBe(0)
  for (const [i, done] of summaryOf(ran).activations.entries()) {
    expect(plans[i]).toMatchObject({
      activation: done.activation,
      segment_members: done.segment_members,
      reachable_members: done.reachable_members,
      members_added: done.members_added,
      members_removed: done.members_removed,
      identifiers_added: done.identifiers_added,
      identifiers_removed: done.identifiers_removed,
      identifiers_resent: done.identifiers_resent,
      identifiers_rejected: done.identifiers_rejected,
      batches: done.batches,
      api_calls: done.api_calls,
    })
    const sent = ([project.x, project.tiktok][i]?.summary().total.bytes ?? 0) - (before[i] ?? 0)
    // A comma too many for each value that is the last of its kind, and the calls about the audience.
    expect(Math.abs((plans[i]?.bytes ?? 0) - sent)).toBeLessThan(200 + sent * 0.03)
  }
  return plans
}

test.concurrent('plan says what the run then does, and leaves nothing', async () => {
  await using project = await Project.open(1100)
  await project.query(`insert into customers values (2001, 'not an address', null), (2002, null, '+33610000001')`)
  const [x, tiktok] = await planAndRun(project)
  expect(x).toMatchObject({
    first_sync: true,
    audience: { id: null, call: 'create' },
    rejections: { invalid_email: 1 },
  })
  expect(x?.requests).toMatchObject([{ op: 'add', field: null, requests: 1, members: 1101, identifiers: 2201 }])
  expect(tiktok?.requests).toMatchObject([
    { op: 'add', field: 'email', requests: 2, rows: 1100 },
    { op: 'add', field: 'phone', requests: 2, rows: 1101 },
  ])
  await project.query(`delete from customers where customer_id in (2, 2002);
    update customers set email = 'new@example.com' where customer_id = 3;
    insert into customers values (3001, 'another@example.com', '+33620000001')`)
  const [second] = await planAndRun(project)
  expect(second).toMatchObject({ first_sync: false, members_added: 1, members_removed: 2, identifiers_kept: 1 })
  expect(second?.requests.map((r) => r.op)).toEqual(['remove', 'add'])
  const [unchanged] = await planAndRun(project)
  expect(unchanged).toMatchObject({ changed_members: 0, api_calls: 0, requests: [], seconds: 0 })
  const [full] = await planAndRun(project, '--full')
  expect(full).toMatchObject({ full: true, changed_members: 1102, identifiers_added: 0 })
}, 120_000)

test.concurrent('plan for a person, with the statements; what would stop the run is said', async () => {
  await using project = await Project.open(200)
  const text = await project.run('plan', 'everyone.x', '--sql')
  expect(text.code).toBe(0)
  expect(text.stdout).toMatch(/everyone\.x: first sync, makes the audience "everyone"/)
  expect(text.stdout).toMatch(/2 requests in all, about .*; at least 0 s under the rate limit/)
  expect(text.stdout).toMatch(/create or replace temp table "tidemark_compared"/)
  expect(text.stdout).not.toContain('\u001b')
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.query('delete from customers where customer_id > 100')
  const guarded = await project.run('plan', '--all')
  expect(guarded.code).toBe(0)
  expect(guarded.stdout).toMatch(
    /A guard would stop the run \(exit 65\): 50 % of the members in the audience would be removed/,
  )
  await project.write({
    segments: everyone.replace('tiktok,', 'tiktok, audience: { name: other },'),
    xFields: '{ email: mail }',
  })
  const broken = await project.run('plan', '--all', '--json')
  expect(broken.code).toBe(78)
  expect(planOf(broken)).toMatchObject([
    { activation: 'everyone.x', error: { code: 'no_such_column' } },
    { activation: 'everyone.tiktok', error: { code: 'audience_name_changed' } },
  ])
  // And so says the run, with nothing sent.
  const calls = project.x.requests.length + project.tiktok.requests.length
  const ran = await project.run('run', '--all')
  expect({ code: ran.code, errors: summaryOf(ran).activations.map((a) => a.error?.code) }).toEqual({
    code: 78,
    errors: ['no_such_column', 'guard'],
  })
  expect(project.x.requests.length + project.tiktok.requests.length).toBe(calls)
}, 120_000)

test.concurrent('plan ends with what comes of all, and --detailed-exitcode says whether anything is to do', async () => {
  await using project = await Project.open(200)
  const ends = async (...options: readonly string[]) => {
    const { code, stdout } = await project.run('plan', ...options, '--detailed-exitcode')
    expect((await project.run('plan', ...options)).code).toBe(code === 2 ? 0 : code)
    return [code, stdout.trimEnd().split('\n').at(-1)]
  }
  expect(await ends('--all')).toEqual([2, '2 activations: 2 to sync'])
  expect((await project.run('run', 'everyone.x')).code).toBe(0)
  expect(await ends('everyone.x')).toEqual([0, '1 activation: 1 in step'])
  expect(await ends('--all')).toEqual([2, '2 activations: 1 to sync, 1 in step'])
  await project.query('delete from customers where customer_id > 100')
  expect(await ends('everyone.x')).toEqual([2, '1 activation: 1 stopped by a guard'])
  await project.write({ xFields: '{ email: mail }' })
  expect(await ends('--all')).toEqual([78, '2 activations: 1 to sync, 1 not able to run'])
  expect(JSON.parse((await project.run('plan', '--all', '--json')).stdout).totals).toEqual({
    activations: 2,
    to_sync: 1,
    in_step: 0,
    guarded: 0,
    cannot_run: 1,
  })
}, 120_000)

test.concurrent('what a run that died left open is something to do, also where the segment is as it was', async () => {
  await using project = await Project.open(30, { segments: everyone.replace(/activate: .*/, 'activate: [x]') })
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.query("insert into customers values (99, 'late@example.com', null)")
  const calls = project.x.requests.length
  project.fault({ match: { op: 'add' }, times: 'always', fault: { kind: 'latency', ms: 60_000 } })
  const { child, ended } = project.start('run', '--all')
  await until('the add', () => project.x.requests.length > calls)
  child.kill('SIGKILL')
  await ended
  await project.query('delete from customers where customer_id = 99')
  const { code, stdout } = await project.run('plan', '--all', '--detailed-exitcode')
  expect([code, stdout.trimEnd().split('\n').at(-1)]).toEqual([2, '1 activation: 1 to sync'])
}, 120_000)

test.concurrent('a plan of a broken configuration is one document too', async () => {
  await using project = await Project.open(1, { head: 'version: 2' })
  for (const args of [['plan', '--all'], ['status'], ['reset', 'everyone.x']]) {
    const { code, stdout, stderr } = await project.run(...args, '--json')
    expect({ args, code }).toEqual({ args, code: 78 })
    expect(JSON.parse(stdout)).toMatchObject({ schema: `tidemark.${args[0]}/1`, error: { code: 'configuration' } })
    expect(JSON.parse(stderr)).toMatchObject({ level: 'error', event: 'configuration' })
  }
}, 120_000)
