import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { expectClearError } from './ended.ts'
import { digestsOf, everyone, type Parts, Project, summaryOf } from './project.ts'

const segments = (more: string): string => onX(everyone).replace('main.customers', `main.customers\n    ${more}`)
const onX = (text: string): string => text.replace(/activate: .*/, 'activate: [x]')

/** A port on which nobody listens. */
const closedPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

interface Case {
  readonly what: string
  readonly exit: number
  readonly says: RegExp
  readonly parts?: (project: Project) => Parts | Promise<Parts>
  readonly prepare?: (project: Project) => Promise<unknown> | unknown
  readonly env?: Readonly<Record<string, string>>
}

/** After a first sync of both platforms, each of these must say what is wrong and change nothing. */
const cases: readonly Case[] = [
  {
    what: 'an unknown key',
    exit: 78,
    says: /segments\.everyone\.acitvate: is not known here.*did you mean/s,
    parts: () => ({ segments: onX(everyone).replace('activate', 'acitvate') }),
  },
  { what: 'text that is no YAML', exit: 78, says: /tidemark\.yml has/, parts: () => ({ head: 'version: [1' }) },
  {
    what: 'a variable that is not set',
    exit: 78,
    says: /X_ACCESS_TOKEN_SECRET/,
    prepare: (project) => {
      delete project.env.X_ACCESS_TOKEN_SECRET
    },
  },
  {
    what: 'a missing column',
    exit: 78,
    says: /has no column "emial" \(did you mean "email"\?\); correct the fields of everyone\.x \(its own or destinations\.x\.defaults\.fields\) in/,
    parts: () => ({ segments: onX(everyone), xFields: '{ email: emial }' }),
  },
  {
    what: 'a missing relation',
    exit: 78,
    says: /relation main\.clients does not exist.*build the relation first/,
    parts: () => ({ segments: onX(everyone).replace('main.customers', 'main.clients') }),
  },
  {
    what: 'a filter of the wrong type',
    exit: 78,
    says: /does not fit.*Correct warehouse or segment in tidemark\.yml/,
    parts: () => ({ segments: segments('where: [{ column: email, at_least: 5 }]') }),
  },
  {
    what: 'a warehouse file that is not there',
    exit: 78,
    says: /no DuckDB file at warehouse\.path.*correct the path/,
    parts: () => ({ warehouse: '{ type: duckdb, path: other.duckdb }' }),
  },
  {
    what: 'an empty segment',
    exit: 65,
    says: /is empty.*allow_empty.*--override-guards/,
    parts: () => ({ segments: segments('where: [{ column: customer_id, above: 1000 }]') }),
  },
  {
    what: 'a wrong token of X',
    exit: 77,
    says: /X Ads did not .*check the four `credentials`/,
    parts: () => ({ segments: onX(everyone) }),
    prepare: grow,
    env: { X_ACCESS_TOKEN_SECRET: 'wrong' },
  },
  {
    what: 'a wrong token of TikTok',
    exit: 77,
    says: /TikTok Ads did not/,
    parts: () => ({ segments: everyone.replace('[x, ', '[') }),
    prepare: grow,
    env: { TIKTOK_ACCESS_TOKEN: 'wrong' },
  },
  {
    what: 'another account under the same name',
    exit: 78,
    says: /keeps an audience in account 18ce54d4x5t.*tidemark reset everyone\.x/,
    parts: () => ({ segments: onX(everyone), account: 'other123' }),
    prepare: grow,
  },
  {
    what: 'another member key',
    exit: 78,
    says: /kept by member key customer_id.*now says email|kept by member key customer_id.*sha256/,
    parts: () => ({ segments: onX(everyone).replace('customer_id', '{ column: customer_id, hash: true }') }),
  },
]

function grow(project: Project): Promise<unknown> {
  return project.query(`insert into customers values (501, 'person501@example.com', '+33610000501')`)
}

test.concurrent('more audiences than an account may have is 78, and the limit is named', async () => {
  await using project = await Project.open(
    60,
    { segments: everyone.replace('[x, ', '[') },
    { tiktok: { maxAudiences: 0 } },
  )
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(78)
  expectClearError(ended, /as many custom audiences as TikTok allows \(400\)/)
}, 60_000)

// It is asked again for some ten seconds before it is given up.
test.concurrent('a platform that cannot be reached is 75, and nothing is changed', async () => {
  await using project = await Project.open(60, { segments: onX(everyone) })
  expect((await project.run('run', '--all')).code).toBe(0)
  await grow(project)
  const [settled, held] = [await project.settled(), project.held()]
  await project.write({ segments: onX(everyone), xUrl: `http://127.0.0.1:${await closedPort()}` })
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(75)
  expectClearError(ended, /could not be reached.*nothing was sent.*base_url/)
  expect({ settled: await project.settled(), held: project.held() }).toEqual({ settled, held })
}, 120_000)

test.concurrent.each([0, 1])(
  'bad input gets one clear sentence, the right exit code, and changes nothing (%s)',
  async (lane) => {
    await using project = await Project.open()
    expect((await project.run('run', '--all')).code).toBe(0)
    const [before, held, env] = [await project.settled(), project.held(), project.env]
    for (const { what, exit, says, parts, prepare, env: wrong } of cases.filter((_, i) => i % 2 === lane)) {
      project.env = { ...env, ...wrong }
      await project.write((await parts?.(project)) ?? {})
      await prepare?.(project)
      const calls = project.x.summary().total.applied + project.tiktok.summary().total.applied
      const ended = await project.run('run', '--all')
      expect({ what, code: ended.code }).toEqual({ what, code: exit })
      expectClearError(ended, says)
      expect({ what, applied: project.x.summary().total.applied + project.tiktok.summary().total.applied }).toEqual({
        what,
        applied: calls,
      })
      expect({ what, settled: await project.settled(), held: project.held() }).toEqual({ what, settled: before, held })
      await project.query('delete from customers where customer_id = 501')
    }
    project.env = env
    await project.write()
    expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
  },
  120_000,
)

