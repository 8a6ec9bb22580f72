import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { start } from '../cli/process.ts'
import { emptyDatabase } from './postgres-database.ts'

/** Roles are of the whole server, and other suites use it. */
const [role, secret] = ['tide_beginner', 'only-for-tests-7']
const folder = mkdtempSync(join(tmpdir(), 'tidemark-mistakes-'))
let database: Awaited<ReturnType<typeof emptyDatabase>>

beforeAll(async () => {
  database = await emptyDatabase()
  await database.say(
    `drop role if exists ${role}`,
    `create role ${role} login password '${secret}'`,
    'create schema crm',
    'create schema closed',
    'create table closed.people (id text, email text)',
    'create table crm.rebuilt (id text, email text)',
    "create table crm.people as select n::text as id, 'somebody.' || n || '@example.com' as email, n as spent from generate_series(1, 50) as s(n)",
    `grant usage on schema crm to ${role}`,
    `grant select on crm.people to ${role}`,
  )
})
afterAll(async () => {
  await database.destroy()
  await database.drop('role', role)
  rmSync(folder, { recursive: true, force: true })
})

interface Mistake {
  readonly warehouse?: Readonly<Record<string, string | number>>
  readonly segment?: Readonly<Record<string, unknown>>
  readonly email?: string
  readonly environment?: Readonly<Record<string, string>>
  readonly code: number
  /** Names the thing and the way out. */
  readonly says: readonly RegExp[]
}

/** What a new user gets wrong with a database at hand. */
const mistakes: Readonly<Record<string, Mistake>> = {
  'a host that does not exist': {
    warehouse: { host: 'db.invalid' },
    code: 78,
    says: [/db\.invalid/, /warehouse\.host|PGHOST/],
  },
  'a port on which nobody listens': { warehouse: { port: 1 }, code: 75, says: [/127\.0\.0\.1:1\b/, /refused/] },
  'a wrong password': {
    environment: { SHOP_PASSWORD: 'guessed' },
    code: 77,
    says: [/password/, new RegExp(role)],
  },
  'a user that does not exist': { warehouse: { user: 'tide_nobody' }, code: 77, says: [/tide_nobody/, /password/] },
  'a database that does not exist': { warehouse: { database: 'shoop' }, code: 78, says: [/database "?shoop/] },
  'TLS where the server has none': { warehouse: { sslmode: 'require' }, code: 78, says: [/TLS/, /sslmode/] },
  'a variable that is not set': { environment: { SHOP_PASSWORD: '' }, code: 78, says: [/SHOP_PASSWORD/] },
  'a relation that does not exist': { segment: { relation: 'crm.peeple' }, code: 78, says: [/crm\.peeple/] },
  'a schema that does not exist': { segment: { relation: 'crn.people' }, code: 78, says: [/crn\.people/] },
  'a table that a rebuild has made anew': {
    segment: { relation: 'crm.rebuilt' },
    code: 77,
    says: [/rebuilt/, /alter default privileges/i, /grants:/],
  },
  'a schema without usage': { segment: { relation: 'closed.people' }, code: 77, says: [/schema "?closed/] },
  'a column that does not exist': { email: 'emial', code: 78, says: [/emial/, /email/] },
  'a member key that does not exist': { segment: { member_key: 'user_id' }, code: 78, says: [/user_id/, /\bid\b/] },
  'a filter over a column that does not exist': {
    segment: { where: [{ column: 'spend', at_least: 1 }] },
    code: 78,
    says: [/spend/, /spent/],
  },
  'SQL with a slip': {
    segment: { relation: undefined, sql: 'select id, email\nfrom crm.people\nwehre spent > 3' },
    code: 78,
    says: [/line 3/, /spent|wehre/],
  },
  'a template of dbt': {
    segment: { relation: undefined, sql: "select id, email from {{ ref('people') }}" },
    code: 78,
    says: [/dbt/, /ref\(/],
  },
  'schemas that the role may not make': { code: 77, says: [/tidemark/, /tidemark grants/] },
}

const configuration = ({ warehouse, segment, email = 'email' }: Mistake) => {
  const { host, port, sslmode, database: name } = database.settings
  return JSON.stringify({
    version: 1,
    warehouse: {
      type: 'postgres',
      ...{ host, port, sslmode, database: name, user: role, password: `\${SHOP_PASSWORD}` },
      ...warehouse,
    },
    destinations: {
      // Nobody listens: no mistake of these gets so far.
      tiktok: {
        type: 'tiktok_ads',
        advertiser_id: '7000000000000000001',
        base_url: 'http://127.0.0.1:9',
        credentials: { access_token: `\${TIKTOK_ACCESS_TOKEN}` },
      },
    },
    segments: {
      people: {
        relation: 'crm.people',
        member_key: 'id',
        activate: [{ destination: 'tiktok', fields: { email } }],
        ...segment,
      },
    },
  })
}

test.each(Object.keys(mistakes))('%s', async (name) => {
  const mistake = mistakes[name] as Mistake
  const file = `${name.replaceAll(' ', '-')}.yml`
  writeFileSync(join(folder, file), configuration(mistake))
  const { code, stdout, stderr } = await start(['run', '--all', '--config', file], folder, {
    PATH: process.env.PATH ?? '',
    SHOP_PASSWORD: secret,
    TIKTOK_ACCESS_TOKEN: 'only-for-tests-8',
    ...mistake.environment,
  }).ended
  const { error, activations } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')
  const message: string = (error ?? activations[0].error).message
  expect({ code, message }).toEqual({ code: mistake.code, message: expect.any(String) })
  for (const form of mistake.says) expect(message).toMatch(form)
  // Whoever reads the log sees what the summary says, and nothing of a person, of a secret or of our source.
  expect(stderr).toContain(JSON.stringify(message).slice(1, -1))
  expect(stdout + stderr).not.toMatch(/somebody\.\d|only-for-tests|guessed|\.ts:\d/)
})
