import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { start, until } from './process.ts'
import { digestsOf, Project, summaryOf } from './project.ts'
import { type Simulate, startSimulate } from './simulate.ts'

const inFolder = async (work: (folder: string) => Promise<void>): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-simulate-'))
  try {
    await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
const simulate = (folder: string, ...options: readonly string[]) =>
  start(['simulate', ...options], folder, { PATH: process.env.PATH ?? '' }).ended
const anyPorts = ['--x-port', '0', '--tiktok-port', '0', '--webhook-port', '0']

/** What the state holds of people, for whom a file is wanted that holds digests and no more. */
interface Kept {
  readonly audiences: readonly { readonly name: string; readonly entries: readonly (readonly string[])[] }[]
}
const kept = (file: string): Readonly<Record<'x_ads' | 'tiktok_ads' | 'webhook', Kept>> =>
  JSON.parse(readFileSync(file, 'utf8'))
const held = ({ audiences }: Kept): readonly string[] =>
  audiences.flatMap(({ entries }) =>
    entries.flatMap((entry) => entry.flatMap((type, n) => (n % 2 === 0 ? [`${type} ${entry[n + 1]}`] : []))),
  )

const people = (url: string): Promise<readonly { readonly name: string; readonly persons: number }[]> =>
  fetch(`${url}/_simulator/audiences`).then((answer) => answer.json() as never)
const onTheirs = async (project: Project, { said }: Simulate): Promise<void> => {
  project.env = { ...project.env, ...said.environment }
  await project.write({ xUrl: said.x, tiktokUrl: said.tiktok })
}

describe('tidemark simulate --environment', () => {
  test.concurrent('starts nothing, and says all that runs read, for a shell', () =>
    inFolder(async (folder) => {
      const { code, stdout } = await simulate(folder, '--environment', '--x-port', '9001')
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: `export X_ADS_URL=http://127.0.0.1:9001
export TIKTOK_ADS_URL=http://127.0.0.1:8081
export WEBHOOK_URL=http://127.0.0.1:8090
export X_CONSUMER_KEY=sim-consumer-key
export X_CONSUMER_SECRET=sim-consumer-secret
export X_ACCESS_TOKEN=sim-access-token
export X_ACCESS_TOKEN_SECRET=sim-access-token-secret
export TIKTOK_ACCESS_TOKEN=sim-tiktok-token
export TIKTOK_APP_ID=7000000000000000002
export TIKTOK_SECRET=sim-tiktok-secret
export CRM_WEBHOOK_SECRET=sim-webhook-secret
export CRM_WEBHOOK_PATH=/
`,
      })
      expect(await simulate(folder, '--environment', '--webhook-port', '0')).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('--environment needs the ports'),
      })
    }))
})

test('a port that is taken is named; the usual one of the webhook may be another', () =>
  inFolder(async (folder) => {
    // Without --webhook-port the second finds the usual one taken by the first, or by another program.
    const some = ['--x-port', '0', '--tiktok-port', '0', '--json']
    const [one, two] = [start(['simulate', ...some], folder, {}), start(['simulate', ...some], folder, {})]
    const [first, second] = await Promise.all(
      [one, two].map(async ({ child }) => JSON.parse(String((await once(child.stdout, 'data'))[0]))),
    )
    expect(first.webhook).not.toBe(second.webhook)
    const { port } = new URL(first.x)
    expect(await simulate(folder, ...anyPorts, '--tiktok-port', port)).toMatchObject({
      code: 64,
      stderr: expect.stringContaining(`Port ${port} is in use by another program; choose others with --x-port`),
    })
    for (const { child, ended } of [one, two]) {
      child.kill('SIGTERM')
      expect((await ended).code).toBe(0)
    }
  }))

