import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import {
  TIKTOK_SIMULATOR_ADVERTISER,
  TIKTOK_SIMULATOR_CREDENTIALS,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
} from '../../connector/simulator/simulator.ts'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'
import { openProxy } from './proxy.ts'

/** A project of which the file names connections only. */
const open = async (customers = 60, options: Parameters<typeof Project.open>[2] = {}): Promise<Project> => {
  const project = await Project.open(customers, {}, options)
  project.env = { PATH: process.env.PATH ?? '' }
  await write(project)
  return project
}

const write = (project: Project, { x = '', tiktok = '', warehouse = '' } = {}): Promise<void> =>
  writeFile(
    join(project.folder, 'tidemark.yml'),
    `version: 1
warehouse: { connection: analytics, threads: 1${warehouse} }
destinations:
  x:
    type: x_ads
    connection: x_main
    rate_limit: { requests_per_second: 500 }
    request: { timeout_ms: 3000, quiet_ms: 3000 }
    defaults: { fields: { email: email, phone_number: phone } }${x}
  tiktok:
    type: tiktok_ads
    connection: tiktok-main
    rate_limit: { requests_per_second: 500 }
    request: { timeout_ms: 3000, quiet_ms: 3000 }
    defaults: { fields: { email: email, phone: phone } }${tiktok}
segments:
  ${everyone}
`,
  )

const ofX = {
  account_id: X_SIMULATOR_ACCOUNT,
  consumer_key: X_SIMULATOR_CREDENTIALS.consumerKey,
  consumer_secret: X_SIMULATOR_CREDENTIALS.consumerSecret,
  access_token: X_SIMULATOR_CREDENTIALS.accessToken,
  access_token_secret: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
}
const ofTiktok = {
  advertiser_id: TIKTOK_SIMULATOR_ADVERTISER,
  access_token: TIKTOK_SIMULATOR_CREDENTIALS.accessToken,
}

/** Where the warehouse and the platforms are. */
interface Place {
  readonly file: string
  readonly x: { readonly url: string }
  readonly tiktok: { readonly url: string }
}
type Parts = Readonly<Record<'warehouse' | 'x' | 'tiktok', string>>
const variables = ({ warehouse, x, tiktok }: Parts) => ({
  AIRFLOW_CONN_ANALYTICS: warehouse,
  AIRFLOW_CONN_X_MAIN: x,
  'AIRFLOW_CONN_TIKTOK-MAIN': tiktok,
})
const asJson = (project: Place, x: object = ofX, tiktok: object = ofTiktok): Parts => ({
  warehouse: JSON.stringify({ conn_type: 'duckdb', host: project.file }),
  x: JSON.stringify({ conn_type: 'x_ads', host: project.x.url, extra: x }),
  tiktok: JSON.stringify({ conn_type: 'tiktok_ads', host: project.tiktok.url, extra: JSON.stringify(tiktok) }),
})
/** As Airflow writes it where all of extra is text, and in one parameter. */
const asAddress = (project: Place, x: Record<string, string> = ofX, tiktok: object = ofTiktok): Parts => ({
  warehouse: `duckdb://${encodeURIComponent(project.file)}`,
  x: `x-ads://${encodeURIComponent(project.x.url)}/?${new URLSearchParams(x)}`,
  tiktok: `tiktok-ads://${project.tiktok.url}/?${new URLSearchParams({ __extra__: JSON.stringify(tiktok) })}`,
})
const forms = { JSON: asJson, address: asAddress } as const

