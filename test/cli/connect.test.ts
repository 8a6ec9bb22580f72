import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { type Ended, type Started, until } from './process.ts'
import { Project } from './project.ts'

// biome-ignore lint/suspicious/noTemplateCurlyInString: text of a configuration
const app = ', app_id: "${TIKTOK_APP_ID}", secret: "${TIKTOK_SECRET}"'
const appOfTiktok = { TIKTOK_APP_ID: '7000000000000000002', TIKTOK_SECRET: 'sim-tiktok-secret' }

/** Before anybody consented: the tokens are not there yet. */
const open = async (): Promise<Project> => {
  const project = await Project.open(1, { tiktokCredentials: app })
  const { PATH = '', X_CONSUMER_KEY = '', X_CONSUMER_SECRET = '' } = project.env
  project.env = { PATH, X_CONSUMER_KEY, X_CONSUMER_SECRET, ...appOfTiktok }
  return project
}

/** A command that waits for an answer would outlive a test that fails. */
const begun: Started[] = []
afterAll(() => {
  for (const { child } of begun) child.kill('SIGKILL')
})
const begin = (project: Project, ...args: readonly string[]): Started => {
  const started = project.start('connect', ...args)
  begun.push(started)
  return started
}

/** The address that the command prints. */
const addressOf = async ({ child }: Started): Promise<string> => {
  let said = ''
  child.stderr.on('data', (text: string) => {
    said += text
  })
  await until('an address', () => /^http\S+$/m.test(said))
  return /^http\S+$/m.exec(said)?.[0] ?? ''
}

/** The user agrees on the page of X, and reads the PIN there. */
const pinOf = async (address: string): Promise<string> =>
  /<code>(\d+)</.exec(await (await fetch(address)).text())?.[1] ?? ''

/** The user agrees on the page of TikTok: where it leads to. */
const ledTo = async (address: string): Promise<string> =>
  (await fetch(address, { redirect: 'manual' })).headers.get('location') ?? ''

const answer = (started: Started, text: string): Promise<Ended> => {
  started.child.stdin.end(text)
  return started.ended
}

describe('tidemark connect', () => {
  test.concurrent('X: a PIN is exchanged for what the configuration reads from the environment', async () => {
    await using project = await open()
    const started = begin(project, 'x')
    const address = await addressOf(started)
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/oauth\/authorize\?oauth_token=\w+$/)
    const { code, stdout, stderr } = await answer(started, `${await pinOf(address)}\n`)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        '# Consent of user @simulated_user. Nothing was written: keep this in the environment of `tidemark run`.\n' +
        "export X_ACCESS_TOKEN='sim-access-token'\nexport X_ACCESS_TOKEN_SECRET='sim-access-token-secret'\n",
    })
    expect(stderr).not.toContain('sim-')
    expect(project.x.requests.map(({ op }) => op)).toEqual(['request_token', 'authorise', 'access_token'])
  })

  test.concurrent('TikTok: the address that the user was led to is enough', async () => {
    await using project = await open()
    const started = begin(project, 'tiktok', '--json', '--redirect-uri', 'https://shop.example/back')
    const address = await addressOf(started)
    const { code, stdout } = await answer(started, await ledTo(address))
    expect({ code, ...(JSON.parse(stdout) as object) }).toEqual({
      code: 0,
      schema: 'tidemark.connect/1',
      destination: 'tiktok',
      platform: 'tiktok_ads',
      whose: 'advertisers 7000000000000000001',
      environment: { TIKTOK_ACCESS_TOKEN: 'sim-tiktok-token' },
    })
  })

  test.concurrent('X by a connection that has the keys of the app only, or is not there at all', async () => {
    await using project = await open()
    await writeFile(
      join(project.folder, 'tidemark.yml'),
      `version: 1
warehouse: { connection: analytics }
destinations: { x: { type: x_ads, connection: x_main, base_url: "${project.x.url}" } }
segments: {}
`,
    )
    const { PATH = '', X_CONSUMER_KEY: consumer_key, X_CONSUMER_SECRET: consumer_secret } = project.env
    const extra = { account_id: '18ce54d4x5t', consumer_key, consumer_secret }
    project.env = { PATH, AIRFLOW_CONN_X_MAIN: JSON.stringify({ conn_type: 'x_ads', extra }) }
    const started = begin(project, 'x')
    const { code, stdout } = await answer(started, `${await pinOf(await addressOf(started))}\n`)
    const expected =
      '# Consent of user @simulated_user. Nothing was written: keep this in the extra of the Airflow connection x_main.\n' +
      '"access_token": "sim-access-token"\n"access_token_secret": "sim-access-token-secret"\n'
    expect({ code, stdout }).toEqual({ code: 0, stdout: expected })
    project.env = { PATH }
    const bare = begin(project, 'x')
    bare.child.stdin.write(`${consumer_key}\n${consumer_secret}\n`)
    const end = await answer(bare, `${await pinOf(await addressOf(bare))}\n`)
    expect({ code: end.code, stdout: end.stdout }).toEqual({ code: 0, stdout: expected })
  })

  test.concurrent('what it prints lets a run go on', async () => {
    await using project = await open()
    const x = begin(project, 'x')
    const ofX = await answer(x, await pinOf(await addressOf(x)))
    const tiktok = begin(project, 'tiktok')
    const ofTiktok = await answer(tiktok, await ledTo(await addressOf(tiktok)))
    const exports = `${ofX.stdout}${ofTiktok.stdout}`.matchAll(/^export (\w+)='(.*)'$/gm)
    project.env = { ...project.env, ...Object.fromEntries([...exports].map(([, name, value]) => [name, value])) }
    expect(await project.run('run', '--all')).toMatchObject({ code: 0 })
  })

  test.concurrent('secrets of the app that are not in the environment yet are asked for', async () => {
    await using project = await open()
    const { PATH = '', ...rest } = project.env
    project.env = { PATH, TIKTOK_APP_ID: rest.TIKTOK_APP_ID ?? '' }
    const started = begin(project, 'tiktok')
    started.child.stdin.write('sim-tiktok-secret\n')
    const { code, stdout } = await answer(started, await ledTo(await addressOf(started)))
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("='sim-tiktok-token'") })
  })

  test.concurrent('on a terminal nothing of what is typed shows', async () => {
    await using project = await open()
    // `script` gives a command a terminal of its own.
    const cli = join(import.meta.dirname, '..', '..', 'connector', 'cli.ts')
    const child = spawn('script', ['-qec', `"${process.execPath}" "${cli}" connect x`, '/dev/null'], {
      cwd: project.folder,
      env: { ...project.env, TERM: 'xterm' },
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await until('an address', () => /http\S+oauth_token=\w+/.test(said) && said.includes('PIN:'))
    const pin = await pinOf(/http\S+oauth_token=\w+/.exec(said)?.[0] ?? '')
    child.stdin.write(`${pin}\r`)
    await until('a token', () => said.includes('export X_ACCESS_TOKEN='))
    expect(pin).toMatch(/^\d{7}$/)
    expect(said).not.toContain(pin)
  })
})

