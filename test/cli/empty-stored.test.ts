import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { everyone, Project, summaryOf } from './project.ts'

const both = everyone
const onTiktok = everyone.replace('[x, ', '[')
/** Of X. */
const left = (project: Project): number =>
  project.x.audiences().flatMap(({ id }) => [...project.x.identifiers(id)]).length
const controls = (project: Project) =>
  project.query(
    `select activation, config_hash, fields, audience_name, account_id from tidemark.activations order by 1`,
  )

/** `everyone.x` has run and has left the file; `everyone.tiktok` stays. */
const withoutX = async (segments = both): Promise<Project> => {
  const project = await Project.open(60, { segments })
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.write({ segments: onTiktok })
  return project
}

test.concurrent('an activation that has left the file is emptied from its state, and no other one is touched', async () => {
  await using project = await withoutX()
  const [known, tiktok] = [await controls(project), project.tiktok.requests.length]
  const hash = project.hash()
  const asked = await project.run('empty', 'everyone.x')
  expect([asked.code, asked.stdout]).toEqual([
    0,
    expect.stringMatching(/^This would remove 60 people from the audience/),
  ])
  expect([project.hash(), left(project)]).toEqual([hash, 120])
  expect(asked.stdout).not.toContain('next run')

  const emptied = await project.run('empty', 'everyone.x', '--yes')
  expect([emptied.code, summaryOf(emptied).activations]).toMatchObject([
    0,
    [{ activation: 'everyone.x', members_removed: 60, identifiers_removed: 120, error: null }],
  ])
  expect([left(project), project.tiktok.requests.length]).toEqual([0, tiktok])
  // What the state knows of it stays what it was.
  expect(await controls(project)).toEqual(known)
  expect((await project.run('empty', 'everyone.x')).stdout).toMatch(/there is nobody to remove/)
}, 120_000)

test.concurrent('so is one with a hashed member key', async () => {
  await using project = await withoutX(both.replace('customer_id', '{ column: email, hash: true }'))
  const emptied = await project.run('empty', 'everyone.x', '--yes')
  expect([emptied.code, summaryOf(emptied).activations[0]?.members_removed, left(project)]).toEqual([0, 60, 0])
}, 120_000)

test.concurrent('it is emptied on the destination that has its ad account now, whatever that is called', async () => {
  await using project = await withoutX()
  const file = join(project.folder, 'tidemark.yml')
  await writeFile(file, (await readFile(file, 'utf8')).replace('\n  x:\n', '\n  renamed:\n'))
  expect((await project.run('empty', 'everyone.x', '--yes')).code).toBe(0)
  expect(left(project)).toBe(0)
}, 120_000)

test.concurrent('without a destination of its ad account it says exactly what to put back, and changes nothing', async () => {
  await using project = await withoutX()
  await project.write({ segments: onTiktok, account: 'another1' })
  const [hash, calls] = [project.hash(), project.x.requests.length]
  const says =
    /everyone\.x is in the state.*Put back below destinations, with its credentials: x: \{ type: x_ads, account_id: .*18ce54d4x5t.* \}\. The segment everyone need not come back/
  for (const yes of [[], ['--yes']]) {
    const { code, stdout, stderr } = await project.run('empty', 'everyone.x', ...yes)
    expect([code, stdout + stderr]).toEqual([78, expect.stringMatching(says)])
  }
  expect([project.hash(), project.x.requests.length]).toEqual([hash, calls])
}, 120_000)

test.concurrent('no command that destroys suggests another activation for a name that nobody knows', async () => {
  await using project = await withoutX()
  const hash = project.hash()
  for (const command of ['empty', 'reset'])
    for (const yes of [[], ['--yes']])
      for (const name of ['everyone.tiktko', 'everyone', 'everyone.X']) {
        const { code, stdout, stderr } = await project.run(command, name, ...yes)
        expect({ command, name, code }).toEqual({ command, name, code: 64 })
        expect(stdout + stderr).toContain('neither in the configuration nor in the state')
        expect(stdout + stderr).not.toMatch(/did you mean|everyone\.(x|tiktok)\b/)
      }
  expect(project.hash()).toBe(hash)
}, 120_000)

test.concurrent('of one whose runs never came to an end it says that the activation has to come back', async () => {
  await using project = await withoutX()
  await project.query(`delete from tidemark.activation_log where activation = 'everyone.x'`)
  const { code, stderr } = await project.run('empty', 'everyone.x')
  expect([code, stderr]).toEqual([
    78,
    expect.stringMatching(/Put back the activation of that name.*with the ad account 18ce54d4x5t/),
  ])
}, 120_000)