describe('tidemark simulate --state', () => {
  test.concurrent('what a killed simulator held is there again, and a run goes on with what changed', async () => {
    await using project = await Project.open(60)
    const file = join(project.folder, 'state.json')
    const first = await startSimulate(project.folder, '--state', 'state.json')
    await onTheirs(project, first)
    expect((await project.run('run', '--all')).code).toBe(0)
    const everybody = {
      x: digestsOf(1, 60, ['email', 'phone_number']),
      tiktok: digestsOf(1, 60, ['EMAIL_SHA256', 'PHONE_SHA256']),
    }
    await until(
      'the state of both',
      () => held(kept(file).x_ads).length === 120 && held(kept(file).tiktok_ads).length === 120,
    )
    expect([...held(kept(file).x_ads)].sort()).toEqual(everybody.x)
    expect([...held(kept(file).tiktok_ads)].sort()).toEqual(everybody.tiktok)
    expect(readFileSync(file, 'utf8')).not.toMatch(/@|\+336|sim-/)

    expect((await first.end('SIGKILL')).signal).toBe('SIGKILL')
    const second = await startSimulate(project.folder, '--state', 'state.json')
    await onTheirs(project, second)
    await project.query('delete from customers where customer_id > 58')
    const ran = await project.run('run', '--all')
    expect(summaryOf(ran).activations).toMatchObject([{ members_removed: 2 }, { members_removed: 2 }])
    expect(await people(second.said.x)).toMatchObject([{ name: 'everyone', persons: 116 }])
    // Asked to end, it writes at once what it has not written yet.
    expect((await second.end()).code).toBe(0)
    expect([...held(kept(file).x_ads)].sort()).toEqual(digestsOf(1, 58, ['email', 'phone_number']))
    expect(existsSync(`${file}.lock`)).toBe(false)
  }, 60_000)

  test.concurrent('two at once over one file are refused', () =>
    inFolder(async (folder) => {
      const first = await startSimulate(folder, '--state', 'state.json')
      expect(await simulate(folder, ...anyPorts, '--state', join(folder, 'state.json'))).toMatchObject({
        code: 64,
        stderr: expect.stringMatching(
          /^Other simulators \(process \d+\) use .*state\.json: end them, or name another file/,
        ),
      })
      expect((await first.end()).code).toBe(0)
      const next = await startSimulate(folder, '--state', 'state.json')
      expect((await next.end()).code).toBe(0)
    }))

  const audience = {
    id: 'abc',
    account: 'a',
    name: 'n',
    description: null,
    createdAt: 1,
    updatedAt: 1,
    changedAt: null,
  }
  const one = { ...audience, deleted: false, size: null, entries: [], unnamed: [] }
  const state = (x: object) =>
    JSON.stringify({ schema: 'tidemark.simulators/1', x_ads: { audiences: [one], persons: [], ...x } })
  test.concurrent.each([
    ['no JSON', '{"schema":"tidemark.simulators/1","x_ads"', /is not a state of simulators.*may have been cut short/],
    ['nothing', '', /is not a state of simulators/],
    ['something else', '{"name":"shop","version":"1.0.0"}', /is not a state of simulators, and is left as it is/],
    ['another version', '{"schema":"tidemark.simulators/2"}', /is a state of another version of Tidemark/],
    [
      'half of it',
      state({ audiences: [{ ...one, entries: [['email']] }] }),
      /broken state of simulators \(x_ads\.audiences\.0\.entries\.0\)/,
    ],
    ['an unknown key', state({ secrets: [] }), /broken state of simulators \(x_ads\)/],
    [
      'an id of another platform',
      state({ audiences: [{ ...one, id: '7!' }] }),
      /broken state of simulators \(an id is none of X Ads\)/,
    ],
  ])('a file with %s is refused, and left as it is', (_what, content, says) =>
    inFolder(async (folder) => {
      const file = join(folder, 'state.json')
      await writeFile(file, content)
      expect(await simulate(folder, ...anyPorts, '--state', file)).toMatchObject({
        code: 64,
        stdout: '',
        stderr: expect.stringMatching(says),
      })
      expect(readFileSync(file, 'utf8')).toBe(content)
      expect(existsSync(`${file}.lock`)).toBe(false)
    }),
  )

  test.concurrent('a folder that is not there is said before anything starts', () =>
    inFolder(async (folder) => {
      expect(await simulate(folder, ...anyPorts, '--state', 'no/state.json')).toMatchObject({
        code: 64,
        stderr: expect.stringContaining('cannot be written (ENOENT)'),
      })
    }))
})

describe('the webhook of tidemark simulate', () => {
  const secret = 'sim-webhook-secret'
  const post = (url: string, key: string, body: object, signedWith = secret) => {
    const text = JSON.stringify(body)
    const t = Math.floor(Date.now() / 1000)
    const signature = createHmac('sha256', signedWith).update(`${t}.${key}.${text}`).digest('hex')
    return fetch(url, {
      method: 'POST',
      body: text,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': key,
        'tidemark-signature': `t=${t},v1=${signature}`,
      },
    })
  }

  test.concurrent('a run delivers to it; it checks signatures and knows a key again, also after a restart', async () => {
    await using project = await Project.open(30)
    const first = await startSimulate(project.folder, '--state', 'state.json')
    const { said } = first
    project.env = { ...project.env, ...said.environment }
    await writeFile(
      join(project.folder, 'tidemark.yml'),
      `version: 1
warehouse: { type: duckdb, path: w.duckdb, threads: 1 }
destinations:
  crm:
    type: webhook
    base_url: ${said.webhook}
    endpoint_id: crm-eu
    credentials: { secret: "\${CRM_WEBHOOK_SECRET}", path: "\${CRM_WEBHOOK_PATH}" }
    defaults: { fields: { email: email } }
segments: { "<everyone>": { relation: main.customers, member_key: customer_id, activate: [crm] } }
`.replace('"<everyone>"', 'everyone'),
    )
    expect((await project.run('run', '--all')).code).toBe(0)
    expect(await people(said.webhook)).toMatchObject([{ name: 'everyone', persons: 30 }])
    const create = {
      event: 'create_audience',
      endpoint_id: 'crm-eu',
      audience: { name: '<b>Other</b>', description: null },
    }
    expect((await post(said.webhook, 'k1', create, 'another-secret-entirely')).status).toBe(401)
    const made = await (await post(said.webhook, 'k1', create)).json()
    expect(await (await fetch(said.x)).text()).toContain('&lt;b&gt;Other&lt;/b&gt;')
    await first.end()

    const second = await startSimulate(project.folder, '--state', 'state.json')
    const again = await post(second.said.webhook, 'k1', create)
    expect([again.status, await again.json()]).toEqual([200, made])
    expect((await post(second.said.webhook, 'k2', create)).status).toBe(409)
    const digest = createHash('sha256').update('x').digest('hex')
    const { audience_id } = made as { audience_id: string }
    const members = { event: 'add', endpoint_id: 'crm-eu', audience_id, members: [{ email: [digest] }] }
    expect((await post(second.said.webhook, 'k1', members)).status).toBe(422)
    expect((await post(second.said.webhook, 'k3', { ...members, membership_days: 0 })).status).toBe(422)
    expect((await post(second.said.webhook, 'k3', { ...members, membership_days: 30 })).status).toBe(200)
    await second.end()
  }, 60_000)
})
