import { expect, test } from '@jest/globals'
import { until } from './process.ts'
import { digestsOf, everyone, Project } from './project.ts'
import { openProxy } from './proxy.ts'
import { acceptedOf, adding, sent } from './sent.ts'

const request = '{ timeout_ms: 1000, quiet_ms: 1000, max_bytes: 1200, concurrency: 2 }'
const slow = { match: { op: 'add' as const }, times: 'always' as const, fault: { kind: 'latency' as const, ms: 120 } }

test.concurrent('kill -9 in mid-delivery of a first sync: the same command heals it and sends nothing again that was accepted', async () => {
  await using project = await Project.open(150)
  await using x = await openProxy(project.x.port)
  await using tiktok = await openProxy(project.tiktok.port)
  await project.write({ xUrl: x.url, tiktokUrl: tiktok.url, request })
  project.fault(slow)
  project.env = { ...project.env, AIRFLOW_CTX_DAG_RUN_ID: 'first' }
  const { child, ended } = project.start('run', '--all', '--run-key', 'day/1')
  // Receipts are written every second.
  await until('2 s of adds', () => project.x.requests.length > 22 && project.tiktok.requests.length > 22)
  child.kill('SIGKILL')
  expect((await ended).signal).toBe('SIGKILL')
  await Promise.all([project.x.idle(), project.tiktok.idle()])
  const accepted = { x: await acceptedOf(project, 'everyone-x'), tiktok: await acceptedOf(project, 'everyone-tiktok') }
  expect(accepted.x.length).toBeGreaterThan(0)
  expect(accepted.tiktok.length).toBeGreaterThan(0)
  project.x.clearFaults()
  project.tiktok.clearFaults()
  const [before, beforeTiktok] = [x.seen.length, tiktok.seen.length]
  project.env = { ...project.env, AIRFLOW_CTX_DAG_RUN_ID: 'second' }
  const healed = await project.run('run', '--all', '--run-key', 'day/1')
  expect(healed).toMatchObject({ code: 0, stderr: expect.stringMatching(/"event":"recover"/) })
  for (const [who, again] of [
    [accepted.x, sent(x.seen.slice(before), adding)],
    [accepted.tiktok, sent(tiktok.seen.slice(beforeTiktok), adding)],
  ] as const)
    expect(again.filter((digest) => who.includes(digest))).toEqual([])
  expect(Object.values(project.held())).toEqual([
    digestsOf(1, 150, ['email', 'phone_number']),
    digestsOf(1, 150, ['EMAIL_SHA256', 'PHONE_SHA256']),
  ])
  // The row of a crashed run tells of that run, although the next one writes it.
  const runs = await project.query(
    `select activation, attempt, status, error_code, orchestrator_run_id from tidemark.runs order by all`,
  )
  expect(runs.map((r) => Object.values(r).join(' '))).toEqual([
    'everyone.tiktok 1 failed crashed first',
    'everyone.tiktok 2 succeeded  second',
    'everyone.x 1 failed crashed first',
    'everyone.x 2 succeeded  second',
  ])
  const members = await project.query(
    `select activation, count(*) as n from tidemark.audience_members group by 1 order by 1`,
  )
  expect(members.map((m) => m.n)).toEqual(['150', '150'])
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('kill -9 while people are removed and added: the platforms end equal to the segment', async () => {
  await using project = await Project.open(150, {
    request,
    segments: everyone
      .replace('min_members: 0', 'min_members: 0, max_removed_share: 1, max_touched_share: 1')
      .replace('[x,', '[{ destination: x, guards: { max_removed_share: 1, max_touched_share: 1 } },'),
  })
  expect((await project.run('run', '--all')).code).toBe(0)
  await project.query(`delete from customers where customer_id <= 60;
    insert into customers select i, 'person' || i || '@example.com', '+336' || (10000000 + i) from range(151, 211) t(i)`)
  project.fault({ ...slow, match: { op: ['add', 'remove'] } })
  for (const requests of [4, 12]) {
    const seen = project.x.requests.length
    const { child, ended } = project.start('run', '--all')
    await until(`${requests} requests`, () => project.x.requests.length >= seen + requests)
    child.kill('SIGKILL')
    await ended
  }
  project.x.clearFaults()
  project.tiktok.clearFaults()
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(Object.values(project.held())).toEqual([
    digestsOf(61, 210, ['email', 'phone_number']),
    digestsOf(61, 210, ['EMAIL_SHA256', 'PHONE_SHA256']),
  ])
}, 120_000)
