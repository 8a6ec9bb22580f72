import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadConfiguration } from '../connector/config/load.ts'
import { words } from '../connector/words.ts'
import { breaks } from './guarantees/breaks.ts'

/** Every command and YAML block of the documents is run or validated. */
const root = join(import.meta.dirname, '..')
const cli = join(root, 'connector', 'cli.ts')

interface Block {
  readonly document: string
  readonly language: string
  readonly text: string
}
const pages = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'))
const documents = ['README.md', 'CONTRIBUTING.md', ...pages.map((name) => join('docs', name))]
const blocks: readonly Block[] = documents.flatMap((document) =>
  [...readFileSync(join(root, document), 'utf8').matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map((match) => ({
    document,
    language: match[1] ?? '',
    text: match[2] ?? '',
  })),
)
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts

const folder = mkdtempSync(join(tmpdir(), 'tidemark-docs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Every variable that a block names. */
const filled = Object.fromEntries(
  blocks.flatMap(({ text }) =>
    [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [
      name,
      name === 'DATABASE_URL' ? 'postgres://u:p@db.example.com/shop' : '/filled-for-the-test',
    ]),
  ),
)

/** Connections as the shell blocks set them. */
const connections = Object.fromEntries(
  blocks.flatMap(({ language, text }) =>
    language === 'sh'
      ? [...text.matchAll(/^export (AIRFLOW_CONN_\w+)='([^'\n]*)'$/gm)].map(([, name = '', value = '']) => [
          name,
          value,
        ])
      : [],
  ),
)

/** A block that shows one way to a warehouse stands for a file with that warehouse. */
const whole = (text: string): string =>
  /^version:/m.test(text)
    ? text
    : `version: 1
${text}
destinations: { hook: { type: webhook, base_url: "https://hooks.example.com", endpoint_id: e, credentials: { secret: "\${CRM_WEBHOOK_SECRET}" } } }
segments: { s: { relation: t, member_key: id, activate: [{ destination: hook, fields: { email: email } }] } }
`

describe('YAML blocks', () => {
  const yaml = blocks.filter((block) => block.language === 'yaml')
  test('there are some', () => expect(yaml.length).toBeGreaterThanOrEqual(2))
  test.each(yaml.map((block, i) => [`${block.document} #${i + 1}`, block] as const))(
    '%s is a valid configuration',
    async (_, block) => {
      const file = join(folder, 'block.yml')
      writeFileSync(file, whole(block.text))
      expect((await loadConfiguration(file, { ...filled, ...connections })).activations.length).toBeGreaterThan(0)
    },
  )
})

test('every picture is there', () => {
  const shown = pages.flatMap((name) =>
    [...readFileSync(join(root, 'docs', name), 'utf8').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(
      ([, path = '']) => path,
    ),
  )
  expect(shown.length).toBeGreaterThanOrEqual(2)
  expect(shown.filter((path) => !existsSync(join(root, 'docs', path)))).toEqual([])
})

describe('npm commands', () => {
  const named = documents.flatMap((document) =>
    [...readFileSync(join(root, document), 'utf8').matchAll(/npm (?:run ([\w:-]+)|(test))/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    ),
  )
  test.each([...new Set(named)])('npm run %s exists', (name) => expect(scripts).toHaveProperty([name]))
})

describe('the words of the output', () => {
  const rows = readFileSync(join(root, 'README.md'), 'utf8')
    .split('\n')
    .map((line) => line.replaceAll(/ +/g, ' '))
  test.each(Object.entries(words))('%s means in the README what --help says', (word, meaning) => {
    expect(rows).toContain(`| **${word}** | ${meaning} |`)
  })
  test.each([
    ['--help', Object.keys(words)],
    ['plan', ['kept', 'held back', 'shared by many', 'sent again', 'quarantine']],
    ['status', ['kept', 'sent again', 'due', 'quarantine']],
  ])('%s explains those that it uses', (command, used) => {
    const { stdout } = spawnSync(process.execPath, [cli, command, '--help'], { encoding: 'utf8' })
    const said = stdout.slice(stdout.indexOf('\nWords:')).matchAll(/^ {2}(\w[\w ]*?) {2,}/gm)
    expect([...said].map(([, word]) => word)).toEqual(used)
    expect(
      stdout
        .slice(stdout.indexOf('\nWords:'))
        .split('\n')
        .filter((line) => line.length > 110),
    ).toEqual([])
  })
})

describe('docs/guarantees.md', () => {
  const text = readFileSync(join(root, 'docs', 'guarantees.md'), 'utf8')
  test.each(breaks)('names the break and the test of guarantee $guarantee', ({ guarantee, does, test: { name } }) => {
    expect(text.split('\n').map((line) => line.replaceAll(/ +/g, ' '))).toContain(
      `| ${guarantee} | ${does} | ${name} |`,
    )
  })
  test('each file it names is there', () => {
    const files = [...text.matchAll(/`(test\/[\w./-]+)`/g)].map((match) => match[1] ?? '')
    expect(files.length).toBeGreaterThan(4)
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([])
  })
})

describe('the first configuration of the README, typed as it stands', () => {
  const shell = blocks
    .filter((block) => block.document === 'README.md' && block.language === 'sh')
    .map((block) => block.text)
  const [makeWarehouse, simulate, go] = ['DuckDBInstance', 'tidemark simulate', 'tidemark run'].map(
    (word) => shell.find((text) => text.includes(word)) ?? '',
  ) as [string, string, string]
  let simulator: ChildProcess
  const ports = { x: '', tiktok: '' }
  const ownPorts = (text: string): string =>
    text.replaceAll('127.0.0.1:8080', ports.x).replaceAll('127.0.0.1:8081', ports.tiktok)

  const sh = (script: string) =>
    spawnSync('bash', ['-euo', 'pipefail', '-c', script.replaceAll('npx tidemark', `node ${cli}`)], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}`, NODE_OPTIONS: '' },
    })

  beforeAll(async () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    expect(simulate.trim()).toBe('npx tidemark simulate')
    simulator = spawn(process.execPath, [cli, 'simulate', '--x-port', '0', '--tiktok-port', '0', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const line = await new Promise<string>((resolve) => {
      if (simulator.stdout) createInterface({ input: simulator.stdout }).once('line', resolve)
    })
    const urls = JSON.parse(line) as { x: string; tiktok: string }
    ports.x = new URL(urls.x).host
    ports.tiktok = new URL(urls.tiktok).host
  })
  afterAll(() => {
    simulator.kill('SIGTERM')
  })

  test('the warehouse is made, the first run syncs, the second has nothing to do', () => {
    expect(sh(makeWarehouse)).toMatchObject({ status: 0 })
    const yaml = blocks.find((block) => block.language === 'yaml' && block.text.includes('shop.duckdb'))?.text ?? ''
    writeFileSync(join(folder, 'tidemark.yml'), ownPorts(yaml))
    const { status, stdout, stderr } = sh(go)
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' })
    const summaries = stdout
      .split('\n')
      .flatMap((line) => (line.startsWith('{"schema":"tidemark.summary/1"') ? [JSON.parse(line)] : []))
    // lifetime_value is i % 900 for i from 0 to 2999: 400 of each full 900 reach 500, and of the last 300 none.
    const facts = (run: { activations: readonly Record<string, unknown>[] }) =>
      run.activations.map((a) => [
        a.activation,
        a.status,
        a.members_added,
        a.identifiers_added,
        (a.api_calls as number) > 0,
      ])
    expect(summaries.map(facts)).toEqual([
      [
        ['regulars.x', 'succeeded', 1200, 2400, true],
        ['regulars.tiktok', 'succeeded', 1200, 2400, true],
      ],
      [
        ['regulars.x', 'succeeded', 0, 0, false],
        ['regulars.tiktok', 'succeeded', 0, 0, false],
      ],
    ])
    symlinkSync(join(root, 'bin'), join(folder, 'bin'))
    const supervised = shell.find((text) => text.includes('bin/tidemark.js')) ?? ''
    const ended = sh(`${go.slice(0, go.indexOf('npx tidemark validate'))}\n${supervised}`)
    expect({ status: ended.status, summary: JSON.parse(ended.stdout) }).toMatchObject({
      status: 0,
      summary: { schema: 'tidemark.summary/1', status: 'succeeded' },
    })
  }, 60_000)
})

test('npx tidemark runs in a checkout', () => {
  const { status, stdout } = spawnSync('npx', ['tidemark', '--version'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  expect({ status, stdout: stdout.trim() }).toEqual({ status: 0, stdout: '0.1.0' })
}, 60_000)
