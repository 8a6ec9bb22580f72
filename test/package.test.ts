import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
const engine = `@duckdb/node-bindings-${process.platform}-${process.arch}`
let folder: string
/** The package as it is published. */
let packed: string

const said = (command: string, args: readonly string[], cwd = folder) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { status, text: `${stdout}${stderr}` }
}
const tidemark = (...args: string[]) =>
  said(process.execPath, [join(folder, 'node_modules', 'tidemark', 'bin', 'tidemark.js'), ...args])
const npm = (args: readonly string[], cwd = folder) => {
  const { status, text } = said('npm', [...args, '--no-audit', '--no-fund'], cwd)
  if (status !== 0) throw new Error(text)
  return text
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-package-'))
  const [{ filename = '' } = {}] = JSON.parse(
    npm(['pack', '--json', '--silent', '--pack-destination', folder], root).replace(/^[^[]*/, ''),
  )
  packed = join(folder, basename(filename))
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the packed package starts without optional packages, and names the one that a warehouse needs', () => {
  npm(['install', '--omit=optional', packed])
  expect(tidemark('--help')).toMatchObject({ status: 0, text: expect.stringContaining('Usage: tidemark') })
  expect(tidemark('--version').text.trim()).toBe(version)
  writeFileSync(join(folder, 'shop.duckdb'), '')
  writeFileSync(
    join(folder, 'tidemark.yml'),
    `version: 1
warehouse: { type: duckdb, path: shop.duckdb }
destinations: {}
segments: {}
`,
  )
  const { status, text } = tidemark('status')
  expect({ status, text }).toEqual({
    status: 78,
    text: expect.stringContaining(`add the npm package ${engine} (npm install ${engine})`),
  })
}, 300_000)

test('what its README leads to is in it', () => {
  const inside = join(folder, 'node_modules', 'tidemark')
  const links = readFileSync(join(inside, 'README.md'), 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)
  const targets = [...new Set([...links].map(([, target]) => target ?? ''))]
  expect(targets).toContain('docs/postgres.md')
  expect(targets.filter((target) => !existsSync(join(inside, target)))).toEqual([])
})

test('with the driver it does a demo in an empty folder', () => {
  const installed = join(folder, 'node_modules', '@duckdb', 'node-bindings', 'package.json')
  const wanted = (JSON.parse(readFileSync(installed, 'utf8')) as { readonly version: string }).version
  npm(['install', '--omit=optional', `${engine}@${wanted}`])
  const { status, text } = tidemark('demo', '--customers', '2000', '--json')
  expect({ status, text }).toEqual({ status: 0, text: expect.stringContaining('"equal":true') })
}, 300_000)
