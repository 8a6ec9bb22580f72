import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { type Ended, until } from './process.ts'
import { Project, summaryOf } from './project.ts'
import { openProxy } from './proxy.ts'

/** Whatever may stand in a credential: what a regular expression, an address, JSON, HTML, SQL and a shell act on. */
const odd = (name: string): string => `cnry-${name}."'%/+=&<>\\\\*$1(\`{}[^|?#;:,~!`
const secrets = {
  X_CONSUMER_KEY: odd('ck'),
  X_CONSUMER_SECRET: odd('cs'),
  X_ACCESS_TOKEN: odd('at'),
  X_ACCESS_TOKEN_SECRET: odd('ats'),
  TIKTOK_ACCESS_TOKEN: odd('tt'),
  TIKTOK_APP_ID: odd('app'),
  TIKTOK_SECRET: odd('tts'),
}
/** Those that travel, as they must, in a header of a request; the others sign, or are for other commands. */
const travels = { x: ['X_CONSUMER_KEY', 'X_ACCESS_TOKEN'], tiktok: ['TIKTOK_ACCESS_TOKEN'] } as const
const appOfTiktok = ['TIKTOK_APP_ID', 'TIKTOK_SECRET'] as const

/** As it is, and as addresses (once, twice), JSON (once, twice), HTML and Base64 spell it. */
const formsOf = (secret: string): readonly string[] => {
  const encoded = encodeURIComponent(secret).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const json = JSON.stringify(secret).slice(1, -1)
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
  return [
    secret,
    encoded,
    encodeURIComponent(secret),
    encodeURIComponent(encoded),
    json,
    json.replaceAll('/', '\\/'),
    html,
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ]
}
/** All forms of all secrets, and as a text within JSON holds them. */
const needles = Object.values(secrets)
  .flatMap((secret) => [secret.replaceAll("'", "''"), ...formsOf(secret)])
  .flatMap((form) => [form, JSON.stringify(form).slice(1, -1)])
/** People, in every identifier there is, in keys and in the SQL. */
const people = /cnry-person|cnry_handle|33644788\d{3}|7447447447447\d{3}|c0ffee00-0000-4000-8000-/i

const leakOf = (text: string): string | null => {
  const secret = needles.find((form) => text.includes(form)) ?? /cnry-(?!person)|Y25yeS[0-9A-Za-z]/.exec(text)?.[0]
  return secret ?? people.exec(text)?.[0] ?? null
}

/** A secret in it is the user's mistake, and not shown for all that: not even where the statements are asked for. */
const sql = `select * from customers where email <> 'cnry-person0@example.com' and handle <> '${secrets.X_CONSUMER_SECRET.replaceAll("'", "''")}'`
const segments = `everyone:
    sql: ${JSON.stringify(sql)}
    member_key: { column: email, hash: true }
    activate: [{ destination: x, guards: { max_removed_share: 1, max_touched_share: 1 } }, { destination: tiktok, guards: { min_members: 0, max_removed_share: 1, max_touched_share: 1 } }]`
const parts = {
  segments,
  xFields: '{ email: email, phone_number: phone, twitter_id: x_id, handle: handle, device_id: device }',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: so the file names a variable of the environment
  tiktokCredentials: ', app_id: "${TIKTOK_APP_ID}", secret: "${TIKTOK_SECRET}"',
}

const open = async (): Promise<Project> => {
  const [x, tiktok] = [
    {
      consumerKey: secrets.X_CONSUMER_KEY,
      consumerSecret: secrets.X_CONSUMER_SECRET,
      accessToken: secrets.X_ACCESS_TOKEN,
      accessTokenSecret: secrets.X_ACCESS_TOKEN_SECRET,
    },
    { accessToken: secrets.TIKTOK_ACCESS_TOKEN, appId: secrets.TIKTOK_APP_ID, secret: secrets.TIKTOK_SECRET },
  ]
  const project = await Project.open(0, parts, {
    x: { credentials: x, quoteValues: true },
    tiktok: { credentials: tiktok, quoteValues: true },
  })
  await mkdir(join(project.folder, 'tmp'))
  project.env = { ...project.env, ...secrets, TMPDIR: join(project.folder, 'tmp') }
  await project.query(`create or replace table customers as select 'Cnry-Person' || i || '@Example.com' as email, '+3364478' || (8000 + i) as phone,
    '7447447447447' || (100 + i) as x_id, '@cnry_handle' || i as handle, 'c0ffee00-0000-4000-8000-' || (100000000000 + i) as device from range(1, 21) t(i)`)
  return project
}

