import { expect, test } from '@jest/globals'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'

/** The platform takes smaller requests than the configuration says (its limits are not published, or were lowered). */
const onTiktok = everyone.replace('[x, ', '[')
const types = ['EMAIL_SHA256', 'PHONE_SHA256'] as const
const request = '{ timeout_ms: 20000, max_rows: 1000, concurrency: 1 }'

test.concurrent('requests become smaller until they pass, and stay so for the rest of the run', async () => {
  await using project = await Project.open(600, { segments: onTiktok, request }, { tiktok: { maxRows: 100 } })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(0)
  expect(summaryOf(ended).activations).toMatchObject([
    { members_added: 600, identifiers_added: 1200, identifiers_rejected: 0 },
  ])
  const [audience] = project.tiktok.audiences()
  expect([...project.tiktok.identifiers(audience?.id ?? '')].sort()).toEqual(digestsOf(1, 600, types))
  const sizes = project.tiktok.requests
    .filter(({ op }) => op === 'add')
    .map(({ users, code }) => (code === 0 ? users : 'refused'))
  // E-mail addresses: 600, then 300 and 150 are too many, each half of them again. Phone numbers: in eight times 75 at once.
  const halved = ['refused', 75, 75, 'refused', 75, 75]
  expect(sizes).toEqual(['refused', 'refused', ...halved, 'refused', ...halved, ...Array.from({ length: 8 }, () => 75)])
  expect(ended.stderr).toContain('Set request.max_rows of destinations.tiktok to 75')
  const receipts = await project.query(
    'select status, attempts::int as attempts from tidemark.receipts where batch_no > 0 order by batch_no',
  )
  expect(receipts).toEqual([
    { status: 'accepted', attempts: 15 },
    { status: 'accepted', attempts: 8 },
  ])
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('a bad value in a batch that is too large is found all the same', async () => {
  await using project = await Project.open(300, { segments: onTiktok, request }, { tiktok: { maxRows: 100 } })
  const [bad = ''] = digestsOf(77, 77, types).map((identifier) => identifier.split(' ')[1] ?? '')
  project.fault({ match: { op: 'add' }, times: 'always', fault: { kind: 'refuse', digests: [bad] } })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(0)
  expect(summaryOf(ended).activations).toMatchObject([
    { members_added: 300, identifiers_added: 599, identifiers_rejected: 1 },
  ])
  expect(await project.query('select member_key, field from tidemark.current_rejections')).toEqual([
    { member_key: '77', field: 'email' },
  ])
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('a platform that takes not even one row is 76, after few requests, and nobody is rejected', async () => {
  await using project = await Project.open(300, { segments: onTiktok, request }, { tiktok: { maxRows: 0 } })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(76)
  expect(summaryOf(ended).activations[0]?.error?.message).toContain('request.max_rows')
  expect(project.tiktok.requests.filter(({ op }) => op === 'add').length).toBeLessThanOrEqual(11)
  expect(await project.query('select count(*)::int as n from tidemark.rejections')).toEqual([{ n: 0 }])
}, 120_000)
