import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import { acting, expectClearError } from './ended.ts'
import { peakMb } from './process.ts'
import { digestsOf, everyone, Project, summaryOf } from './project.ts'
import { type OpenProxy, openProxy } from './proxy.ts'

type Platform = 'x' | 'tiktok'
const platforms: readonly Platform[] = ['x', 'tiktok']
const types = { x: ['email', 'phone_number'], tiktok: ['EMAIL_SHA256', 'PHONE_SHA256'] } as const
const segments = (platform: Platform): string =>
  everyone.replace(/activate: .*/, `activate: [{ destination: ${platform}, guards: { min_members: 0 } }]`)
const ofMembers = /\/users$|\/segment\/mapping\//

interface Setting extends AsyncDisposable {
  readonly project: Project
  readonly proxy: OpenProxy
  /** One more member, and whoever adds them gets this answer; the platform has applied what it was asked. */
  grow(answer: (response: ServerResponse) => void): Promise<void>
  /** The platform is well again: the next run has to make it equal to the segment. */
  heal(): Promise<void>
}

/** @param timeoutMs short only where answers do not come: on a busy machine the others take their time */
const open = async (platform: Platform, timeoutMs = 6_000): Promise<Setting> => {
  const project = await Project.open(20)
  const proxy = await openProxy(project[platform].port)
  const request = `{ timeout_ms: ${timeoutMs}, quiet_ms: ${timeoutMs} }`
  await project.write({ segments: segments(platform), request, [`${platform}Url`]: proxy.url })
  let people = 20
  return {
    project,
    proxy,
    grow: async (answer) => {
      people += 1
      await project.query(
        `insert into customers values (${people}, 'person${people}@example.com', '+336${10_000_000 + people}')`,
      )
      proxy.instead = ({ url }) => (ofMembers.test(url) ? { applied: true, answer } : undefined)
    },
    heal: async () => {
      proxy.instead = null
      expect((await project.run('run', '--all')).code).toBe(0)
      const [audience] = project[platform].audiences()
      expect([...project[platform].identifiers(audience?.id ?? '')].sort()).toEqual(
        digestsOf(1, people, types[platform]),
      )
      expect((await project.run('run', '--all', '--exit-code-when-unchanged')).code).toBe(99)
    },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await project[Symbol.asyncDispose]()
    },
  }
}

const says =
  (status: number, body: string | Buffer) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  }
/** An error of either platform: X reads the first, TikTok the second. */
const error = (status: number, x: string, tiktok: number | string, message: string) =>
  says(status, JSON.stringify({ errors: [{ code: x, message }], code: tiktok, message }))
const success = '{"code":0,"data":{"success_count":1,"total_count":1}}'

/** Escapes, a forged line of the log, text turned around, what nobody sees, and then a megabyte of it. */
const injection = `\u001b[2J\u001b]0;owned\u0007 no\r\n{"level":"info","event":"forged"}\u202e\u2066\u200b\ufeff\u0000\u009b31m \u2028`

type Answer = (response: ServerResponse) => void
/** Shared out between the platforms: what is read in one place is asked once. */
const notUnderstood: Readonly<Record<Platform, readonly (readonly [what: string, answer: Answer])[]>> = {
  x: [
    ['UTF-16', says(200, Buffer.from(`\ufeff${success}`, 'utf16le'))],
    ['nesting of 100,000 levels', says(200, `${'{"a":['.repeat(50_000)}${']}'.repeat(50_000)}`)],
    ['a megabyte of escapes', error(400, 'WHAT', 99_999, injection + '\u001b]'.repeat(60_000))],
    [
      'another protocol',
      (response) =>
        void response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    ],
  ],
  tiktok: [
    ['invalid UTF-8', says(200, Buffer.from([0xff, 0xfe, 0x7b, 0x7d]))],
    ['a success in the prototype', says(200, `{"__proto__":${success},"constructor":${success}}`)],
    ['a code that every object has', error(400, 'constructor', 'toString', 'no')],
  ],
}

