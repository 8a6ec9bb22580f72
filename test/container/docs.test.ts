import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { startSimulators } from '../../connector/simulator/simulator.ts'
import { emptyDatabase } from '../warehouse/postgres-database.ts'
import { address, endOf } from './contained.ts'
import { dockerAt, dockerSays } from './engine.ts'

/** The commands of docs/container.md, as they stand. Two things are added to them: the engine, and the network that it has. */
const root = join(import.meta.dirname, '..', '..')
const document = readFileSync(join(root, 'docs', 'container.md'), 'utf8')
const blocks = [...document.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text = '']) => text)
const [build, ofOneWarehouse, labelled, behindAProxy, run, bill, compose, ...more] = blocks as [
  string,
  ...(readonly string[]),
]

const folder = mkdtempSync(join(tmpdir(), 'tidemark-container-docs-'))
const [checkout, project, bin] = ['checkout', 'project', 'bin'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
]
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A checkout with a remote, and a `docker` before the real one that adds the network: engines of tests have no bridge. */
beforeAll(() => {
  for (const path of [checkout, project, bin]) mkdirSync(path)
  const of = ['Dockerfile', '.dockerignore', '.npmrc', 'LICENSE', 'package.json', 'package-lock.json']
  for (const path of [...of, 'build', 'sql', 'connector'])
    cpSync(join(root, path), join(checkout, path), { recursive: true })
  const git = (...args: readonly string[]) =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t', ...args], { cwd: checkout })
  git('init', '-q')
  git('remote', 'add', 'origin', 'https://git.example.com/tidemark')
  git('add', '-A')
  git('commit', '-q', '-m', 'x')
  const { command } = dockerAt(address)
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\nverb=$1; shift\nexec ${command} "$verb" --network=host "$@"\n`)
  chmodSync(join(bin, 'docker'), 0o755)
})

const sh = (script: string | undefined, cwd: string, env: Readonly<Record<string, string>> = {}) => {
  const { env: reaching } = dockerAt(address)
  const path = `${bin}:${process.env.PATH}`
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script ?? 'exit 1'], {
    cwd,
    env: { ...reaching, PATH: path, HOME: folder, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  return endOf(child)
}
const labelsOf = (tag: string): Record<string, string> =>
  JSON.parse(dockerSays(address, 'image', 'inspect', '--format={{json .Config.Labels}}', tag))

test('every command is run here, but for compose', () => {
  expect(more).toEqual([])
  expect(compose).toMatch(/^docker compose up .*\n$/)
})

test('images are built, with labels and behind a proxy', async () => {
  writeFileSync(join(checkout, 'company-ca.crt'), '')
  writeFileSync(join(folder, '.npmrc'), '')
  for (const script of [ofOneWarehouse, behindAProxy, build, labelled])
    expect(await sh(script, checkout)).toMatchObject({ code: 0 })
  expect(dockerSays(address, 'run', '--rm', 'tidemark:0.1.0-postgres', '--version')).toBe('0.1.0')
  expect(labelsOf('tidemark:latest')).toMatchObject({
    'org.opencontainers.image.revision': expect.stringMatching(/^[0-9a-f]{40}$/),
    'org.opencontainers.image.source': 'https://git.example.com/tidemark',
  })
})

test('an image runs, hardened, with what the command passes', async () => {
  const simulators = await startSimulators({ tiktok: { rateLimit: false } })
  const { settings, say, destroy } = await emptyDatabase()
  try {
    await say(
      "create table people as select i as id, 'p' || i || '@example.com' as email from generate_series(1, 20) i",
    )
    writeFileSync(
      join(project, 'tidemark.yml'),
      `version: 1
warehouse: { type: postgres, connection_string: "\${DATABASE_URL}" }
destinations:
  tiktok:
    type: tiktok_ads
    advertiser_id: "7000000000000000001"
    credentials: { access_token: "\${TIKTOK_ACCESS_TOKEN}" }
    base_url: ${simulators.tiktok.url}
    defaults: { fields: { email: email }, guards: { min_members: 0 } }
segments:
  people: { relation: public.people, member_key: id, activate: [tiktok] }
`,
    )
    const { host, port, user, password, database } = settings
    const DATABASE_URL = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}?sslmode=disable`
    const ended = await sh(run, project, { DATABASE_URL, TIKTOK_ACCESS_TOKEN: 'sim-tiktok-token' })
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('"members_added":20') })
  } finally {
    await destroy()
    await simulators.stop()
  }
})

test('the bill of materials is read with Node', async () => {
  const { code, stdout } = await sh(bill, folder)
  expect([code, JSON.parse(stdout)]).toMatchObject([0, { bomFormat: 'CycloneDX' }])
})