/** A text without these secrets, in every spelling. */
const without = (names: readonly (keyof typeof secrets)[], text: string): string =>
  names
    .flatMap((name) => formsOf(secrets[name]))
    .flatMap((form) => [form, JSON.stringify(form).slice(1, -1)])
    .sort((a, b) => b.length - a.length)
    .reduce((rest, form) => rest.replaceAll(form, ''), text)

/** A run, with everything that can be seen of its process from outside while it lives. */
const watched = async (project: Project, ...args: readonly string[]): Promise<Ended & { readonly argv: string }> => {
  const { child, ended } = project.start(...args)
  let argv = ''
  const watch = setInterval(() => {
    try {
      argv ||= readFileSync(`/proc/${child.pid}/cmdline`, 'latin1')
    } catch {
      // It has ended.
    }
  }, 10)
  const end = await ended
  clearInterval(watch)
  return { ...end, argv }
}

test.concurrent('secrets that want to be found, in every spelling, and people in every identifier, key and query', async () => {
  await using project = await open()
  await using x = await openProxy(project.x.port)
  await using tiktok = await openProxy(project.tiktok.port)
  const write = (more = {}): Promise<void> => project.write({ ...parts, xUrl: x.url, tiktokUrl: tiktok.url, ...more })
  await write()
  const ended: (Ended & { readonly argv: string })[] = []
  const run = async (...args: readonly string[]): Promise<number | null> => {
    ended.push(await watched(project, ...args))
    return ended.at(-1)?.code ?? null
  }
  expect(await run('plan', '--all')).toBe(0)
  const shown = await project.run('plan', '--all', '--sql')
  expect([shown.code, shown.stdout.includes("handle <> '[masked]'")]).toEqual([0, true])
  expect(leakOf(shown.stdout.replaceAll('cnry-person0@example.com', ''))).toBeNull()
  expect(await run('run', '--all')).toBe(0)
  // Each platform says everything it knows, in every spelling.
  const message = (forms: readonly string[]) =>
    JSON.stringify({
      errors: [{ code: 'ACTION_NOT_ALLOWED', message: forms.join(' ') }],
      code: 40_001,
      message: forms.join(' '),
    })
  // Of 18 masked spellings all can be shown. A platform can only tell what it was told: X four secrets, TikTok three.
  const all = Object.values(secrets).flatMap(formsOf)
  for (let from = 0; from < all.length; from += 18) {
    await project.query(`update customers set phone = '+3364478' || (8900 + ${from}) where x_id = '7447447447447101'`)
    for (const proxy of [x, tiktok])
      proxy.instead = () => ({
        answer: (response) => void response.writeHead(403).end(message(all.slice(from, from + 18))),
      })
    expect(await run('run', from < 36 ? 'everyone.x' : 'everyone.tiktok')).toBe(77)
  }
  x.instead = null
  tiktok.instead = null
  for (const more of [
    { xUrl: 'http://user:cnry-password@127.0.0.1:1' },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: so the file names a variable of the environment
    { xUrl: '"http://127.0.0.1:1/${X_ACCESS_TOKEN}"' },
    { tiktokUrl: "'http://127.0.0.1:1/?key=cnry-query'" },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: so the file names a variable of the environment
    { xFields: '{ email: "${TIKTOK_SECRET}" }' },
  ]) {
    await write(more)
    expect(await run('run', '--all')).toBe(78)
  }
  await write()
  expect(await run('run', '--all', '--full')).toBe(0)
  expect(await run('status', '--json')).toBe(0)
  expect(await run('accounts', 'x')).toBe(0)
  expect(await run('accounts', 'tiktok', '--json')).toBe(0)
  const refused = JSON.stringify({ code: 40_115, message: secrets.TIKTOK_SECRET })
  tiktok.instead = () => ({ answer: (response) => void response.end(refused) })
  expect(await run('accounts', 'tiktok')).toBe(77)
  tiktok.instead = null
  for (const { stdout, stderr, argv } of ended)
    expect([leakOf(stdout), leakOf(stderr), leakOf(argv)]).toEqual([null, null, null])
  expect(ended.filter(({ argv }) => /(cli\.ts|tidemark\.mjs)/.test(argv)).length).toBeGreaterThan(10)
  // On the wire: people nowhere, secrets only where they must.
  for (const [platform, { seen }] of [
    ['x', x],
    ['tiktok', tiktok],
  ] as const) {
    expect(seen.length).toBeGreaterThan(3)
    for (const { url, headers, body } of seen) {
      // TikTok's list of advertisers takes the app's id and secret in its address, and no other call does.
      const app = url.startsWith('/open_api/v1.3/oauth2/advertiser/get/?') ? appOfTiktok : []
      const address = without(app, url)
      expect([leakOf(address), leakOf(body), leakOf(without(travels[platform], headers))]).toEqual([null, null, null])
    }
  }
  // At rest: what is left in the folder once the customers are gone.
  expect(readdirSync(project.folder).sort()).toEqual(['tidemark.yml', 'tmp', 'w.duckdb'])
  expect(readdirSync(join(project.folder, 'tmp'))).toEqual([])
  const [told] = await project.query(`select string_agg(message, ' ') as said from tidemark.receipts`)
  expect(told?.said).toMatch(/\[masked\]/)
  await project.query(
    `drop table customers; checkpoint; attach '${join(project.folder, 'copy.db')}' as copy; copy from database w to copy`,
  )
  expect(leakOf(readFileSync(join(project.folder, 'copy.db'), 'latin1'))).toBeNull()
}, 240_000)

