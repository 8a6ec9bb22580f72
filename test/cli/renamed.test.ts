import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { until } from './process.ts'
import { everyone, Project } from './project.ts'

const segments = everyone.replace(/activate: .*/, 'activate: [x]')

/** The configuration, with something in it written otherwise. */
const rewrite = (project: Project, ...changes: readonly (readonly [RegExp, string])[]): void => {
  const file = join(project.folder, 'tidemark.yml')
  const text = readFileSync(file, 'utf8')
  const changed = changes.reduce((all, [from, to]) => {
    expect(all).toMatch(from)
    return all.replace(from, to)
  }, text)
  writeFileSync(file, changed)
}

const summaryOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '').activations[0]

test.concurrent('a renamed destination does not build a second audience without a decision', async () => {
  await using project = await Project.open(1_500, { segments })
  expect((await project.run('run', '--all')).code).toBe(0)
  const before = project.x.requests.length
  rewrite(project, [/^ {2}x:/m, '  twitter:'], [/activate: \[x\]/, 'activate: [twitter]'])
  const says =
    /everyone\.twitter has never run, and has the segment and the account of everyone\.x, which is not in the file any more and still holds 1,500 people/
  const planned = await project.run('plan', '--all')
  expect([planned.code, planned.stdout]).toEqual([78, expect.stringMatching(says)])
  const valid = await project.run('validate', '--warehouse')
  expect([valid.code, valid.stdout]).toEqual([78, expect.stringMatching(says)])
  const stopped = await project.run('run', '--all')
  expect(stopped.code).toBe(78)
  expect(summaryOf(stopped.stdout)).toMatchObject({
    activation: 'everyone.twitter',
    status: 'failed',
    error: { code: 'renamed_activation', message: expect.stringMatching(says) },
  })
  expect(project.x.requests).toHaveLength(before)
  // Named back, it goes on where it was.
  rewrite(project, [/^ {2}twitter:/m, '  x:'], [/activate: \[twitter\]/, 'activate: [x]'])
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
  // Or the decision is taken, once. X has the name of the first audience.
  const another = 'activate: [{ destination: twitter, audience: { name: second } }]'
  rewrite(project, [/^ {2}x:/m, '  twitter:'], [/activate: \[x\]/, another])
  expect((await project.run('plan', '--all', '--second-audience')).code).toBe(0)
  const second = await project.run('run', '--all', '--second-audience')
  expect([second.code, summaryOf(second.stdout).members_added]).toEqual([0, 1_500])
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
  expect(project.x.audiences()).toHaveLength(2)
}, 120_000)

const both = `select (select count(*) from tidemark.audience_members where activation = 'everyone.x') as was,
  (select count(*) from tidemark.audience_members where activation = 'everyone.twitter') as "is"`
const held = (project: Project) => project.x.audiences().map(({ id }) => [...project.x.identifiers(id)].length)
const renamed = 'activate: [{ destination: twitter, renamed_from: everyone.x }]'
const toTwitter: [readonly [RegExp, string], readonly [RegExp, string]] = [
  [/^ {2}x:/m, '  twitter:'],
  [/activate: \[x\]/, renamed],
]

test.concurrent('renamed_from takes ledger and audience along, without a call, once', async () => {
  await using project = await Project.open(1_500, { segments })
  expect((await project.run('run', '--all')).code).toBe(0)
  const before = project.x.requests.length
  rewrite(project, ...toTwitter)
  const says = 'takes over 1,500 people from everyone.x'
  const hash = project.hash()
  const planned = await project.run('plan', '--all')
  expect([planned.code, planned.stdout]).toEqual([0, expect.stringContaining(`  ${says}\n  Nothing changed`)])
  const asJson = JSON.parse((await project.run('plan', '--all', '--json')).stdout).activations[0]
  expect(asJson).toMatchObject({
    takes_over: { activation: 'everyone.x', members: 1_500 },
    first_sync: false,
    notes: [],
  })
  const valid = await project.run('validate', '--warehouse')
  expect([valid.code, valid.stdout]).toEqual([0, expect.stringContaining(`everyone.twitter: ${says}.`)])
  expect(project.hash()).toBe(hash)
  expect(await project.query(both)).toEqual([{ was: '1500', is: '0' }])

  const first = await project.run('run', '--all', '--exit-code-when-unchanged')
  expect([first.code, summaryOf(first.stdout)]).toMatchObject([
    99,
    { activation: 'everyone.twitter', segment_members: 1_500, members_added: 0, api_calls: 0 },
  ])
  expect(first.stderr).toContain('everyone.twitter took over 1,500 people from everyone.x')
  expect(project.x.requests).toHaveLength(before)
  expect(await project.query(both)).toEqual([{ was: '0', is: '1500' }])
  // History stays under the name it was made under.
  expect(
    await project.query(`select activation, audience_id is null as none from tidemark.activations order by 1`),
  ).toEqual([
    { activation: 'everyone.twitter', none: false },
    { activation: 'everyone.x', none: true },
  ])
  expect(await project.query('select activation from tidemark.runs order by 1 desc')).toEqual([
    { activation: 'everyone.x' },
    { activation: 'everyone.twitter' },
  ])

  // Done; the key may stay, or go.
  const again = await project.run('run', '--all')
  expect([again.code, again.stderr]).toEqual([0, expect.not.stringMatching(/took over|former/)])
  const note = '`renamed_from: everyone.x` has nothing to take over and can be taken out of the file.'
  expect((await project.run('plan', '--all')).stdout).toContain(note)
  expect((await project.run('validate', '--warehouse')).stdout).toContain(`everyone.twitter: ${note}`)
  rewrite(project, [/, renamed_from: everyone\.x/, ''])
  await project.query('delete from customers where customer_id <= 500')
  await project.query(`insert into customers values (9999, 'new@example.com', null)`)
  const on = await project.run('run', 'everyone.twitter', '--override-guards')
  expect([on.code, summaryOf(on.stdout)]).toMatchObject([0, { members_added: 1, members_removed: 500 }])
  expect(held(project)).toEqual([2_001])
}, 120_000)

