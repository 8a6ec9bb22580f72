import { expect, test } from '@jest/globals'
import { X_SIMULATOR_ACCOUNT } from '../../connector/simulator/simulator.ts'
import { callTikTok, callX } from '../simulator/client.ts'
import { everyone, Project, summaryOf } from './project.ts'

const onX = everyone.replace(/activate: .*/, 'activate: [x]')
const onTiktok = everyone.replace('[x, ', '[')
const another = onX.replace('[x]', '[{ destination: x, audience: { name: second } }]')

/** Somebody deletes the audience on the platform. */
const deleteOnX = async (project: Project): Promise<string> => {
  const [{ id = '' } = {}] = project.x.audiences()
  const path = `/12/accounts/${X_SIMULATOR_ACCOUNT}/custom_audiences/${id}`
  expect((await callX(project.x.url, 'DELETE', path)).status).toBe(200)
  return id
}
const deleteOnTiktok = async (project: Project): Promise<void> => {
  const [{ id = '', account = '' } = {}] = project.tiktok.audiences()
  const body = { advertiser_id: account, action: 'delete', delete_audience_id: id }
  expect((await callTikTok(project.tiktok.url, 'segment/audience/', body)).json.code).toBe(0)
}
const synced = async (segments: string): Promise<Project> => {
  const project = await Project.open(60, { segments })
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.query(`insert into customers values (999, 'new@example.com', null)`)
  return project
}
const errorOf = (ended: Parameters<typeof summaryOf>[0]) => summaryOf(ended).activations[0]?.error?.message

test.concurrent('the way out of a vanished audience is the one that the message says: where names are kept', async () => {
  await using project = await synced(onX)
  const id = await deleteOnX(project)
  const stopped = await project.run('run', '--all')
  const whole =
    /`tidemark reset` forgets it; the platform keeps the names of deleted audiences, so choose another `audience\.name` too, and the next run makes a new one/
  expect([stopped.code, errorOf(stopped)]).toEqual([78, expect.stringMatching(whole)])
  const doctor = await project.run('doctor')
  expect([doctor.code, doctor.stdout]).toEqual([78, expect.stringMatching(whole)])

  const asked = await project.run('reset', 'everyone.x')
  const says = `audience ${id}, which is not on the platform any more, and a ledger of 120 identifiers`
  const afterwards = `X Ads keeps the names of deleted audiences: before the next run, which is a first sync, write another \`audience.name\` than "everyone"; it makes an audience of that name.`
  expect(asked.stdout).toBe(
    `This would forget ${says}, with 60 members in the audience. ${afterwards}\nNothing was changed. Do it with: tidemark reset everyone.x --yes\n`,
  )
  const done = await project.run('reset', 'everyone.x', '--yes')
  expect([done.code, done.stdout]).toEqual([0, expect.stringContaining(`everyone.x has forgotten ${says}`)])
  expect(done.stdout).toContain(afterwards)
  await project.write({ segments: another })
  const next = await project.run('run', '--all')
  expect([next.code, summaryOf(next).activations[0]?.members_added]).toEqual([0, 61])
}, 120_000)

test.concurrent('where the name is written before, nothing more is asked for', async () => {
  await using project = await synced(onX)
  await deleteOnX(project)
  await project.write({ segments: another })
  expect((await project.run('run', '--all')).code).toBe(78)
  const done = await project.run('reset', 'everyone.x', '--yes', '--json')
  expect([done.code, JSON.parse(done.stdout)]).toMatchObject([0, { done: true, audience_there: false, members: 60 }])
  expect((await project.run('run', '--all')).code).toBe(0)
}, 120_000)

test.concurrent('the way out of a vanished audience where names are free: one command', async () => {
  await using project = await synced(onTiktok)
  await deleteOnTiktok(project)
  const stopped = await project.run('run', '--all')
  expect([stopped.code, errorOf(stopped)]).toEqual([
    78,
    expect.stringMatching(/`tidemark reset` forgets it, and the next run makes a new one/),
  ])
  const done = await project.run('reset', 'everyone.tiktok', '--yes')
  expect([done.code, done.stdout]).toEqual([
    0,
    expect.stringContaining('Its next run is a first sync and makes the audience "everyone".'),
  ])
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(project.tiktok.audiences().filter(({ deleted }) => !deleted)).toHaveLength(1)
}, 120_000)

test.concurrent('an audience that is there, or may be, is not forgotten without --abandon', async () => {
  await using project = await synced(everyone)
  const refused = async (says: RegExp, name = 'everyone.x', there: boolean | null = null) => {
    const [hash, env] = [project.hash(), project.env]
    const asked = await project.run('reset', name, '--json')
    expect([asked.code, JSON.parse(asked.stdout)]).toMatchObject([
      0,
      { audience_there: there, do_it_with: `tidemark reset ${name} --yes --abandon` },
    ])
    const { code, stderr } = await project.run('reset', name, '--yes')
    expect([code, stderr]).toEqual([64, expect.stringMatching(says)])
    expect(project.hash()).toBe(hash)
    project.env = env
  }
  await refused(/would stay there and nobody would know of them\. Take them out first/, 'everyone.x', true)

  await deleteOnX(project)
  await deleteOnTiktok(project)
  const { env } = project
  const calls = project.x.requests.length
  // Its credentials are not there.
  project.env = { ...env, X_ACCESS_TOKEN: '' }
  await refused(
    /whether it is still there is not known: tidemark\.yml, line \d+: destinations\.x\.credentials\.access_token/,
  )
  project.env = env
  // Another account: everything is 404 there.
  await project.write({ account: 'another1' })
  await refused(/it is in account 18ce54d4x5t, and the configuration says another1/)
  // It has left the file.
  await project.write({ segments: onTiktok })
  await refused(/the activation is not in the configuration any more/)
  expect(project.x.requests).toHaveLength(calls)
  // The platform does not say.
  await project.write({ tiktokUrl: 'http://127.0.0.1:1' })
  await refused(/whether it is still there is not known: .*could not be reached/, 'everyone.tiktok')
  // It was told, and is not asked.
  const done = await project.run('reset', 'everyone.tiktok', '--yes', '--abandon')
  expect([done.code, done.stdout]).toEqual([
    0,
    expect.stringMatching(/While that audience exists, its name is taken: /),
  ])
}, 240_000)
