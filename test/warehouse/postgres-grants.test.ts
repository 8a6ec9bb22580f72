import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import pg from 'pg'
import { startSimulators, X_SIMULATOR_ACCOUNT, X_SIMULATOR_CREDENTIALS } from '../../connector/simulator/simulator.ts'
import { start } from '../cli/process.ts'
import { emptyDatabase } from './postgres-database.ts'

/** Roles are of the whole server, and other suites use it. */
const [role, reader, rolePassword] = ['tide-runner', 'tide "reader"', 'only-for-tests']
const folder = mkdtempSync(join(tmpdir(), 'tidemark-grants-'))
const credentials = Object.entries(X_SIMULATOR_CREDENTIALS).map(
  ([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value] as const,
)

let database: Awaited<ReturnType<typeof emptyDatabase>>
let platforms: Awaited<ReturnType<typeof startSimulators>>
let granted: readonly string[]

const environment = () => ({
  ROLE_PASSWORD: rolePassword,
  ...Object.fromEntries(credentials),
  PATH: process.env.PATH ?? '',
})
const tidemark = (...args: readonly string[]) => start(args, folder, environment()).ended

beforeAll(async () => {
  database = await emptyDatabase()
  platforms = await startSimulators({ x: { rateLimit: false } })
  const { host, port, sslmode } = database.settings
  const configuration = {
    version: 1,
    warehouse: {
      type: 'postgres',
      host,
      port,
      sslmode,
      database: database.settings.database,
      user: role,
      password: `\${ROLE_PASSWORD}`,
    },
    destinations: {
      x: {
        type: 'x_ads',
        account_id: X_SIMULATOR_ACCOUNT,
        base_url: platforms.x.url,
        credentials: Object.fromEntries(credentials.map(([name]) => [name, `\${${name}}`])),
      },
    },
    segments: {
      people: {
        relation: '"the shop".people',
        member_key: 'id',
        activate: [{ destination: 'x', fields: { email: 'email' } }],
      },
    },
  }
  writeFileSync(join(folder, 'tidemark.yml'), JSON.stringify(configuration))
  await database.say(
    `drop role if exists "${role}"`,
    `drop role if exists ${pg.escapeIdentifier(reader)}`,
    `create role "${role}" login password '${rolePassword}'`,
    `create role ${pg.escapeIdentifier(reader)}`,
    `revoke all on database ${database.settings.database} from public`,
    'create schema "the shop"',
    `create table "the shop".people as select n::text as id, 'p' || n || '@example.com' as email from generate_series(1, 200) as s(n)`,
    'create table "the shop".secrets as select 1 as n',
  )
  const { stdout } = await tidemark('grants', '--json', '--reader', reader)
  granted = (JSON.parse(stdout) as { readonly statements: readonly string[] }).statements
})
afterAll(async () => {
  await platforms.stop()
  await database.destroy()
  await database.drop('role', role)
  await database.drop('role', reader)
  rmSync(folder, { recursive: true, force: true })
})

describe('with exactly the rights that `tidemark grants` prints', () => {
  test('nothing can be done before', async () => {
    expect(await tidemark('run', '--all')).toMatchObject({ code: 77 })
  })

  test('doctor says that a run could not keep its tables, though it can read all, and leaves no trace', async () => {
    const name = database.settings.database
    await database.say(
      `grant connect, temporary on database ${name} to "${role}"`,
      `grant usage on schema "the shop" to "${role}"`,
      `grant select on "the shop".people to "${role}"`,
    )
    const { code, stdout } = await tidemark('doctor')
    expect(code).toBe(77)
    expect(stdout).toMatch(/fine +warehouse: It opens, and has every relation and column/)
    expect(stdout).toMatch(
      /wrong +warehouse: A run could not keep its tables in the schemas tidemark and tidemark_state: .*`tidemark grants` prints the rights/,
    )
    expect(stdout).toMatch(/fine +destinations\.x: It is reached/)
    await database.say(...granted)
    const able = await tidemark('doctor')
    expect(able).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('A run may make and write its tables in the schemas'),
    })
    expect(await database.say("select relname from pg_class where relname like '%doctor%'")).toEqual([])
  })

  test('a plan, a first sync, a run without change and a look at the state succeed', async () => {
    expect(await tidemark('validate', '--warehouse')).toMatchObject({ code: 0 })
    expect(await tidemark('plan', '--all')).toMatchObject({ code: 0 })
    expect(await tidemark('run', '--all')).toMatchObject({ code: 0 })
    expect(await tidemark('run', '--all', '--exit-code-when-unchanged')).toMatchObject({ code: 99 })
    expect(await tidemark('status')).toMatchObject({ code: 0 })
    const { code, stdout } = await tidemark('doctor')
    expect([code, stdout]).toEqual([0, expect.stringContaining('The 1 audience that a run goes on with is there.')])
  })

  test('nothing else can be read or made', async () => {
    const refused = async (as: string, statement: string): Promise<string> =>
      database.say(`set role ${pg.escapeIdentifier(as)}`, statement).then(
        () => 'done',
        (error: { readonly code?: string }) => error.code ?? '?',
      )
    expect(await refused(role, 'select * from "the shop".secrets')).toBe('42501')
    expect(await refused(role, 'create schema another')).toBe('42501')
    expect(await refused(role, 'delete from "the shop".people')).toBe('42501')
    expect(await refused(reader, 'select * from tidemark.runs')).toBe('done')
    expect(await refused(reader, 'select * from tidemark.audience_members')).toBe('done')
    expect(await refused(reader, 'delete from tidemark.runs')).toBe('42501')
    expect(await refused(reader, 'select * from tidemark_state.schema_version')).toBe('42501')
  })

  test('every trace is removed', async () => {
    const left = (): Promise<readonly unknown[]> =>
      database.say("select nspname from pg_namespace where nspname like 'tidemark%'")
    expect(await tidemark('uninstall', '--yes')).toMatchObject({ code: 64 })
    expect(await left()).toHaveLength(2)
    expect(await tidemark('uninstall', '--yes', '--abandon')).toMatchObject({ code: 0 })
    expect(await left()).toEqual([])
  })
})