test.concurrent('segment and destination may be renamed at once, and what a killed run had sent goes along', async () => {
  await using project = await Project.open(60, { segments })
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.query(`delete from customers where customer_id <= 10`)
  await project.query(`insert into customers select 100 + i, 'late' || i || '@example.com', null from range(5) t(i)`)
  // Removed, and the run is killed before it learns of it.
  project.fault({ match: { op: 'remove' }, fault: { kind: 'drop_after', hang: true } })
  const { child, ended } = project.start('run', '--all')
  await until('a removal', () => project.x.requests.some(({ op }) => op === 'remove'))
  child.kill('SIGKILL')
  await ended
  rewrite(project, [/^ {2}everyone:/m, '  customers:'], ...toTwitter)
  const first = await project.run('run', '--all')
  expect([first.code, summaryOf(first.stdout)]).toMatchObject([0, { activation: 'customers.twitter' }])
  expect(held(project)).toEqual([105])
  expect(project.x.audiences().map(({ name }) => name)).toEqual(['customers'])
  const runs = await project.query(`select activation, segment, destination, error_code from tidemark.runs
    where error_code is not null`)
  expect(runs).toEqual([{ activation: 'everyone.x', segment: 'everyone', destination: 'x', error_code: 'crashed' }])
}, 120_000)

test.concurrent('of a renamed segment the first run warns, for it may be another one', async () => {
  await using project = await Project.open(10, { segments })
  expect((await project.run('run', '--all')).code).toBe(0)
  rewrite(project, [/^ {2}everyone:/m, '  customers:'])
  expect((await project.run('plan', '--all')).stdout).toContain('everyone.x (10 people)')
  const { code, stderr } = await project.run('run', '--all')
  expect(code).toBe(0)
  expect(stderr).toContain('In the account of customers.x, which runs for the first time, audiences of activations')
  expect(stderr).toContain('everyone.x (10 people)')
  expect((await project.run('run', '--all')).stderr).not.toContain('runs for the first time')
}, 120_000)

test.concurrent('an activation that holds nobody, or is still in the file, is no former one', async () => {
  await using project = await Project.open(10, { segments })
  expect((await project.run('run', '--all')).code).toBe(0)
  rewrite(project, [/activate: \[x\]/, 'activate: [x, tiktok]'])
  expect((await project.run('run', '--all')).stderr).not.toContain('former_activation')
  expect((await project.run('run', 'everyone.x', '--full')).code).toBe(0)
}, 120_000)

test.concurrent('renamed_from is refused, and changes nothing, where two audiences or two accounts would meet', async () => {
  await using project = await Project.open(10, { segments })
  expect((await project.run('run', '--all')).code).toBe(0)
  const refused = async (code: string, says: RegExp) => {
    const hash = project.hash()
    const planned = await project.run('plan', '--all')
    expect([planned.code, planned.stdout]).toEqual([78, expect.stringMatching(says)])
    expect((await project.run('validate', '--warehouse')).code).toBe(78)
    expect(project.hash()).toBe(hash)
    const { code: exit, stdout } = await project.run('run', '--all')
    expect([exit, summaryOf(stdout).error]).toMatchObject([78, { code, message: expect.stringMatching(says) }])
    expect((await project.query(both))[0]).toMatchObject({ was: '10' })
  }
  const original = readFileSync(join(project.folder, 'tidemark.yml'), 'utf8')
  const elsewhere = 'activate: [{ destination: tiktok, renamed_from: everyone.x, guards: { min_members: 0 } }]'
  rewrite(project, [/activate: \[x\]/, elsewhere])
  await refused(
    'account_changed',
    /everyone\.tiktok cannot take over what everyone\.x holds.*on X Ads in account 18ce54d4x5t, and tiktok is TikTok Ads, account 7/,
  )
  writeFileSync(join(project.folder, 'tidemark.yml'), original)
  // A name that is written wrong.
  rewrite(project, toTwitter[0], [/activate: \[x\]/, renamed.replace('everyone.x', 'everyone.y')])
  await refused('unknown_former', /renamed_from: everyone\.y, and nothing of that name.*everyone\.x \(10 people\)/)
  // Both have people.
  rewrite(project, [/renamed_from: everyone\.y/, 'audience: { name: second }'])
  expect((await project.run('run', '--all', '--second-audience')).code).toBe(0)
  rewrite(project, [/audience: \{ name: second \}/, 'audience: { name: second }, renamed_from: everyone.x'])
  await refused('both_have_audiences', /both have an audience, and everyone\.x still holds 10 people/)
}, 120_000)
