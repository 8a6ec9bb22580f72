import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'

/** TikTok with `request.combined_rows`: the identifiers of a member in one positional row. */
const segments = everyone.replace('[x, ', '[')
const request = '{ timeout_ms: 20000, combined_rows: true, max_rows: 20 }'
const types = ['EMAIL_SHA256', 'PHONE_SHA256'] as const
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
const email = (text: string): string => `EMAIL_SHA256 ${digest(text)}`
const phone = (n: number): string => `PHONE_SHA256 ${digest(`+336${10_000_000 + n}`)}`
const takesMixed = { tiktok: { acceptMixedSchema: true } }

const held = (project: Project): string[] => {
  const [audience] = project.tiktok.audiences()
  return [...project.tiktok.identifiers(audience?.id ?? '')].sort()
}
const mappings = (project: Project): number =>
  project.tiktok.requests.filter(({ op }) => /^(add|remove)$/.test(op)).length

test.concurrent('every identifier arrives under its own type, whoever lacks one, and leaves under it', async () => {
  await using project = await Project.open(60, { segments, request }, takesMixed)
  await project.query(`update customers set email = null where customer_id = 1;
    update customers set phone = null where customer_id = 2;
    insert into customers values (3, 'second3@example.com', null)`)
  expect((await project.run('run', '--all')).code).toBe(0)
  const first = [
    ...digestsOf(1, 60, types).filter((i) => i !== email('person1@example.com') && i !== phone(2)),
    email('second3@example.com'),
  ]
  expect(held(project)).toEqual(first.sort())
  // 61 rows of 20 at most: the second address of one member takes a row of its own.
  expect(mappings(project)).toBe(4)

  await project.query(`delete from customers where customer_id in (1, 2) or email = 'second3@example.com';
    update customers set email = 'new5@example.com' where customer_id = 5`)
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(0)
  expect(summaryOf(ended).activations).toMatchObject([
    { members_removed: 2, identifiers_removed: 4, identifiers_added: 1 },
  ])
  const second = digestsOf(3, 60, types).filter((i) => i !== email('person5@example.com'))
  expect(held(project)).toEqual([...second, email('new5@example.com')].sort())
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('of a row with several identifiers only the refused one is rejected', async () => {
  await using project = await Project.open(60, { segments, request }, takesMixed)
  const bad = [digest('person7@example.com'), digest('+33610000008')]
  project.fault({ match: { op: 'add' }, times: 'always', fault: { kind: 'refuse', digests: bad } })
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(held(project)).toEqual(digestsOf(1, 60, types).filter((i) => !bad.includes(i.split(' ')[1] ?? '')))
  const rejections = await project.query(
    'select member_key, field from tidemark.current_rejections order by member_key',
  )
  expect(rejections).toEqual([
    { member_key: '7', field: 'email' },
    { member_key: '8', field: 'phone' },
  ])
}, 120_000)

test.concurrent('a platform that takes no combined rows: exit 76 names the setting, nobody is blamed', async () => {
  await using project = await Project.open(60, { segments, request }, { tiktok: { acceptMixedSchema: false } })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(76)
  expect(summaryOf(ended).activations[0]?.error?.message).toContain('request.combined_rows')
  expect(await project.query('select count(*)::int as n from tidemark.rejections')).toEqual([{ n: 0 }])
  await project.write({ segments, request: '{ timeout_ms: 20000 }' })
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(held(project)).toEqual(digestsOf(1, 60, types))
}, 120_000)