test.concurrent.each(Object.entries(forms))(
  'a run by connections alone, in the form %s, is one by keys',
  async (_, form) => {
    await using project = await open()
    project.env = { ...project.env, ...variables(form(project)) }
    const end = await project.run('run', '--all')
    expect({ code: end.code, stderr: end.code === 0 ? '' : end.stderr }).toEqual({ code: 0, stderr: '' })
    expect(summaryOf(end).activations.map(({ activation, members_added }) => [activation, members_added])).toEqual([
      ['everyone.x', 60],
      ['everyone.tiktok', 60],
    ])
    const held = Object.entries(project.held()).map(([audience, digests]) => [audience.split('/')[0], digests])
    expect(held).toEqual([
      ['x_ads', digestsOf(1, 60, ['email', 'phone_number'])],
      ['tiktok_ads', digestsOf(1, 60, ['EMAIL_SHA256', 'PHONE_SHA256'])],
    ])
    // The same in keys of the file: nothing is new, and nothing is said to have changed.
    const byConnections = await project.query(
      'select distinct activation, account_id, config_hash from tidemark.runs order by all',
    )
    const settled = await project.settled()
    project.env = { ...project.env, ...keys }
    await project.write()
    const again = await project.run('run', '--all', '--exit-code-when-unchanged')
    expect([again.code, again.stderr.includes('configuration_changed')]).toEqual([99, false])
    expect(
      await project.query('select distinct activation, account_id, config_hash from tidemark.runs order by all'),
    ).toEqual(byConnections)
    expect(await project.settled()).toEqual(settled)
  },
  120_000,
)

const keys = {
  X_CONSUMER_KEY: X_SIMULATOR_CREDENTIALS.consumerKey,
  X_CONSUMER_SECRET: X_SIMULATOR_CREDENTIALS.consumerSecret,
  X_ACCESS_TOKEN: X_SIMULATOR_CREDENTIALS.accessToken,
  X_ACCESS_TOKEN_SECRET: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
  TIKTOK_ACCESS_TOKEN: TIKTOK_SIMULATOR_CREDENTIALS.accessToken,
}

const needs = (id: string) => new RegExp(`needs AIRFLOW_CONN_${id.toUpperCase()}`)

test.concurrent('a connection that is missing is told to whoever needs it, and stops nobody else', async () => {
  await using project = await open(20)
  // Nobody is asked: the file is valid.
  const bare = await project.run('validate')
  expect([bare.code, bare.stderr, bare.stdout.includes('not-set')]).toEqual([0, '', false])
  const none = await project.run('run', '--all')
  expect(none.code).toBe(78)
  expect(none.stderr).toMatch(/has 3 problems/)
  for (const id of ['analytics', 'x_main', 'tiktok-main']) {
    expect(none.stderr).toMatch(needs(id))
    expect(none.stderr).toContain(`in Airflow add ${id} to the connections of the operator`)
  }
  // One destination lacks its own: its activations end, the others run.
  const { AIRFLOW_CONN_X_MAIN: _, ...others } = variables(asJson(project))
  project.env = { ...project.env, ...others }
  const half = await project.run('run', '--all')
  expect(half.code).toBe(78)
  expect(summaryOf(half).activations).toMatchObject([
    {
      activation: 'everyone.x',
      status: 'failed',
      error: {
        code: 'credentials_missing',
        message:
          'tidemark.yml, line 6: destinations.x.connection needs AIRFLOW_CONN_X_MAIN: set it in the environment, or in Airflow add x_main to the connections of the operator.',
      },
    },
    { activation: 'everyone.tiktok', status: 'succeeded', members_added: 20, error: null },
  ])
  expect(project.x.requests).toHaveLength(0)
  const doctor = await project.run('doctor')
  expect([doctor.code, doctor.stdout]).toEqual([
    78,
    expect.stringMatching(/wrong +destinations\.x: .*AIRFLOW_CONN_X_MAIN/),
  ])
  expect(doctor.stdout).toMatch(/fine +destinations\.tiktok: It is reached/)
  for (const command of [['validate', '--credentials'], ['sizes'], ['reset', 'everyone.x']]) {
    const { code, stdout, stderr } = await project.run(...command)
    expect([command[0], code, `${stdout}${stderr}`]).toEqual([command[0], 78, expect.stringMatching(needs('x_main'))])
  }
  for (const command of [['grants'], ['uninstall']])
    expect([command[0], (await project.run(...command)).code]).toEqual([command[0], 0])
  // Who needs the account and not the credentials is content with the one in the file.
  for (const command of [['status'], ['plan', '--all'], ['validate', '--warehouse']])
    expect([command[0], (await project.run(...command)).stderr]).toEqual([
      command[0],
      expect.stringContaining('write account_id beside the connection x_main'),
    ])
  await write(project, { x: `\n    account_id: ${X_SIMULATOR_ACCOUNT}` })
  for (const command of [['status'], ['plan', '--all']])
    expect([command[0], (await project.run(...command)).code]).toEqual([command[0], 0])
}, 180_000)

