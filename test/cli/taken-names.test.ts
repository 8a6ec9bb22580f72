import { expect, test } from '@jest/globals'
import { expectClearError } from './ended.ts'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'

test.concurrent('a name that TikTok would give twice is 78 too, no second audience is made, and it is adopted on demand', async () => {
  const onTiktok = (audience: string) =>
    everyone.replace(/activate: .*/, `activate: [{ destination: tiktok, guards: { min_members: 0 }${audience} }]`)
  await using other = await Project.open(10, { segments: onTiktok('') })
  // Its answer is lost, and the next run knows the audience for its own.
  other.tiktok.addFaults([{ match: { op: 'create_audience' }, times: 1, fault: { kind: 'drop_after' } }])
  expect((await other.run('run', '--all')).code).toBe(75)
  expect((await other.run('run', '--all')).code).toBe(0)
  const [theirs] = other.tiktok.audiences()
  await using project = await Project.open(60, { segments: onTiktok(''), tiktokUrl: other.tiktok.url })
  const taken = await project.run('run', '--all')
  expect(taken.code).toBe(78)
  expectClearError(
    taken,
    new RegExp(
      `has an audience named "everyone" .*: ${theirs?.id}\\. .*another .audience\\.name., or set .audience\\.adopt: true.`,
    ),
  )
  expect(summaryOf(taken).activations[0]).toMatchObject({ audience_id: null, error: { code: 'name_taken' } })
  expect(other.tiktok.audiences()).toHaveLength(1)
  await project.write({ segments: onTiktok(', audience: { adopt: true }'), tiktokUrl: other.tiktok.url })
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(other.tiktok.audiences().map(({ id }) => id)).toEqual([theirs?.id])
  expect([...other.tiktok.identifiers(theirs?.id ?? '')].sort()).toEqual(
    digestsOf(1, 60, ['EMAIL_SHA256', 'PHONE_SHA256']),
  )
  // Another name is free, and the audience of the first name stays the only one of it.
  await using third = await Project.open(5, {
    segments: onTiktok(', audience: { name: ours }'),
    tiktokUrl: other.tiktok.url,
  })
  expect((await third.run('run', '--all')).code).toBe(0)
  expect(other.tiktok.audiences().map(({ name }) => name)).toEqual(['everyone', 'ours'])
}, 120_000)
