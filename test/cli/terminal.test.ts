import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { accountOf } from '../../connector/commands/account.ts'
import { runsTable } from '../../connector/commands/status.ts'
import { renderTable } from '../../connector/commands/table.ts'
import type { Ended } from './process.ts'
import { everyone, Project, summaryOf } from './project.ts'
import { hasColour, screenAfter, shown } from './screen.ts'

/** What a person sees of a run on a terminal; on a pipe: test/cli/exit-codes.test.ts and others. */
const terminal = new URL('on-a-terminal.mjs', import.meta.url).href
const onTerminal = (project: Project, env: Readonly<Record<string, string>>, ...args: readonly string[]) => {
  project.env = { ...project.env, NODE_OPTIONS: `--import=${terminal}`, ...env }
  return project.run(...args)
}
const left = ({ stderr }: Ended): string => screenAfter(stderr).join('\n')
const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n')
const ended = (place: string, activation: string, what: string): RegExp =>
  new RegExp(`^${place} of 2 ✓ everyone\\.${activation} ${what} · \\d+\\.\\d s$`, 'm')

describe('run on a terminal', () => {
  test.concurrent('has a line for each activation while it works, both at once, and one when it has ended', async () => {
    await using project = await Project.open(60)
    project.fault({ match: { op: 'add' }, times: 'always', fault: { kind: 'latency', ms: 700 } })
    await project.write({ request: '{ timeout_ms: 9000, quiet_ms: 9000, max_bytes: 4000, concurrency: 2 }' })
    const first = await onTerminal(project, {}, 'run', '--all')
    expect(first.code).toBe(0)
    expect(shown(first.stderr)).toMatch(
      /1 of 2 everyone\.x [█░]{24} \d+ of \d+ requests\n {2}2 of 2 everyone\.tiktok [█░]{24} \d+ of \d+ requests/,
    )
    expect(left(first)).toMatch(ended('1', 'x', '\\+60 −0'))
    expect(left(first)).toMatch(ended('2', 'tiktok', '\\+60 −0'))
    expect(first.stdout).not.toContain('{')
    expect(left(first)).not.toMatch(/requests|Comparing|Settling/)
    expect(linesOf(first.stdout).at(-1)).toBe('2 activations: 2 succeeded')
    expect(first.stdout).toMatch(/│ everyone\.tiktok │ succeeded │ +60 │ \+60 −0 +│ \+120 −0 +│/)

    await project.query(
      "delete from customers where customer_id = 1; update customers set email = 'none' where customer_id = 2",
    )
    const second = await onTerminal(project, {}, 'run', 'everyone.x')
    expect(left(second)).toMatch(/^1 of 1 ✓ everyone\.x \+0 −1 · 1 identifier rejected · /m)
    const third = await onTerminal(project, {}, 'run', 'everyone.x')
    expect(left(third)).toMatch(/^1 of 1 ✓ everyone\.x in step · /m)
    expect(linesOf(third.stdout).at(-1)).toBe('1 activation: 1 succeeded')
  }, 120_000)

  test.concurrent('without a width of its own writes nothing over', async () => {
    await using project = await Project.open(60)
    project.fault({ match: { op: 'add' }, times: 'always', fault: { kind: 'latency', ms: 700 } })
    const run = await onTerminal(project, { TEST_COLUMNS: '0' }, 'run', '--all')
    expect(run.code).toBe(0)
    expect(run.stderr.length).toBeLessThan(1000)
    expect(left(run)).toMatch(ended('1', 'x', '\\+60 −0'))
  }, 120_000)

  test.concurrent('says of one that failed its code and its message, and goes on with the others', async () => {
    await using project = await Project.open(20)
    const run = await onTerminal(project, { TIKTOK_ACCESS_TOKEN: 'wrong' }, 'run', '--all')
    expect(run.code).toBe(77)
    expect(left(run)).toMatch(/^2 of 2 ✗ everyone\.tiktok \+0 −0 · \d+\.\d s\n {2}\w+: .*TikTok/m)
    expect(left(run)).toMatch(ended('1', 'x', '\\+20 −0'))
    expect(linesOf(run.stdout).at(-1)).toBe('2 activations: 1 succeeded, 1 failed')
  }, 120_000)

  test.concurrent('with --json it is what it is on a pipe', async () => {
    await using project = await Project.open(20)
    const both = await onTerminal(project, {}, 'run', '--all', '--json')
    expect(summaryOf(both).activations.map((a) => a.members_added)).toEqual([20, 20])
    const events = linesOf(both.stderr).map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(events.filter(({ event }) => event === 'activation_ended')).toHaveLength(2)
    expect(events).toContainEqual(
      expect.objectContaining({
        event: 'activation_ended',
        activation: 'everyone.x',
        status: 'succeeded',
        members_added: 20,
        members_removed: 0,
        identifiers_added: 40,
        identifiers_removed: 0,
        identifiers_resent: 0,
        identifiers_rejected: 0,
        batches: 1,
        duration_ms: expect.any(Number),
      }),
    )
  }, 120_000)

  test.concurrent('a file with several problems has a line for each, and nothing of it acts', async () => {
    await using project = await Project.open(1, { segments: 'everyone: { relation: 7, "a\\eb": 1, activate: [x] }' })
    const { code, stdout, stderr } = await onTerminal(project, {}, 'run', '--all')
    expect([code, stdout]).toEqual([78, ''])
    expect(stderr).toMatch(
      /^error: tidemark\.yml has \d problems:\n {2}line \d+: segments\.everyone\b.*\n {2}line \d+: segments\.everyone\b/,
    )
    expect(stderr).toContain('\\u001b')
    expect(stderr).not.toContain('\\u000a')
    expect(stderr).not.toContain('\u001b')
  }, 120_000)

  test.concurrent('is in colour where the terminal has any and NO_COLOR is not set', async () => {
    await using project = await Project.open(5)
    const xterm = { TERM: 'xterm-256color' }
    const run = await onTerminal(project, xterm, 'run', '--all')
    expect(run.stderr).toContain('\u001b[32m✓\u001b[39m')
    const doctor = await onTerminal(project, xterm, 'doctor')
    expect(doctor.stdout).toContain('\u001b[32mfine\u001b[39m')
    project.env = { ...project.env, NO_COLOR: '1' }
    const plain = await onTerminal(project, xterm, 'run', '--all', '--full')
    expect(left(plain)).toMatch(/^\d of 2 ✓/m)
    expect(hasColour(plain.stderr)).toBe(false)
    expect(hasColour((await onTerminal(project, xterm, 'doctor')).stdout)).toBe(false)
  }, 120_000)

  test.concurrent.each([
    ['that cannot write over a line', { TERM: 'dumb' }],
    ['of a CI', { CI: 'true' }],
  ])(
    'on a terminal %s only the lines that stay are written',
    async (_, env) => {
      await using project = await Project.open(5)
      const { stderr } = await onTerminal(project, env, 'run', '--all')
      expect(stderr).not.toContain('\u001b')
      expect(stderr.match(/^\d of 2 .*$/gm)).toHaveLength(2)
      expect(stderr).not.toMatch(/Comparing|requests/)
    },
    120_000,
  )
})

