import { execFileSync } from 'node:child_process'
import { open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { loadConfiguration } from '../../connector/config/load.ts'
import { activate, environment, load, problemsOf, refusal, tidemarkYml, tiktok, withFile, x } from './configuration.ts'

const example = `
version: 1
warehouse: { type: duckdb, path: data/warehouse.duckdb, schema: tide, memory_limit: 4GB, threads: 2, temp_directory: /tmp/spill }
run: { lease_seconds: 180 }
destinations:
  x:
    type: x_ads
    account_id: 18ce54d4x5t
    credentials: { consumer_key: "\${X_CONSUMER_KEY}", consumer_secret: "\${X_CONSUMER_SECRET}", access_token: "\${X_ACCESS_TOKEN}", access_token_secret: "\${X_ACCESS_TOKEN_SECRET}" }
    defaults: { fields: { email: email, phone_number: phone }, schedule: "0 */6 * * *" }
  tiktok:
    type: tiktok_ads
    advertiser_id: "7000000000000000001"
    credentials: { access_token: "\${TIKTOK_ACCESS_TOKEN}", app_id: "\${TIKTOK_APP_ID}", secret: "\${TIKTOK_SECRET}" }
    base_url: "http://127.0.0.1:8081"
    rate_limit: { requests_per_second: 10 }
    request: { timeout_ms: 60000, quiet_ms: 130000, concurrency: 3, max_rows: 900, max_bytes: 900000, combined_rows: true }
segments:
  high_value:
    relation: main.customers
    where: [ { column: lifetime_value, at_least: 500 }, { column: country, in: [FR, NO, 7, true] } ]
    description: Customers worth more than 500
    member_key: customer_id
    activate:
      - x
      - destination: tiktok
        name: high_value_tt
        audience: { name: "High value", description: "Best", adopt: true }
        fields: { email: [work_email, { column: home_email, format: sha256 }], phone: { column: phone, default_country: FR } }
        schedule: "@daily"
        guards: { max_removed_share: 0.2, max_rejected_share: 0.4, min_members: 2000, allow_empty: true }
        quarantine_days: 14
`

describe('loadConfiguration', () => {
  test('reads the example of the design', async () => {
    const [folder, configuration] = await withFile(example, async (file) => [
      dirname(file),
      await loadConfiguration(file, environment),
    ])
    expect(configuration.file).toBe(join(folder, 'tidemark.yml'))
    expect(configuration.warehouse).toEqual({
      type: 'duckdb',
      schema: 'tide',
      path: join(folder, 'data/warehouse.duckdb'),
      folder,
      memoryLimit: '4GB',
      threads: 2,
      tempDirectory: '/tmp/spill',
    })
    expect(configuration.run).toEqual({ leaseSeconds: 180 })
    expect(configuration.destinations.map(({ name }) => name)).toEqual(['x', 'tiktok'])
    expect(configuration.destinations[1]).toEqual({
      name: 'tiktok',
      type: 'tiktok_ads',
      accountId: '7000000000000000001',
      credentials: { access_token: 'canary-tiktok-token', app_id: 'canary-app-id', secret: 'canary-app-secret' },
      baseUrl: 'http://127.0.0.1:8081',
      requestsPerSecond: 10,
      own: {},
      request: {
        timeoutMs: 60000,
        quietMs: 130000,
        concurrency: 3,
        maxRows: 900,
        maxBytes: 900000,
        combinedRows: true,
      },
    })
    const segment = {
      name: 'high_value',
      source: { relation: ['main', 'customers'] },
      where: [
        { column: 'lifetime_value', operator: 'at_least', value: 500 },
        { column: 'country', operator: 'in', values: ['FR', 'NO', 7, true] },
      ],
      description: 'Customers worth more than 500',
      memberKey: { column: 'customer_id', hash: false },
    }
    expect(configuration.activations).toEqual([
      {
        name: 'high_value.x',
        segment,
        destination: configuration.destinations[0],
        audience: { name: 'high_value', description: 'Customers worth more than 500', adopt: false },
        fields: [
          { field: 'email', column: 'email', format: 'auto' },
          { field: 'phone_number', column: 'phone', format: 'auto' },
        ],
        schedule: '0 */6 * * *',
        guards: {
          maxRemovedShare: 0.3,
          maxTouchedShare: 0.5,
          maxRejectedShare: 0.5,
          maxNullKeyShare: 0.01,
          minMembers: 0,
          allowEmpty: false,
        },
        quarantineDays: 30,
        airflow: {},
        configHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      {
        name: 'high_value_tt',
        segment,
        destination: configuration.destinations[1],
        audience: { name: 'High value', description: 'Best', adopt: true },
        fields: [
          { field: 'email', column: 'work_email', format: 'auto' },
          { field: 'email', column: 'home_email', format: 'sha256' },
          { field: 'phone', column: 'phone', format: 'auto', defaultCountry: 'FR' },
        ],
        schedule: '@daily',
        guards: {
          maxRemovedShare: 0.2,
          maxTouchedShare: 0.5,
          maxRejectedShare: 0.4,
          maxNullKeyShare: 0.01,
          minMembers: 2000,
          allowEmpty: true,
        },
        quarantineDays: 14,
        airflow: {},
        configHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ])
  })

  test('fills in what is left out', async () => {
    const configuration = await load(tidemarkYml())
    expect(configuration.warehouse).toEqual({
      type: 'duckdb',
      schema: 'tidemark',
      path: join(dirname(configuration.file), 'warehouse.duckdb'),
      folder: dirname(configuration.file),
    })
    expect(configuration.run.leaseSeconds).toBe(120)
    const [onX, onTiktok] = configuration.activations
    expect(onX?.destination).toMatchObject({ accountId: '18ce54d4x5t', request: { combinedRows: false } })
    expect(onX?.destination.baseUrl).toMatch(/^https:\/\/[a-z.-]+$/)
    expect(onX?.destination.request.quietMs).toBe((onX?.destination.request.timeoutMs ?? 0) + 60_000)
    expect(onX?.guards.minMembers).toBe(0)
    expect(onTiktok?.guards.minMembers).toBe(1000)
    expect(onX?.audience).toEqual({ name: 'high_value', description: null, adopt: false })
    expect(onX?.schedule).toBeNull()
  })

  test('keeps the order of the file', async () => {
    const more = `
  alpha: { relation: alpha, member_key: id, activate: [tiktok, { destination: x, name: aa }] }
  empty: { relation: empty, member_key: id, activate: [] }
  unused: { relation: unused, member_key: id }`
    const { activations } = await load(tidemarkYml({ end: more }))
    expect(activations.map(({ name }) => name)).toEqual(['high_value.x', 'high_value.tiktok', 'alpha.tiktok', 'aa'])
  })

  test('takes names that JavaScript knows', async () => {
    const more =
      '\n  constructor: { relation: constructor, member_key: constructor, activate: [{ destination: x, name: prototype }] }'
    const { activations } = await load(tidemarkYml({ end: more }))
    expect(activations[2]).toMatchObject({ name: 'prototype', segment: { name: 'constructor' } })
  })

  test('the number of a request may be lowered with the quiet time', async () => {
    const { destinations } = await load(tidemarkYml({ x: x('request: { timeout_ms: 1000, quiet_ms: 2000 }') }))
    expect(destinations[0]?.request).toMatchObject({ timeoutMs: 1000, quietMs: 2000 })
  })

  test('drops the slash at the end of a base address', async () => {
    const { destinations } = await load(tidemarkYml({ x: x('base_url: "HTTPS://Ads.Example:8443/"') }))
    expect(destinations[0]?.baseUrl).toBe('https://ads.example:8443')
  })
})

describe('defaults and activation', () => {
  const defaults = `
  audience: { name: Ours, description: From defaults, adopt: true }
  fields: { email: email, phone: phone }
  schedule: "@weekly"
  guards: { max_removed_share: 0.1, min_members: 5 }
  quarantine_days: 3`
  const merged = async (own: string) => {
    const text = tidemarkYml({
      tiktok: tiktok('', `${defaults.replaceAll('\n', '\n  ')}`),
      segment: activate(`[{ destination: tiktok${own} }]`),
    })
    const [activation] = (await load(text)).activations
    if (activation === undefined) throw new Error('no activation')
    return activation
  }

  test('defaults hold where the activation is silent', async () => {
    expect(await merged('')).toMatchObject({
      audience: { name: 'Ours', description: 'From defaults', adopt: true },
      fields: [{ field: 'email' }, { field: 'phone' }],
      schedule: '@weekly',
      guards: { maxRemovedShare: 0.1, minMembers: 5, maxTouchedShare: 0.5 },
      quarantineDays: 3,
      airflow: {},
    })
  })

  test('audience and guards are merged key by key', async () => {
    expect(await merged(', audience: { name: Mine }, guards: { min_members: 6 }')).toMatchObject({
      audience: { name: 'Mine', description: 'From defaults', adopt: true },
      guards: { maxRemovedShare: 0.1, minMembers: 6 },
    })
  })

  test('fields are replaced as a whole', async () => {
    const { fields } = await merged(', fields: { idfa: idfa }')
    expect(fields).toEqual([{ field: 'idfa', column: 'idfa', format: 'auto' }])
  })

  test('a null takes a default away', async () => {
    expect(await merged(', schedule: null, audience: { description: null }')).toMatchObject({
      schedule: null,
      audience: { description: null },
    })
  })
})

/** Writes a text so that whoever reads gets it in two pieces. */
const inPieces = async (file: string, text: string): Promise<void> => {
  const pipe = await open(file, 'w')
  await pipe.write(text.slice(0, 100))
  await setTimeout(100)
  await pipe.write(text.slice(100))
  await pipe.close()
}

describe('the file', () => {
  test('that is not there', async () => {
    await expect(loadConfiguration('/nowhere/tidemark.yml', {})).rejects.toThrow(
      '/nowhere/tidemark.yml has 1 problem:\n  (the whole file): is not there; got no file "/nowhere/tidemark.yml"; write one (see the README), go to its folder, or name it with --config FILE',
    )
  })

  test('that has the other ending', async () => {
    await withFile('', async (file) => {
      const other = file.replace(/yml$/, 'yaml')
      await expect(loadConfiguration(other, {})).rejects.toThrow(
        `no file "${other}"; there is "${file}": name it with --config ${file}, or rename it`,
      )
    })
  })

  test('that is a folder', async () => {
    await expect(loadConfiguration('/tmp', {})).rejects.toThrow(
      'is a folder; got the folder "/tmp"; name the file in it',
    )
  })

  test('that never ends', async () => {
    await expect(loadConfiguration('/dev/zero', {})).rejects.toThrow('must be at most 1000000 bytes')
  })

  test('of exactly the limit is read', async () => {
    const text = tidemarkYml()
    await expect(load(`${text}#${'x'.repeat(1_000_000 - text.length - 1)}`)).resolves.toBeDefined()
    await expect(load(`${text}#${'x'.repeat(1_000_000 - text.length)}`)).rejects.toThrow('at most 1000000 bytes')
  })

  test('that is a pipe, and comes in pieces', async () => {
    const pipe = await withFile('', async (file) => {
      await rm(file)
      execFileSync('mkfifo', [file])
      const [configuration] = await Promise.all([loadConfiguration(file, environment), inPieces(file, tidemarkYml())])
      return configuration
    })
    expect(pipe.activations).toEqual((await load(tidemarkYml())).activations)
  })

  test('that is no YAML is told nothing else', async () => {
    expect(await problemsOf('version: [1\nsegments: {}')).toEqual([expect.stringMatching(/^line 2, column/)])
  })

  test('that has dbt in it is told what to write instead', async () => {
    const { problems } = await refusal(`${tidemarkYml()}\ndbt: { project: . }`)
    expect(problems).toEqual([expect.objectContaining({ path: 'dbt' })])
    expect(problems[0]?.wayOut).toBe('name relations by relation: schema.table and take it out')
  })

  test('that is wrong under run says so there', async () => {
    expect(await problemsOf(tidemarkYml({ end: 'run: { lease_seconds: soon }' }))).toEqual([
      expect.stringMatching(/^run\.lease_seconds: /),
    ])
  })

  test('that is not text', async () => {
    await expect(load(new Uint8Array([0x76, 0xff, 0xfe]))).rejects.toThrow('is not UTF-8 text')
  })

  test.each(['', '# nothing', 'just text', '- a\n- b', '7'])('that holds no mapping: %j', async (text) => {
    expect((await refusal(text)).message).toMatch(/\(the whole file\): must be a mapping; got/)
  })
})
