import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'

/** The program as the image has it. */
const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-bundle-'))
  const args = [join(root, 'build', 'bundle.ts'), '--outdir', folder]
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** A file and all that is loaded with it, before any `import()`. */
const loadedWith = (name: string, before: readonly string[] = []): readonly string[] =>
  [...read(name).matchAll(/^(?:import|export|\}) ?(?:[^;"]*? from )?"\.\/([\w-]+\.mjs)";$/gm)]
    .map(([, other = '']) => other)
    .reduce<readonly string[]>((all, other) => (all.includes(other) ? all : loadedWith(other, all)), [...before, name])

/** esbuild names the file that code is from in a comment before it. */
const packagesIn = (files: readonly string[]): readonly string[] => {
  const named = files.flatMap((file) => [...read(file).matchAll(/^ *\/\/ node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)])
  return [...new Set(named.map(([, name = '']) => name))].sort()
}
const everyFile = (): readonly string[] => readdirSync(folder).filter((name) => name.endsWith('.mjs'))

test('--help loads commander and no other library', () => {
  expect(packagesIn(loadedWith('tidemark.mjs'))).toEqual(['commander'])
  // Those that are looked for are found where they are used.
  const run = everyFile().find((name) => /^run-/.test(name)) ?? ''
  expect(packagesIn(loadedWith(run))).toEqual(expect.arrayContaining(['kysely', 'winston']))
})

test('no command loads a driver before its warehouse is opened', () => {
  const commands = everyFile().filter((name) => /^(run|plan|validate|status|doctor)-/.test(name))
  expect(commands.length).toBeGreaterThanOrEqual(5)
  for (const command of commands)
    expect(packagesIn(loadedWith(command))).not.toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^(pg|snowflake-sdk|@google-cloud\/bigquery|google-auth-library)$/),
      ]),
    )
})

test('its bill of materials names each package that code was taken from, and its licences too', () => {
  const { components } = JSON.parse(read('sbom.cdx.json')) as {
    readonly components: readonly { readonly group?: string; readonly name: string }[]
  }
  const named = components.map(({ group, name }) => (group ? `${group}/${name}` : name))
  const packages = packagesIn(everyFile())
  expect(packages.length).toBeGreaterThan(30)
  expect(packages.filter((name) => !named.includes(name))).toEqual([])
  const licences = read('third-party-licenses.txt')
  expect(packages.filter((name) => !licences.includes(`## ${name} `))).toEqual([])
})

test('it runs, and its demo starts runs of its own', () => {
  const tidemark = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(folder, 'tidemark.mjs'), ...args], { cwd: folder, encoding: 'utf8' })
  expect(tidemark('--version').stdout.trim()).toBe(version)
  const { status, stdout } = tidemark('demo', '--customers', '1000', '--json')
  expect({ status, equal: JSON.parse(stdout).equal }).toEqual({ status: 0, equal: true })
})