test.concurrent('a run that is killed leaves neither secrets nor people in what it was writing', async () => {
  await using project = await open()
  await project.write({ ...parts, request: '{ timeout_ms: 1500, quiet_ms: 1500, max_bytes: 3000 }' })
  project.fault({ match: { op: 'add' }, times: 'always', fault: { kind: 'latency', ms: 1000 } })
  project.env = { ...project.env, NODE_OPTIONS: `--report-on-signal --report-directory=${project.folder}` }
  const { child, ended } = project.start('run', '--all')
  await until('an add', () => project.x.requests.some((r) => r.op === 'add'))
  // What Node tells of itself when it is asked to: it would hold the whole environment.
  child.kill('SIGUSR2')
  const report = (): string | undefined => readdirSync(project.folder).find((file) => /^report\..*json$/.test(file))
  await until(
    'a report',
    () =>
      report() !== undefined &&
      readFileSync(join(project.folder, report() ?? ''), 'utf8')
        .trimEnd()
        .endsWith('}'),
  )
  child.kill('SIGKILL')
  expect((await ended).signal).toBe('SIGKILL')
  const written = readFileSync(join(project.folder, report() ?? ''), 'utf8')
  expect([written.includes('"commandLine"'), leakOf(written)]).toEqual([true, null])
  expect(existsSync(`${project.file}.wal`)).toBe(true)
  expect(leakOf(readFileSync(`${project.file}.wal`, 'latin1'))).toBeNull()
  expect(readdirSync(join(project.folder, 'tmp'))).toEqual([])
}, 120_000)

/** As if a driver or a library threw where nobody waits for it, as soon as so many listen. */
const throwing = (thrown: string, listeners: number): string => {
  const code = `const timer = setInterval(() => {
    if (process.listenerCount('uncaughtException') < ${listeners}) return
    clearInterval(timer)
    ${thrown}
  }, 5)`
  return `--import=data:text/javascript,${encodeURIComponent(code)}`
}

test.concurrent('what is thrown where nobody waits for it ends a run with 70 and its summary, and is not printed', async () => {
  await using project = await open()
  project.fault({ times: 'always', fault: { kind: 'latency', ms: 1400 } })
  const error = `const e = new Error('cnry-person1@example.com cnry-thrown', { cause: { token: 'cnry-cause' } }); e.row = 'cnry-person2';`
  for (const thrown of [`${error} throw e`, `${error} Promise.reject(e)`, `throw 'cnry-person3'`]) {
    project.env = { ...project.env, NODE_OPTIONS: throwing(thrown, 2) }
    const end = await project.run('run', '--all')
    expect([thrown, end.code]).toEqual([thrown, 70])
    expect([leakOf(end.stdout), leakOf(end.stderr)]).toEqual([null, null])
    expect(end.stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.stringify(summaryOf(end))).toMatch(
      /Something went wrong inside Tidemark \((Error|string)\)\. Please report this/,
    )
    expect(end.stderr).not.toMatch(/\n\s+at /)
  }
  // A command without a summary says it, too.
  project.env = { ...project.env, NODE_OPTIONS: throwing(`${error} throw e`, 1) }
  const { code, stdout, stderr } = await project.run('validate', '--warehouse')
  expect([code, leakOf(stdout), leakOf(stderr)]).toEqual([70, null, null])
  expect(stderr).toMatch(/^Something went wrong inside Tidemark .*\n$/)
}, 120_000)
