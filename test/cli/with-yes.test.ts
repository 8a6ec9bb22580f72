import { expect, test } from '@jest/globals'
import { until } from './process.ts'
import { digestsOf, everyone, Project } from './project.ts'

const onX = everyone.replace(/activate: .*/, 'activate: [x]')
const ran = async (): Promise<Project> => {
  const project = await Project.open(120, { segments: onX })
  expect((await project.run('run', '--all')).code).toBe(0)
  return project
}
const terminal = new URL('on-a-terminal.mjs', import.meta.url).href
/** On a terminal; `typed` is what a person answers to the question. */
const answering = async (project: Project, typed: string, ...args: readonly string[]) => {
  project.env = { ...project.env, NODE_OPTIONS: `--import=${terminal}` }
  const { child, ended } = project.start(...args)
  let said = ''
  child.stderr.on('data', (text: string) => {
    said += text
  })
  await until('the question', () => said.includes('Do it?') || child.exitCode !== null)
  child.stdin.write(typed)
  return ended
}
const everybody = digestsOf(1, 120, ['email', 'phone_number'])
const identifiers = (project: Project): string[] => Object.values(project.held()).flat()

/** What each would do to 120 members, and the command that does it. */
const commands = [
  {
    args: ['empty', 'everyone.x'],
    says: /^This would remove 120 people from the audience "everyone" \(\w+\): 240 identifiers in 1 request, at least [\d.]+ s under the rate limit\.\nThe audience stays\./,
    how: 'tidemark empty everyone.x --yes',
  },
  {
    args: ['reset', 'everyone.x'],
    says: /^This would forget audience \w+ and a ledger of 240 identifiers, with 120 members in the audience\./,
    how: 'tidemark reset everyone.x --yes --abandon',
  },
  {
    args: ['uninstall'],
    says: /^This would drop, with everything in it:\n {2}tidemark\.\w+\n[\s\S]*\neveryone\.x would leave people in audiences/,
    how: 'tidemark uninstall --yes --abandon',
  },
]

test('without --yes and without a terminal each says what it would do and how to say yes, changes nothing and ends with 0', async () => {
  await using project = await ran()
  const [hash, calls] = [project.hash(), project.x.requests.length]
  for (const { args, says, how } of commands) {
    const { code, stdout, stderr } = await project.run(...args)
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
    expect(stdout).toMatch(says)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(`Nothing was changed. Do it with: ${how}`)
  }
  // reset asks whether the audience is still there.
  const asked = project.x.requests.slice(calls).map(({ op }) => op)
  expect([project.hash(), asked]).toEqual([hash, ['get_audience']])
}, 60_000)

test('with --json each answers with one document of one form', async () => {
  await using project = await ran()
  const hash = project.hash()
  for (const { args, how } of commands) {
    const { code, stdout } = await project.run(...args, '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: `tidemark.${args[0]}/1`,
      done: false,
      do_it_with: how,
      error: null,
    })
  }
  const { stdout } = await project.run('empty', 'everyone.x', '--json')
  expect(JSON.parse(stdout)).toMatchObject({
    activation: 'everyone.x',
    audience: { id: expect.any(String), name: 'everyone' },
    members_removed: 120,
    identifiers_removed: 240,
    api_calls: expect.any(Number),
    seconds: expect.any(Number),
  })
  expect(project.hash()).toBe(hash)
}, 60_000)

test('on a terminal each asks after it has said what it would do; a no, or nothing typed, changes nothing and ends with 0', async () => {
  await using project = await ran()
  const [hash, calls] = [project.hash(), project.x.requests.length]
  for (const { args, says } of commands)
    for (const typed of ['n\n', '\n']) {
      const abandon = args[0] === 'empty' ? [] : ['--abandon']
      const { code, stdout, stderr } = await answering(project, typed, ...args, ...abandon)
      expect({ args, code }).toEqual({ args, code: 0 })
      expect(stdout).toMatch(says)
      expect(stderr).toMatch(/Do it\?[\s\S]*Nothing was changed\.\n$/)
    }
  expect([project.hash(), project.x.requests.length]).toEqual([hash, calls])
}, 120_000)

test('on a terminal a yes does it', async () => {
  await using project = await ran()
  expect(identifiers(project).sort()).toEqual(everybody)
  const emptied = await answering(project, 'y\n', 'empty', 'everyone.x')
  expect([emptied.code, emptied.stderr]).toEqual([0, expect.stringMatching(/1 of 1 ✓ everyone\.x \+0 −120 · /)])
  expect(emptied.stdout).toMatch(/^This would remove 120 people/)
  expect(identifiers(project)).toEqual([])
  const reset = await answering(project, 'y\n', 'reset', 'everyone.x', '--abandon')
  expect([reset.code, reset.stdout]).toEqual([
    0,
    expect.stringMatching(/^This would forget[\s\S]*has forgotten audience/),
  ])
  const gone = await answering(project, 'y\n', 'uninstall')
  expect([gone.code, gone.stdout]).toEqual([0, expect.stringMatching(/^This would drop[\s\S]*\nDropped \d+ tables/)])
}, 120_000)

test('where a yes would not be enough nobody is asked, and what is missing is named', async () => {
  await using project = await ran()
  for (const { args, how } of commands.slice(1)) {
    const { code, stdout, stderr } = await answering(project, '', ...args)
    expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' })
    expect(stdout).toContain(`Nothing was changed. Do it with: ${how}`)
  }
}, 60_000)

test('Ctrl-C at the question ends with 143 and changes nothing', async () => {
  await using project = await ran()
  const hash = project.hash()
  const { code, stderr } = await answering(project, '\u0003', 'empty', 'everyone.x')
  expect([code, stderr]).toEqual([143, expect.stringContaining('Nothing was changed.')])
  expect(project.hash()).toBe(hash)
}, 60_000)

test('SIGTERM at the question ends the command at once', async () => {
  await using project = await ran()
  project.env = { ...project.env, NODE_OPTIONS: `--import=${terminal}` }
  const { child, ended } = project.start('empty', 'everyone.x')
  let said = ''
  child.stderr.on('data', (text: string) => {
    said += text
  })
  await until('the question', () => said.includes('Do it?'))
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ signal: 'SIGTERM' })
}, 60_000)

test('the command that says yes names the run key and the file it was asked with', async () => {
  await using project = await ran()
  const { stdout } = await project.run('empty', 'everyone.x', '--run-key', 'of may', '--config', './tidemark.yml')
  expect(stdout).toContain("Do it with: tidemark empty everyone.x --yes --run-key='of may' --config ./tidemark.yml\n")
}, 60_000)
