import { expect, test } from '@jest/globals'
import { digestsOf, Project, summaryOf } from './project.ts'

const types = ['email', 'phone_number'] as const
const held = (project: Project) => {
  const [audience, ...more] = project.x.audiences()
  expect(more).toEqual([])
  return [audience?.id, [...project.x.identifiers(audience?.id ?? '')].sort()]
}
const isEmail = (identifier: string): boolean => identifier.startsWith('email ')
const everybody = digestsOf(1, 120, types)

test.concurrent('removes everybody past every guard, keeps the audience, and needs no segment any more; the next run brings them back', async () => {
  await using project = await Project.open(120)
  expect((await project.run('run', 'everyone.x')).code).toBe(0)
  const [audience, before] = held(project)
  expect(before).toEqual(everybody)
  await project.query('alter table customers rename to gone')

  const ended = await project.run('empty', 'everyone.x', '--yes')
  expect(ended.code).toBe(0)
  expect(summaryOf(ended)).toMatchObject({
    status: 'succeeded',
    run_key: expect.stringMatching(/^empty\//),
    activations: [{ activation: 'everyone.x', audience_id: audience, members_removed: 120, identifiers_removed: 240 }],
  })
  expect(ended.stderr).toContain('Its next run adds the segment again')
  expect(held(project)).toEqual([audience, []])
  const counted = await project.query(`select
    (select count(*) from tidemark_state."ledger_identifiers_everyone-x")::int as ledger,
    (select count(*) from tidemark.membership_events where event = 'left')::int as left_,
    (select count(*) from tidemark.audience_members)::int as members,
    (select guards_overridden from tidemark.runs order by started_at desc limit 1) as overridden`)
  expect(counted).toEqual([{ ledger: 0, left_: 120, members: 0, overridden: true }])

  const calls = project.x.requests.length
  expect((await project.run('empty', 'everyone.x', '--yes')).code).toBe(0)
  expect(project.x.requests.length).toBe(calls)

  await project.query('alter table gone rename to customers')
  const back = await project.run('run', 'everyone.x')
  expect(summaryOf(back).activations).toMatchObject([{ members_added: 120, identifiers_added: 240 }])
  expect(held(project)).toEqual([audience, everybody])
}, 120_000)

test.concurrent('tries removals again that were refused before, and names who is still refused', async () => {
  await using project = await Project.open(20, { xFields: '{ email: email }' })
  expect((await project.run('run', 'everyone.x')).code).toBe(0)
  const [first = ''] = digestsOf(3, 3, types)
    .filter(isEmail)
    .map((identifier) => identifier.split(' ')[1] ?? '')
  project.fault({ match: { op: 'remove' }, times: 'always', fault: { kind: 'refuse', digests: [first] } })
  await project.query('delete from customers where customer_id = 3')
  expect((await project.run('run', 'everyone.x')).code).toBe(0)
  expect(held(project)[1]).toEqual(digestsOf(1, 20, types).filter(isEmail))
  const asked = await project.run('empty', 'everyone.x', '--json')
  expect(JSON.parse(asked.stdout)).toMatchObject({ identifiers_removed: 20, error: null })
  const refused = await project.run('empty', 'everyone.x', '--yes')
  expect(summaryOf(refused).activations).toMatchObject([{ status: 'succeeded', identifiers_rejected: 1 }])
  expect(await project.query('select member_key from tidemark.current_rejections')).toEqual([{ member_key: '3' }])
  // Everybody is looked at anew, and the one who waits is still named.
  expect((await project.run('run', 'everyone.x', '--full')).code).toBe(0)
  expect(await project.query('select member_key from tidemark.current_rejections')).toEqual([{ member_key: '3' }])
  project.x.clearFaults()
  expect((await project.run('empty', 'everyone.x', '--yes')).code).toBe(0)
  expect(held(project)[1]).toEqual([])
  // What was removed in spite of it waits no more: who comes back and leaves again is gone at once.
  expect(await project.query('select * from tidemark_state."quarantine_everyone-x"')).toEqual([])
}, 120_000)

test.concurrent('a key that a run has used is no key of an empty', async () => {
  await using project = await Project.open(20)
  expect((await project.run('run', 'everyone.x', '--run-key', 'k')).code).toBe(0)
  const emptied = await project.run('empty', 'everyone.x', '--yes', '--run-key', 'k')
  expect(summaryOf(emptied)).toMatchObject({ run_key: 'empty/k', activations: [{ members_removed: 20 }] })
  const calls = project.x.requests.length
  expect((await project.run('empty', 'everyone.x', '--yes', '--run-key', 'k')).code).toBe(0)
  expect(project.x.requests.length).toBe(calls)
}, 60_000)

test.concurrent('of an activation that never ran there is nobody to remove, and no audience is made', async () => {
  await using project = await Project.open()
  expect((await project.run('empty', 'everyone.x', '--yes')).code).toBe(0)
  expect(project.x.requests).toEqual([])
}, 60_000)

test.concurrent('what it says of its use', async () => {
  await using project = await Project.open()
  expect((await project.run('empty')).code).toBe(64)
  expect((await project.run('empty', 'everyone.x', '--yes', '--run-key', '')).code).toBe(64)
  const unknown = await project.run('empty', 'everyone.y')
  expect([unknown.code, unknown.stdout + unknown.stderr]).toEqual([64, expect.stringContaining('everyone.y')])
  expect((await project.run('empty', 'everyone.x', '--yes', '--full')).code).toBe(64)
}, 60_000)
