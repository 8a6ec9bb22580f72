import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
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
