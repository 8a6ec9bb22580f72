// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${NAME} is the file's own way to read the environment
import { copyFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Mistake, mistakes } from './mistakes.ts'
import { type Ended, start } from './process.ts'
import { Project } from './project.ts'

/** Each is found in no normal text; whatever shows one has leaked it. */
const secrets = {
  X_CONSUMER_KEY: 'canary-consumer-key',
  X_CONSUMER_SECRET: 'canary-consumer-secret',
  X_ACCESS_TOKEN: 'canary-access-token',
  X_ACCESS_TOKEN_SECRET: 'canary-access-secret',
}
const leaks = /canary|33644771|^\s+at .*:\d+:\d+|node:internal/m

let project: Project

beforeAll(async () => {
  project = await Project.open(
    0,
    {},
    {
      x: {
        credentials: {
          consumerKey: secrets.X_CONSUMER_KEY,
          consumerSecret: secrets.X_CONSUMER_SECRET,
          accessToken: secrets.X_ACCESS_TOKEN,
          accessTokenSecret: secrets.X_ACCESS_TOKEN_SECRET,
        },
      },
    },
  )
  await project.query(`create or replace table customers as select i as customer_id, i * 1.5::double as share, i % 9 as lifetime_value,
    'canary-person' || i || '@example.com' as email, '+3364477' || (1000 + i) as phone from range(1, 151) t(i)`)
})
afterAll(() => project[Symbol.asyncDispose]())

/** A folder of its own for each, and an audience of its own; the platform is the same. */
const file = (name: string): string => `version: 1
warehouse: { type: duckdb, path: w.duckdb, threads: 1 }
destinations:
  x:
    type: x_ads
    account_id: 18ce54d4x5t
    base_url: ${project.x.url}
    credentials: { consumer_key: "\${X_CONSUMER_KEY}",
      consumer_secret: "\${X_CONSUMER_SECRET}",
      access_token: "\${X_ACCESS_TOKEN}", access_token_secret: "\${X_ACCESS_TOKEN_SECRET}" }
    rate_limit: { requests_per_second: 500 }
    request: { timeout_ms: 20000, quiet_ms: 20000 }
    defaults:
      fields: { email: email, phone_number: { column: phone, default_country: FR } }

segments:
  small:
    relation: main.customers
    where: [ { column: lifetime_value, at_least: 0 } ]
    member_key: customer_id
    activate:
      - destination: x
        audience: { name: "${name}" }
`

const changed = (text: string, { file: changes = [] }: Mistake, name: string): string =>
  changes.reduce((all, [from, to]) => {
    const [was, is] = [from, to].map((part) => part.replace('"N"', JSON.stringify(name)))
    if (!all.includes(was ?? '')) throw new Error(`the file has no ${was}`)
    return all.replace(was ?? '', () => is ?? '')
  }, text)

/** Makes the mistake; what is called at its end undoes what would outlast it. */
const make = async (mistake: Mistake, folder: string, name: string): Promise<() => void> => {
  const warehouse = join(folder, 'w.duckdb')
  const config = join(folder, 'tidemark.yml')
  await mkdir(folder)
  await copyFile(project.file, warehouse)
  await writeFile(config, file(name))
  const { before } = mistake
  if (before === 'ran' || before === 'ran elsewhere')
    expect(await start(['run', '--all'], folder, secrets).ended).toMatchObject({ code: 0 })
  if (before === 'ran elsewhere') await copyFile(project.file, warehouse)
  if (before === 'text in place of the warehouse') await writeFile(warehouse, 'customer_id,email\n'.repeat(999))
  if (before === 'named .yaml') await rename(config, config.replace(/yml$/, 'yaml'))
  else await writeFile(config, changed(file(name), mistake, name))
  if (mistake.sql === undefined && before !== 'locked') return () => {}
  const instance = await DuckDBInstance.create(warehouse)
  if (mistake.sql !== undefined) {
    const connection = await instance.connect()
    await connection.run(mistake.sql)
    // The file stays open as long as a connection does.
    connection.closeSync()
  }
  if (before === 'locked') return () => instance.closeSync()
  instance.closeSync()
  return () => {}
}

const numbered = mistakes.map((mistake, i) => ({ ...mistake, i }))

test.concurrent.each(numbered)(
  '$what: exit $exit',
  async ({ i, ...mistake }) => {
    const folder = join(project.folder, String(i))
    const undo = await make(mistake, folder, `Audience ${i}`)
    const args = mistake.args ?? ['validate']
    const { code, stdout, stderr }: Ended = await start(args, folder, { ...secrets, ...mistake.env }).ended
    undo()
    // What a run says stands in JSON.
    const said = `${stdout}${stderr}`.replaceAll('\\n', '\n').replaceAll('\\"', '"')
    expect({ code, said }).toEqual({ code: mistake.exit, said: expect.not.stringMatching(leaks) })
    for (const text of mistake.says) expect(said).toMatch(text)
  },
  120_000,
)

test('there are fifty, and each is told of itself', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(50)
  expect(new Set(mistakes.map(({ what }) => what)).size).toBe(mistakes.length)
})
