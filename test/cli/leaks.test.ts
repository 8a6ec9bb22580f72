import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import type { Ended } from './process.ts'
import { everyone, Project } from './project.ts'
import { openProxy } from './proxy.ts'

/** Each is found in no normal text; whatever shows one has leaked it. */
const secrets = {
  X_CONSUMER_KEY: 'canary-consumer-key-4471',
  X_CONSUMER_SECRET: 'canary-consumer-secret-4472',
  X_ACCESS_TOKEN: 'canary-access-token-4473',
  X_ACCESS_TOKEN_SECRET: 'canary-access-secret-4474',
  TIKTOK_ACCESS_TOKEN: 'canary-tiktok-token-4475',
}
/** Those that travel, as they must, in a header of a request. */
const credentials = {
  x: {
    consumerKey: secrets.X_CONSUMER_KEY,
    consumerSecret: secrets.X_CONSUMER_SECRET,
    accessToken: secrets.X_ACCESS_TOKEN,
    accessTokenSecret: secrets.X_ACCESS_TOKEN_SECRET,
  },
  tiktok: {
    accessToken: secrets.TIKTOK_ACCESS_TOKEN,
    appId: '7000000000000000002',
    secret: secrets.TIKTOK_ACCESS_TOKEN,
  },
}
/** Clear-text identifiers, in whatever case and spelling they may be quoted. */
const people = /canary-person|33644771\d{3}|447 7|334477902/i
const secret = /canary-(?!person)/

const segments = (sql: string): string => `everyone:
    sql: "${sql}"
    member_key: customer_id
    activate: [{ destination: x, guards: { max_removed_share: 1, max_touched_share: 1, max_rejected_share: 1 } }, { destination: tiktok, guards: { min_members: 0, max_removed_share: 1, max_touched_share: 1, max_rejected_share: 1 } }]`
const all = 'select * from main.customers'

const open = async (): Promise<Project> => {
  const project = await Project.open(
    0,
    { segments: segments(all) },
    {
      x: { credentials: credentials.x, quoteValues: true },
      tiktok: { credentials: credentials.tiktok, quoteValues: true },
    },
  )
  project.env = { ...project.env, ...secrets }
  await project.query(`insert into customers select i, 'Canary-Person' || i || '@Example.com ', '+3364477' || (1000 + i) from range(1, 41) t(i);
    insert into customers values (901, 'canary-person901 at example', '447 7'), (902, 'canary-person902@', '+334477902')`)
  return project
}

/** Commands that work and commands that fail, so that every text there is has been written. */
const everything = async (project: Project): Promise<readonly Ended[]> => {
  const ended: Ended[] = []
  const run = async (...args: readonly string[]) => ended.push(await project.run(...args))
  const write = (sql: string, parts = {}) => project.write({ segments: segments(sql), ...parts })
  await run('plan', '--all', '--sql')
  await run('run', '--all')
  await project.query(
    `delete from customers where customer_id = 1; update customers set email = 'canary-person-new@example.com' where customer_id = 2`,
  )
  await run('run', '--all')
  // Errors of the driver that quote values: a cast, a filter, a parse, a column.
  await write('select c.*, cast(email as integer) as n from main.customers c where cast(email as integer) > 5')
  await run('run', '--all')
  await write("select * from main.customers where email = 'canary-person3@example.com' and and")
  await run('run', '--all')
  await run('validate', '--warehouse')
  await write('select customer_id, email as canary_person, phone from main.customers')
  await run('run', '--all', '--json')
  // Answers that quote values and secrets.
  await write(all)
  await project.query(`update customers set email = 'canary-person-other@example.com' where customer_id = 3`)
  for (const [platform, own] of [
    [project.x, credentials.x],
    [project.tiktok, credentials.tiktok],
  ] as const) {
    const message = `canary-person3@example.com ${Object.values(own)[0]} ${Object.values(own)[2]} +33644771003`
    platform.addFaults([{ times: 'always', fault: { kind: 'answer', status: 400, code: 40002, message } }])
  }
  await run('run', '--all')
  project.x.clearFaults()
  project.tiktok.clearFaults()
  project.env = { ...project.env, X_ACCESS_TOKEN: 'canary-wrong-token', TIKTOK_ACCESS_TOKEN: 'canary-wrong token' }
  await run('run', '--all')
  project.env = { ...project.env, TIKTOK_ACCESS_TOKEN: 'canary-wrong-token' }
  await run('run', '--all')
  project.env = { ...project.env, ...secrets }
  // Where the key itself is an address.
  await project.write({ segments: everyone.replace('member_key: customer_id', 'member_key: email') })
  await run('run', '--all')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so the file names a variable of the environment
  await project.write({ head: `version: 1\nspeed: canary-person9@example.com`, request: '"${X_ACCESS_TOKEN}"' })
  await run('run', '--all')
  await write(all)
  await run('status', '--json')
  await run('run', '--all', '--full')
  await run('reset', 'everyone.x', '--json')
  // Refused without --abandon.
  await run('reset', 'everyone.x', '--yes', '--json')
  await run('empty', 'everyone.x')
  return ended
}

/** All tables of state, private ones too, as text. */
const dumpOf = async (project: Project): Promise<Record<string, string>> => {
  const tables = await project.query(
    `select table_schema as s, table_name as t from information_schema.tables where table_schema in ('tidemark', 'tidemark_state')`,
  )
  expect(tables.length).toBeGreaterThan(15)
  const dump: Record<string, string> = {}
  for (const { s, t } of tables) dump[`${s}.${t}`] = JSON.stringify(await project.query(`select * from "${s}"."${t}"`))
  return dump
}

test('no clear text and no secret: not in output, logs, tables, requests or the file', async () => {
  await using project = await open()
  await using x = await openProxy(project.x.port)
  await using tiktok = await openProxy(project.tiktok.port)
  const write = project.write.bind(project)
  project.write = (parts = {}) => write({ xUrl: x.url, tiktokUrl: tiktok.url, ...parts })
  await project.write({ segments: segments(all) })
  const ended = await everything(project)
  expect(new Set(ended.map(({ code }) => code))).toEqual(new Set([0, 64, 76, 77, 78]))
  // A segment's own SQL may name a person: --sql shows what the file says, and nothing else does.
  for (const { stdout, stderr } of ended) {
    expect(stdout).not.toMatch(people)
    expect(stderr).not.toMatch(people)
    expect(stdout + stderr).not.toMatch(secret)
  }
  for (const [table, text] of Object.entries(await dumpOf(project))) {
    expect({ table, text: text.match(people)?.[0] ?? null }).toEqual({ table, text: null })
    expect({ table, text: text.match(secret)?.[0] ?? null }).toEqual({ table, text: null })
  }
  expect(x.seen.length + tiktok.seen.length).toBeGreaterThan(10)
  for (const { url, body, headers } of [...x.seen, ...tiktok.seen]) {
    expect(url + body + headers).not.toMatch(people)
    expect(url + body).not.toMatch(secret)
    expect(url + headers).not.toMatch(/secret-447/)
  }
  // With the customers gone, what is left in the folder is ours: the file is written anew without them.
  await project.query(
    `drop table customers; checkpoint; attach '${join(project.folder, 'copy.db')}' as copy; copy from database w to copy`,
  )
  const file = readFileSync(join(project.folder, 'copy.db')).toString('latin1')
  expect(file).toMatch(/everyone/)
  expect(file).not.toMatch(/canary-/i)
  expect(readdirSync(project.folder).sort()).toEqual(['copy.db', 'tidemark.yml', 'w.duckdb'])
}, 120_000)
