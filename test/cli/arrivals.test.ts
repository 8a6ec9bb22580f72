import { createHash } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { everyone, Project } from './project.ts'

/**
 * Whoever is new, with one row in which all is valid, is stored and settled on a shorter way than everybody else
 * (`sql/arrivals.ts`). In each of these, somebody new must not take it, or must be brought back from it.
 */
const onX = everyone.replace(/activate: .*/, 'activate: [x]')
const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
const email = (n: number): string => digest(`person${n}@example.com`)
const phone = (n: number): string => digest(`+336${10_000_000 + n}`)
const both = (...numbers: readonly number[]): string[] =>
  numbers.flatMap((n) => [`email ${email(n)}`, `phone_number ${phone(n)}`])
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const state = (table: string): string => `tidemark_state."${table}_everyone-x"`

/** What the platform has, and what must be true of every settled state. */
const held = async (project: Project): Promise<string[]> => {
  expect(
    await project.query(
      `select count(*)::int as n from (select member_key from ${state('due')} group by all having count(*) > 1)`,
    ),
  ).toEqual([{ n: 0 }])
  expect(
    await project.query(
      `select count(*)::int as n from ${state('ledger_identifiers')} group by member_key, field, digest having count(*) > 1`,
    ),
  ).toEqual([])
  const [audience] = project.x.audiences()
  const on = [...project.x.identifiers(audience?.id ?? '')].sort()
  const confirmed = await project.query(
    `select distinct field || ' ' || lower(hex(digest)) as i from ${state('ledger_identifiers')} where state = 1 order by i`,
  )
  expect(confirmed.map(({ i }) => i)).toEqual(on)
  return on
}
const members = async (project: Project) =>
  (
    await project.query(
      `select segment_members::int as segment, reachable_members::int as reachable, ledger_members::int as ledger from ${state('control')}`,
    )
  )[0]

test.concurrent('with an invalid value, a NULL, several rows, a placeholder: each on their own way, in one first sync', async () => {
  await using project = await Project.open(60, { segments: onX })
  await project.query(`update customers set email = 'none' where customer_id = 1;
    update customers set email = null where customer_id = 2;
    update customers set email = null, phone = null where customer_id = 3;
    insert into customers values (4, 'second4@example.com', null), (4, 'person4@example.com', null);
    insert into customers select 100 + i, 'none@example.com', '+336' || (10000100 + i) from range(25) t(i)`)
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(await held(project)).toEqual(
    [
      ...both(...range(4, 60)),
      `email ${digest('second4@example.com')}`,
      ...[1, 2, ...range(100, 124)].map((n) => `phone_number ${phone(n)}`),
    ].sort(),
  )
  expect(await members(project)).toEqual({ segment: 85, reachable: 84, ledger: 84 })
  expect(
    await project.query(`select reason, count(*)::int as n from tidemark.current_rejections group by all order by all`),
  ).toEqual([
    { reason: 'invalid_email', n: 1 },
    { reason: 'shared_by_many', n: 25 },
  ])
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('an identifier in quarantine is not sent for somebody new either, and goes when its time has come', async () => {
  await using project = await Project.open(20, { segments: onX })
  await project.query(
    'create table away as select * from customers where customer_id > 15; delete from customers where customer_id > 15',
  )
  project.fault({ match: { op: 'add' }, times: 'always', fault: { kind: 'refuse', digests: [phone(7)] } })
  expect((await project.run('run', '--all')).code).toBe(0)
  project.x.clearFaults()
  await project.query(
    `insert into customers select * from away; insert into customers values (77, 'person77@example.com', '+33610000007')`,
  )
  expect((await project.run('run', '--all')).code).toBe(0)
  const without = [...both(...range(1, 20)), `email ${email(77)}`].filter((i) => !i.endsWith(phone(7))).sort()
  expect(await held(project)).toEqual(without)
  await project.query(
    `update ${state('quarantine')} set until_at = until_at - interval 31 days; update ${state('due')} set due_at = due_at - interval 31 days where due_at < now()::timestamp + interval 40 days`,
  )
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(await held(project)).toEqual([...without, `phone_number ${phone(7)}`].sort())
}, 120_000)

test.concurrent('whose first add got no answer, or was never sent, is brought back and sent again; who leaves meanwhile is removed', async () => {
  await using project = await Project.open(60, {
    segments: onX,
    request: '{ timeout_ms: 1000, quiet_ms: 1000, max_bytes: 2000, concurrency: 1 }',
  })
  project.fault({ match: { op: 'add', nth: 2 }, times: 'always', fault: { kind: 'drop_after' } })
  expect((await project.run('run', '--all')).code).toBe(75)
  project.x.clearFaults()
  await project.query('delete from customers where customer_id % 2 = 0')
  expect((await project.run('run', '--all')).code).toBe(0)
  const odd = range(1, 60).filter((n) => n % 2 === 1)
  expect(await held(project)).toEqual(both(...odd).sort())
  expect(await members(project)).toEqual({ segment: 30, reachable: 30, ledger: 30 })
  expect((await project.query('select count(*)::int as n from tidemark.audience_members'))[0]).toEqual({ n: 30 })
}, 120_000)

test.concurrent('a membership is renewed before the platform forgets it, and has one due date again', async () => {
  await using project = await Project.open(30, { segments: onX })
  expect((await project.run('run', '--all')).code).toBe(0)
  const earlier = `interval 350 days`
  await project.query(`update ${state('ledger_identifiers')} set since_at = since_at - ${earlier} where member_key::int <= 10;
    update ${state('due')} set due_at = due_at - interval 400 days where member_key::int <= 10`)
  // Somebody who left and comes back brings an old due date with him.
  await project.query(
    `insert into ${state('due')} values ('31', now()::timestamp - interval 1 day); insert into customers values (31, 'person31@example.com', '+33610000031')`,
  )
  const before = project.x.requests.length
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(
    await project.query(
      'select identifiers_resent::int as resent, identifiers_added::int as added from tidemark.runs order by started_at desc limit 1',
    ),
  ).toEqual([{ resent: 20, added: 2 }])
  expect(project.x.requests.length - before).toBe(1)
  expect(await held(project)).toEqual(both(...range(1, 31)).sort())
  const [due] = await project.query(
    `select count(*)::int as n, min(due_at) > now()::timestamp + interval 300 days as later from ${state('due')}`,
  )
  expect(due).toEqual({ n: 31, later: true })
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)