test.concurrent.each(platforms)(
  'answers of %s that nobody understands are 76, a redirect is not followed, words do not act, and the next run heals',
  async (platform) => {
    await using setting = await open(platform)
    const { project, grow, heal } = setting
    await using other = await openProxy(project[platform].port)
    expect((await project.run('run', '--all')).code).toBe(0)
    for (const [what, answer] of notUnderstood[platform]) {
      await grow(answer)
      const ended = await project.run('run', '--all')
      expect({ what, code: ended.code }).toEqual({ what, code: 76 })
      expectClearError(ended, /is not understood, so nothing is assumed/)
    }
    await grow((response) => void response.writeHead(307, { location: `${other.url}/steal` }).end())
    const redirected = await project.run('run', '--all')
    expect(redirected.code).toBe(78)
    expectClearError(redirected, /check `base_url`/)
    expect(other.seen).toEqual([])
    await grow(error(403, 'ACTION_NOT_ALLOWED', 40_001, injection))
    const denied = await project.run('run', '--all')
    expect(denied.code).toBe(77)
    expectClearError(denied, /"no \{'level':'info','event':'forged'\}/)
    // What was said is stored, and shown again: as words, and not as what they would do.
    for (const command of [['status'], ['plan', '--all', '--json']]) {
      const { stdout, stderr } = await project.run(...command)
      expect(stdout + stderr).not.toMatch(acting)
    }
    const stored = JSON.stringify(
      await project.query('select error_message from tidemark.runs union all select message from tidemark.receipts'),
    )
    expect(stored).toMatch(/forged/)
    expect(stored).not.toMatch(acting)
    await heal()
  },
  120_000,
)

test.concurrent('answers without end: each is given up, memory stays flat, and the next run heals', async () => {
  await using setting = await open('x', 2_500)
  expect((await setting.project.run('run', '--all')).code).toBe(0)
  let written = 0
  const flood = (response: ServerResponse): void => {
    const chunk = Buffer.alloc(65_536, ' ')
    const more = (): void => {
      while (!response.destroyed && written < 1_000_000_000) {
        written += chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
      response.end()
    }
    response.writeHead(200)
    more()
  }
  const trickle = (text: string) => (response: ServerResponse) => {
    const timer = setInterval(() => response.socket?.write(text), 50)
    response.on('close', () => clearInterval(timer))
  }
  const bomb = gzipSync(Buffer.alloc(200_000_000, ' '))
  const answers = [
    flood,
    (response: ServerResponse) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    (response: ServerResponse) => {
      response.writeHead(200).flushHeaders()
      trickle('1\r\n \r\n')(response)
    },
    (response: ServerResponse) => {
      response.socket?.write('HTTP/1.1 200 OK\r\n')
      trickle('a: b\r\n')(response)
    },
    trickle('HTTP/1.1 103 Early Hints\r\n\r\n'),
  ]
  let attempts = 0
  await setting.grow((response) => answers[attempts++ % answers.length]?.(response))
  const { child, ended } = setting.project.start('run', '--all')
  let peak = 0
  const watch = setInterval(() => {
    if (child.exitCode === null) peak = Math.max(peak, peakMb(child.pid))
  }, 100)
  const end = await ended
  clearInterval(watch)
  expect(end.code).toBe(75)
  expectClearError(end, /No answer: .*; whether it was applied is not known\. Check the network/)
  expect(attempts).toBe(answers.length)
  expect(written).toBeLessThan(50_000_000)
  // The whole process, with DuckDB: a body that was kept would be more.
  expect(peak).toBeGreaterThan(50)
  expect(peak).toBeLessThan(600)
  await setting.heal()
}, 120_000)

test.concurrent.each(platforms)(
  'an audience of %s whose id would lead elsewhere is none; the next run finds the real one',
  async (platform) => {
    await using setting = await open(platform)
    const { project, proxy, heal } = setting
    const id = '../../../../steal\'"; drop table customers; --\n'
    const named = { id, audience_id: id, name: 'everyone', created_at: new Date().toISOString(), create_time: '' }
    const page = { code: 0, data: [named], next_cursor: null }
    const pageOfTiktok = { code: 0, data: { list: [named], page_info: { total_page: 1 } } }
    // Where the run looks for the name first, it finds nobody.
    const answer = says(200, JSON.stringify({ code: 0, data: named }))
    proxy.instead = ({ url }) => (/\/list\//.test(url) ? undefined : { applied: true, answer })
    const made = await project.run('run', '--all')
    expect(made.code).toBe(76)
    expectClearError(made, /did not create the audience 'everyone' .*\(its answer has another form.*is not understood/)
    // The list is asked for what became of it: `..` is in no path, nor is it an id.
    proxy.instead = () => ({ answer: says(200, JSON.stringify(platform === 'x' ? page : pageOfTiktok)) })
    const looked = await project.run('run', '--all')
    const shown = { x: /the answer was lost; the platform's list does not show it yet/, tiktok: /is not understood/ }
    expect(looked.code).toBe(platform === 'x' ? 75 : 76)
    expectClearError(looked, shown[platform])
    // And a list that has no end ends.
    const more = { ...page, data: [], next_cursor: 'more' }
    const moreOfTiktok = { code: 0, data: { list: [], page_info: { total_page: Number.MAX_SAFE_INTEGER } } }
    proxy.instead = () => ({ answer: says(200, JSON.stringify(platform === 'x' ? more : moreOfTiktok)) })
    const endless = await project.run('run', '--all')
    expect(endless.code).toBe(76)
    expectClearError(endless, /listed 200 pages of audiences without coming to an end/)
    const home =
      platform === 'x'
        ? /^\/12\/accounts\/\w+\/custom_audiences(\?|$)/
        : /^\/open_api\/v1\.3\/(segment\/audience|dmp\/custom_audience\/list)\//
    expect(proxy.seen.filter(({ url }) => !home.test(url))).toEqual([])
    await heal()
    expect(summaryOf(await project.run('run', '--all')).activations[0]?.audience_id).toBe(
      project[platform].audiences()[0]?.id,
    )
  },
  120_000,
)