describe('tidemark connect, and something is wrong', () => {
  test.concurrent('a wrong PIN is 77, and is not tried twice', async () => {
    await using project = await open()
    const started = begin(project, 'x')
    await pinOf(await addressOf(started))
    const { code, stdout, stderr } = await answer(started, '0000000')
    expect({ code, stdout }).toEqual({ code: 77, stdout: '' })
    expect(stderr).toContain('Exchanging the PIN failed')
    expect(stderr).toContain('Begin again with `tidemark connect`, and give the PIN of the new page.')
    expect(stderr).not.toContain('0000000')
    expect(project.x.requests.filter(({ op }) => op === 'access_token')).toHaveLength(1)
  })

  test.concurrent('an auth_code that was used is 77, and so is a secret of another app: each says which it was', async () => {
    await using project = await open()
    const started = begin(project, 'tiktok')
    const address = await ledTo(await addressOf(started))
    expect((await answer(started, address)).code).toBe(0)
    const used = begin(project, 'tiktok')
    await addressOf(used)
    expect(await answer(used, new URL(address).searchParams.get('auth_code') ?? '')).toMatchObject({
      code: 77,
      stderr: expect.stringMatching(/code 40110, .*the auth_code was used, was cancelled or has expired/),
    })
    project.env = { ...project.env, TIKTOK_SECRET: 'of-another-app' }
    const other = begin(project, 'tiktok')
    const { code, stderr } = await answer(other, await ledTo(await addressOf(other)))
    expect({ code, stderr }).toEqual({
      code: 77,
      stderr: expect.stringMatching(/code 40101, .*`app_id` and `secret` do not belong together/),
    })
    expect(stderr).not.toContain('of-another-app')
  })

  test.concurrent('an answer that is lost is not asked for again', async () => {
    await using project = await open()
    project.tiktok.addFaults([{ match: { op: 'access_token' }, times: 'always', fault: { kind: 'drop_after' } }])
    const started = begin(project, 'tiktok')
    const { code, stderr } = await answer(started, await ledTo(await addressOf(started)))
    expect({ code, stderr }).toEqual({
      code: 75,
      stderr: expect.stringContaining(
        'The auth_code may be used up by that: begin again with `tidemark connect tiktok`.',
      ),
    })
    expect(project.tiktok.requests.filter(({ op }) => op === 'access_token')).toHaveLength(1)
  })

  test.concurrent('the answer to somebody else, no answer, and no text', async () => {
    await using project = await open()
    for (const [text, says] of [
      ['https://shop.example/back?auth_code=abc&state=of-another', /belongs to another request/],
      ['https://shop.example/back?error=denied', /holds no auth_code/],
      ['two words', /visible ASCII characters without blanks/],
      ['', /ended before auth_code came/],
    ] as const) {
      const started = begin(project, 'tiktok')
      await addressOf(started)
      const { code, stderr } = await answer(started, text)
      expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringMatching(says) })
    }
    expect(project.tiktok.requests.filter(({ op }) => op === 'access_token')).toHaveLength(0)
  })

  test.concurrent('the entry is wrong, or is not there; whatever else is wrong with the file does not matter', async () => {
    await using project = await open()
    await project.write({ account: '18ce/54', segments: 'everyone: { relation: 7 }', tiktokCredentials: app })
    const wrong = await project.run('connect', 'x')
    expect(wrong).toMatchObject({ code: 78, stderr: expect.stringContaining('destinations.x.account_id') })
    expect(wrong.stderr).not.toContain('segments')
    expect(await project.run('connect', 'y')).toMatchObject({
      code: 64,
      stderr: expect.stringContaining('no destination is named "y"'),
    })
    const started = begin(project, 'tiktok')
    expect(await addressOf(started)).toContain('/portal/auth?app_id=')
    await answer(started, '')
  })
})
