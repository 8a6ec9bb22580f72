import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Ended, start } from './process.ts'

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
const written = `version: 1
warehouse: { type: postgres, connection: analytics }
run: { lease_seconds: 180 }
destinations:
  x:
    type: x_ads
    account_id: 18ce54d4x5t
    credentials: { consumer_key: "\${K}", consumer_secret: "\${S}", access_token: "\${T}", access_token_secret: "\${U}" }
    defaults: { fields: { email: email }, schedule: "0 */6 * * *", airflow: { retries: 6, owner: growth } }
  tiktok:
    type: tiktok_ads
    connection: tiktok_main
    defaults: { fields: { email: email } }
segments:
  high_value:
    relation: marts."High value"
    description: Customers worth more than 500
    member_key: customer_id
    activate:
      - { destination: x, airflow: { retries: 2, tags: [ltv] } }
      - { destination: tiktok, name: high_value_tt }
  recent:
    sql: select customer_id, email from marts.orders
    member_key: customer_id
    activate: [x]
`
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-compile-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A folder of its own with the configuration. */
const project = async (name: string, text = written): Promise<string> => {
  const own = join(folder, name)
  await mkdir(own)
  await writeFile(join(own, 'tidemark.yml'), text)
  return own
}

/** With nothing in the environment but what is given. */
const compile = (
  own: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => start(['compile', ...args], own, { PATH: process.env.PATH ?? '', ...env }).ended

describe('tidemark compile', () => {
  test('writes what tasks are made of, with nothing in the environment', async () => {
    const own = await project('plain')
    const { code, stdout, stderr } = await compile(own)
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'activations.json is written: 3 activations.\n',
      stderr: '',
    })
    const { connector_version, activations, ...head } = JSON.parse(
      await readFile(join(own, 'activations.json'), 'utf8'),
    )
    expect(connector_version).toMatch(/^\d+\.\d+\.\d+/)
    expect(head).toEqual({
      schema: 'tidemark.activations/1',
      config: 'tidemark.yml',
      config_sha256: createHash('sha256').update(written).digest('hex'),
      lease_seconds: 180,
      warehouse: { type: 'postgres', connection: 'analytics' },
    })
    const onX = { destination: 'x', platform: 'x_ads', account_id: '18ce54d4x5t', schedule: '0 */6 * * *' }
    const ofHighValue = { segment: 'high_value', description: 'Customers worth more than 500', model: null }
    expect(activations).toEqual([
      {
        ...onX,
        ...ofHighValue,
        activation: 'high_value.x',
        relation: 'marts."High value"',
        config_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        connections: ['analytics'],
        airflow: { retries: 2, owner: 'growth', tags: ['ltv'] },
      },
      {
        ...ofHighValue,
        activation: 'high_value_tt',
        destination: 'tiktok',
        platform: 'tiktok_ads',
        // Only the connection knows it.
        account_id: null,
        config_hash: null,
        relation: 'marts."High value"',
        schedule: null,
        connections: ['analytics', 'tiktok_main'],
        airflow: {},
      },
      {
        ...onX,
        activation: 'recent.x',
        segment: 'recent',
        description: null,
        model: null,
        relation: null,
        config_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        connections: ['analytics'],
        airflow: { retries: 6, owner: 'growth' },
      },
    ])
    expect(await readdir(own)).toEqual(['activations.json', 'tidemark.yml'])
  })

  test('says the same whatever the environment holds, and nothing of it', async () => {
    const own = await project('environment')
    const bare = await compile(own, ['--output', '-'])
    const full = await compile(own, ['--output', '-'], {
      ...{ K: 'canary', S: 'canary', T: 'canary', U: 'canary' },
      AIRFLOW_CONN_ANALYTICS: '{"conn_type":"postgres","host":"canary","password":"canary"}',
      AIRFLOW_CONN_TIKTOK_MAIN: '{"conn_type":"tiktok_ads","extra":{"advertiser_id":"7","access_token":"canary"}}',
    })
    expect([bare.code, full.code]).toEqual([0, 0])
    expect(full.stdout).toBe(bare.stdout)
    expect(bare.stdout).not.toMatch(/canary|not-set|of the connection|marts\.orders/)
    expect(await readdir(own)).toEqual(['tidemark.yml'])
  })

  test('--check tells a stale file from a fresh one, and writes neither', async () => {
    const own = await project('check')
    const file = join(own, 'activations.json')
    const missing = await compile(own, ['--check'])
    expect([missing.code, missing.stdout]).toEqual([
      1,
      'activations.json is not what tidemark.yml says now: tidemark compile writes it anew.\n',
    ])
    expect(await readdir(own)).toEqual(['tidemark.yml'])
    await compile(own)
    const fresh = await readFile(file, 'utf8')
    const same = await compile(own, ['--check', '--json'])
    expect([same.code, JSON.parse(same.stdout)]).toEqual([
      0,
      { schema: 'tidemark.compile/1', output: 'activations.json', activations: 3, changed: false, written: false },
    ])
    await writeFile(join(own, 'tidemark.yml'), written.replace('retries: 2', 'retries: 3'))
    expect((await compile(own, ['--check'])).code).toBe(1)
    expect(await readFile(file, 'utf8')).toBe(fresh)
  })

  test('names the configuration from where the file lies', async () => {
    const own = await project('elsewhere')
    await mkdir(join(own, 'dags'))
    expect((await compile(own, ['-o', 'dags/activations.json'])).code).toBe(0)
    const { config } = JSON.parse(await readFile(join(own, 'dags', 'activations.json'), 'utf8'))
    expect(config).toBe('../tidemark.yml')
    const beside = await compile(folder, ['--config', 'elsewhere/tidemark.yml', '--json'])
    expect(JSON.parse(beside.stdout).output).toBe('elsewhere/activations.json')
  })

  test('leaves the old file where the configuration is wrong or the new one cannot be written', async () => {
    const own = await project('wrong')
    await compile(own)
    const before = await readFile(join(own, 'activations.json'), 'utf8')
    await writeFile(join(own, 'tidemark.yml'), written.replace('retries: 2', 'retries: many'))
    const wrong = await compile(own)
    expect([wrong.code, wrong.stderr]).toEqual([78, expect.stringContaining('airflow.retries')])
    expect(await readFile(join(own, 'activations.json'), 'utf8')).toBe(before)
    await writeFile(join(own, 'tidemark.yml'), written)
    const nowhere = await compile(own, ['--output', 'nowhere/a.json'])
    expect([nowhere.code, nowhere.stderr]).toEqual([78, expect.stringMatching(/nowhere.*ENOENT.*make its folder/)])
    const both = await compile(own, ['--output', '-', '--check'])
    expect([both.code, both.stderr]).toEqual([64, expect.stringContaining('--output FILE')])
  })
})