/** Text with every sign that JSON, an address or a regular expression acts on. */
const odd = (name: string): string => `cnry-${name}."'%/+=&<>\\\\*$1(\`{}[^|?#;:,~!@`
const canaries = {
  consumer_key: odd('ck'),
  consumer_secret: odd('cs'),
  access_token: odd('at'),
  access_token_secret: odd('ats'),
}

test.concurrent.each(Object.entries(forms))(
  'no secret of a connection in the form %s is ever printed',
  async (_, form) => {
    const { consumer_key: consumerKey, consumer_secret: consumerSecret } = canaries
    const credentials = {
      consumerKey,
      consumerSecret,
      accessToken: canaries.access_token,
      accessTokenSecret: canaries.access_token_secret,
    }
    await using project = await open(20, {
      x: { credentials, quoteValues: true },
      tiktok: { credentials: { accessToken: odd('tt'), appId: 'app', secret: odd('app') }, quoteValues: true },
    })
    await using proxy = await openProxy(project.x.port)
    const parts = form(
      { file: project.file, x: proxy, tiktok: project.tiktok },
      { ...ofX, ...canaries },
      { ...ofTiktok, access_token: odd('tt') },
    )
    const said: string[] = []
    const run = async (env: Record<string, string>, ...args: readonly string[]): Promise<number | null> => {
      project.env = { PATH: process.env.PATH ?? '', ...env }
      const { code, stdout, stderr } = await project.run(...args)
      said.push(stdout, stderr)
      return code
    }
    const right = variables(parts)
    for (const command of [
      ['validate', '--warehouse'],
      ['run', '--all'],
      ['doctor'],
      ['plan', '--all', '--sql'],
      ['accounts', 'x'],
      ['status'],
    ])
      expect([command[0], await run(right, ...command)]).toEqual([command[0], 0])
    // The platform refuses, and quotes all that it was told and could know.
    const quoted = JSON.stringify({ errors: [{ code: 'FORBIDDEN', message: Object.values(canaries).join(' ') }] })
    proxy.instead = () => ({ answer: (response) => void response.writeHead(403).end(quoted) })
    expect(await run(right, 'run', 'everyone.x', '--full')).toBe(77)
    expect(said.at(-2)).toContain('[masked]')
    proxy.instead = null
    // Each is broken in the file of all three; in every way there is: test/config/connection-secrets.test.ts.
    const { warehouse, x } = parts
    for (const text of [
      warehouse.slice(0, -2),
      x.replace('extra', 'extr').replace('access_token=', 'access_tokn='),
      odd('alone'),
    ]) {
      const wrong = { AIRFLOW_CONN_ANALYTICS: text, AIRFLOW_CONN_X_MAIN: text, 'AIRFLOW_CONN_TIKTOK-MAIN': text }
      for (const command of [['validate'], ['doctor'], ['run', '--all']])
        expect([command[0], await run({ ...right, ...wrong }, ...command)]).toEqual([command[0], 78])
    }
    expect(said.filter((text) => /cnry|Y25yeS/.test(text))).toEqual([])
    expect(await readFile(join(project.folder, 'tidemark.yml'), 'utf8')).not.toContain('cnry')
  },
  300_000,
)