test('the account of a run says why activations stopped where standard error is no terminal', async () => {
  await using project = await Project.open(5, { segments: everyone.replace(/activate: .*/, 'activate: [x]') })
  const onlyOut = `data:text/javascript,process.stdout.isTTY=true`
  project.env = { ...project.env, X_ACCESS_TOKEN: 'wrong', NODE_OPTIONS: `--import=${onlyOut}` }
  const { code, stdout, stderr } = await project.run('run', '--all')
  expect(code).toBe(77)
  expect(stdout).toMatch(/\neveryone\.x: \w+: .*\n1 activation: 1 failed\n$/)
  for (const line of linesOf(stderr)) expect(() => JSON.parse(line)).not.toThrow()
}, 60_000)

test('the demo is in colour too, and what stands in its text is escaped', () => {
  const story = new URL('../../connector/demo/story.ts', import.meta.url).href
  const tell = `const { terminalStory } = await import('${story}'); terminalStory.result('a\\u001b[2Jb', true)`
  const { stdout } = spawnSync(process.execPath, ['--import', terminal, '--input-type=module', '-e', tell], {
    encoding: 'utf8',
    env: { TERM: 'xterm-256color' },
  })
  expect(stdout).toBe('  \u001b[32m✓\u001b[39m a\\u001b[2Jb\n')
})

test('a table fits 100 columns, and nothing of it is lost', () => {
  const name = 'subscribers_of_the_weekly_newsletter_in_france.tiktok_ads_of_the_agency_in_paris'
  const rows = [1, 1_000_000_000].map((n) => ({
    activation: name,
    status: 'succeeded',
    n,
    of: n,
    error: 'a'.repeat(70),
  }))
  const lines = linesOf(renderTable(rows))
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  const column = (i: number) => lines.map((line) => line.split('│')[i]?.trim() ?? '').join('')
  expect(column(1)).toBe(`activation${name}${name}`)
  expect(column(5)).toBe(`error${'a'.repeat(140)}`)
})

test('the account of a run and the runs of status fit too, with everything that may stand in them', () => {
  const run = {
    activation: 'subscribers_of_the_newsletter.tiktok',
    run_id: 'r',
    run_key: 'k',
    attempt: 3,
    started_at: '2026-12-01T05:18:15.123Z',
    finished_at: null,
    status: 'succeeded',
    audience_id: '7000001796102131465',
    segment_members: 10_000_000,
    reachable_members: 10_000_000,
    members_added: 10_000_000,
    members_removed: 1_000_000,
    identifiers_added: 20_000_000,
    identifiers_removed: 2_000_000,
    identifiers_resent: 1_000_000,
    identifiers_rejected: 1_000_000,
    batches: 20_000,
    api_calls: 20_000,
    duration_ms: 3_600_000,
    error: { code: 'audience_name_changed', message: 'no' },
  } as const
  const account = accountOf(
    { schema: 'tidemark.summary/1', run_key: 'k', status: 'succeeded', activations: [run] },
    { errors: false },
  )
  for (const text of [account, runsTable([run])]) {
    expect(Math.max(...linesOf(text).map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(text).toContain('1000000')
  }
})
