import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'

const onX = everyone.replace(/activate: .*/, 'activate: [x]')
const onTiktok = everyone.replace('[x, ', '[')
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
const email = (n: number): string => digest(`person${n}@example.com`)
const phone = (n: number): string => digest(`+336${10_000_000 + n}`)
const refuse = (op: 'add' | 'remove', ...digests: readonly string[]) =>
  ({ match: { op }, times: 'always', fault: { kind: 'refuse', digests } }) as const

/** Requests to X that were about users, refused ones too. */
const sent = (project: Project): number => project.x.requests.filter(({ path }) => path.endsWith('/users')).length

const rejections = (project: Project) =>
  project.query(`select member_key, field, origin, reason, quarantined_until_at > current_timestamp::timestamp as waits
    from tidemark.current_rejections order by member_key, field`)
const receipts = (project: Project) =>
  project.query(
    `select op, status, attempts::int as attempts from tidemark.receipts where batch_no > 0 order by sent_at, batch_no`,
  )

test.concurrent('X: one bad e-mail address of 60,000 in one request is found in 2 log2 n + 2 calls, and all others arrive', async () => {
  const n = 60_000
  await using project = await Project.open(n, { segments: onX, xFields: '{ email: email }' })
  project.fault(refuse('add', email(41_234)))
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(0)
  const [run] = summaryOf(ended).activations
  expect(run).toMatchObject({ status: 'succeeded', members_added: n - 1, identifiers_rejected: 1, batches: 1 })
  expect(sent(project)).toBeLessThanOrEqual(2 * Math.log2(n) + 2)
  const [audience] = project.x.audiences()
  const held = new Set(project.x.identifiers(audience?.id ?? ''))
  expect([held.size, held.has(`email ${email(41_234)}`)]).toEqual([n - 1, false])
  expect(await rejections(project)).toEqual([
    { member_key: '41234', field: 'email', origin: 'platform', reason: expect.stringMatching(/^INVALID/), waits: true },
  ])
  expect(await receipts(project)).toEqual([{ op: 'add', status: 'partial', attempts: sent(project) }])
  const again = await project.run('run', '--all', '--exit-code-when-unchanged')
  expect(again.code).toBe(99)
}, 180_000)

test.concurrent.each([
  ['x', onX, 'phone_number', ['email', 'phone_number']],
  ['tiktok', onTiktok, 'phone', ['EMAIL_SHA256', 'PHONE_SHA256']],
] as const)(
  '%s: of a member with several identifiers only the bad one is rejected',
  async (name, segments, field, types) => {
    await using project = await Project.open(60, { segments })
    project.fault(refuse('add', phone(7), phone(8), email(30)))
    expect((await project.run('run', '--all')).code).toBe(0)
    const platform = project[name]
    const [audience] = platform.audiences()
    const bad = [`${types[1]} ${phone(7)}`, `${types[1]} ${phone(8)}`, `${types[0]} ${email(30)}`]
    expect([...platform.identifiers(audience?.id ?? '')].sort()).toEqual(
      digestsOf(1, 60, types).filter((identifier) => !bad.includes(identifier)),
    )
    expect((await rejections(project)).map((r) => `${r.member_key} ${r.field}`)).toEqual([
      '30 email',
      `7 ${field}`,
      `8 ${field}`,
    ])
    expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
  },
  120_000,
)

test.concurrent('a refused removal is rejected and waits; everybody else leaves', async () => {
  await using project = await Project.open(60, { segments: onX, xFields: '{ email: email }' })
  expect((await project.run('run', '--all')).code).toBe(0)
  project.fault(refuse('remove', email(3)))
  await project.query('delete from customers where customer_id <= 5')
  expect((await project.run('run', '--all')).code).toBe(0)
  const [audience] = project.x.audiences()
  const stays = [
    ...digestsOf(6, 60, ['email', 'phone_number']).filter((i) => i.startsWith('email ')),
    `email ${email(3)}`,
  ]
  expect([...project.x.identifiers(audience?.id ?? '')].sort()).toEqual(stays.sort())
  expect((await rejections(project)).map((r) => `${r.member_key} ${r.field} ${r.waits}`)).toEqual(['3 email true'])
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('a platform that refuses everybody is 76: nobody is blamed, and the next run heals it', async () => {
  await using project = await Project.open(60, { segments: onX })
  const all = Array.from({ length: 60 }, (_, i) => [email(i + 1), phone(i + 1)]).flat()
  project.fault(refuse('add', ...all))
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(76)
  expect(await project.query('select count(*)::int as n from tidemark.rejections')).toEqual([{ n: 0 }])
  expect(sent(project)).toBeLessThan(50)
  project.x.clearFaults()
  expect((await project.run('run', '--all')).code).toBe(0)
  const [audience] = project.x.audiences()
  expect([...project.x.identifiers(audience?.id ?? '')].sort()).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
}, 120_000)

test.concurrent('an answer about something else while culprits are looked for ends the run: it is no success, and nobody is lost', async () => {
  await using project = await Project.open(1, { segments: onX })
  project.fault(refuse('add', phone(1)), {
    match: { op: 'add' },
    times: 'always',
    fault: { kind: 'answer', status: 401 },
  })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(77)
  expect(await receipts(project)).toMatchObject([{ op: 'add', status: 'refused' }])
  expect(await rejections(project)).toEqual([])
  project.x.clearFaults()
  project.fault(refuse('add', phone(1)))
  expect((await project.run('run', '--all')).code).toBe(0)
  const [audience] = project.x.audiences()
  expect([...project.x.identifiers(audience?.id ?? '')]).toEqual([`email ${email(1)}`])
  expect(await rejections(project)).toMatchObject([{ member_key: '1', field: 'phone_number' }])
}, 120_000)

test.concurrent('a request that is only too large is halved: all of it is accepted, and the receipt says so', async () => {
  await using project = await Project.open(40, {
    segments: onX,
    request: '{ timeout_ms: 3000, quiet_ms: 3000, max_bytes: 5000 }',
  })
  project.fault({ match: { op: 'add', nth: 1 }, fault: { kind: 'answer', status: 400, code: 'REQUEST_TOO_COMPLEX' } })
  expect((await project.run('run', '--all')).code).toBe(0)
  expect([...new Set((await receipts(project)).map(({ status }) => status))]).toEqual(['accepted'])
  expect(await rejections(project)).toEqual([])
}, 120_000)

test.concurrent('who is to blame is rejected, also where the run then comes to an end', async () => {
  await using project = await Project.open(3, {
    segments: onX,
    xFields: '{ email: email }',
    request: '{ timeout_ms: 20000, max_bytes: 135 }',
  })
  // One member a request: the first is refused, then the token is.
  project.fault(refuse('add', email(1)), {
    match: { op: 'add', nth: 2 },
    times: 'always',
    fault: { kind: 'answer', status: 401, code: 'UNAUTHORIZED_ACCESS' },
  })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(77)
  expect(summaryOf(ended).activations).toMatchObject([{ status: 'failed', identifiers_rejected: 1 }])
  expect(await rejections(project)).toHaveLength(1)
}, 60_000)