test.concurrent('a first sync: an account that is not ours is 77, a name that is taken is 78, and no audience is made, but adopted on demand', async () => {
  await using project = await Project.open(60, { account: 'other123', segments: onX(everyone) })
  const foreign = await project.run('run', '--all')
  expect(foreign.code).toBe(77)
  expectClearError(foreign, /account_id/)
  await project.write({ segments: onX(everyone) })
  // Without an audience yet, the account may still be corrected. Somebody else takes the name meanwhile.
  await using other = await Project.open(10, { segments: onX(everyone), xUrl: project.x.url })
  expect((await other.run('run', '--all')).code).toBe(0)
  const taken = await project.run('run', '--all')
  expect(taken.code).toBe(78)
  expectClearError(taken, /name/)
  expect(project.x.audiences()).toHaveLength(1)
  // Unless it is to be taken over; who was in it stays.
  await project.write({ segments: onX(everyone).replace('[x]', '[{ destination: x, audience: { adopt: true } }]') })
  await project.query('delete from customers where customer_id <= 5')
  expect((await project.run('run', '--all')).code).toBe(0)
  const [audience] = project.x.audiences()
  expect([...project.x.identifiers(audience?.id ?? '')].sort()).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
  expect(await project.query(`select op, status from tidemark.receipts where batch_no = 0 order by sent_at`)).toEqual([
    { op: 'create_audience', status: 'refused' },
    { op: 'create_audience', status: 'refused' },
    { op: 'create_audience', status: 'refused' },
    { op: 'adopt_audience', status: 'accepted' },
  ])
}, 120_000)

test.concurrent('answers that are not understood are 76: what they were about is uncertain, and the next run heals it', async () => {
  await using project = await Project.open(20, { segments: onX(everyone) })
  expect((await project.run('run', '--all')).code).toBe(0)
  const held = project.held()
  await grow(project)
  project.x.addFaults([{ times: 'always', fault: { kind: 'garbage' } }])
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(76)
  expectClearError(ended, /is not understood/)
  expect(project.held()).toEqual(held)
  project.x.clearFaults()
  await project.query('delete from customers where customer_id = 501')
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(project.held()).toEqual(held)
}, 120_000)

test.concurrent('what no user can correct in tidemark.yml is 70, says so, and the next run heals it', async () => {
  await using project = await Project.open(20, { segments: onX(everyone) })
  expect((await project.run('run', '--all')).code).toBe(0)
  await grow(project)
  await project.query('alter table tidemark.membership_events rename to elsewhere')
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(70)
  expectClearError(ended, /does not exist, in step "settle".*changed by hand.*Otherwise please report this/)
  await project.query('alter table tidemark.elsewhere rename to membership_events')
  expect((await project.run('run', '--all')).code).toBe(0)
  expect(await project.query('select count(*)::int as n from tidemark.audience_members')).toEqual([{ n: 21 }])
}, 120_000)

test.concurrent('0, 99 and the same run key twice', async () => {
  await using project = await Project.open()
  const first = await project.run('run', '--all', '--run-key', 'day/1')
  expect(first.code).toBe(0)
  expect(summaryOf(first).activations.map((a) => [a.activation, a.status, a.members_added])).toEqual([
    ['everyone.x', 'succeeded', 60],
    ['everyone.tiktok', 'succeeded', 60],
  ])
  const [x] = project.x.audiences()
  expect([...project.x.identifiers(x?.id ?? '')].sort()).toEqual(digestsOf(1, 60, ['email', 'phone_number']))
  await grow(project)
  const calls = project.x.requests.length
  const again = await project.run('run', '--all', '--run-key', 'day/1')
  expect({ code: again.code, ...summaryOf(again) }).toEqual({ code: 0, ...summaryOf(first) })
  expect(project.x.requests.length).toBe(calls)
  for (const name of ['everyone.x', 'everyone.tiktok'])
    expect(again.stderr).toMatch(
      new RegExp(
        `WARN.*${name} was not run: the run key day/1 succeeded at \\d{4}-\\d\\d-\\d\\dT[^ ]+Z, and that run's summary`,
        'i',
      ),
    )
  const next = await project.run('run', '--all', '--run-key', 'day/2', '--exit-code-when-unchanged')
  expect({ code: next.code, added: summaryOf(next).activations.map((a) => a.members_added) }).toEqual({
    code: 0,
    added: [1, 1],
  })
  expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
}, 120_000)

test.concurrent('an unknown activation is 64 and names the nearest', async () => {
  await using project = await Project.open(1)
  const before = project.hash()
  // A command that destroys suggests nobody: test/cli/empty-stored.test.ts.
  for (const command of ['run', 'plan']) {
    const { code, stderr } = await project.run(command, 'everyone.tiktko')
    expect({ command, code }).toEqual({ command, code: 64 })
    expect(stderr).toMatch(/did you mean everyone\.tiktok/)
  }
  expect(project.hash()).toBe(before)
}, 120_000)

test.concurrent('several activations: all are attempted, and the exit is the worst', async () => {
  await using project = await Project.open()
  project.env = { ...project.env, TIKTOK_ACCESS_TOKEN: 'wrong' }
  const ended = await project.run('run', '--all')
  expect(ended.code).toBe(77)
  const { status, activations } = summaryOf(ended)
  expect([status, ...activations.map((a) => a.status)]).toEqual(['partial', 'succeeded', 'failed'])
}, 120_000)
