import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { pythonEnvironment } from '../python/environment.ts'
import { address, contained } from './contained.ts'
import { docker, dockerAt, dockerSays } from './engine.ts'
import { canaries, revision, source, type Target, tagOf, targets } from './images.ts'

/** What is in the images, and what is not. */
const root = join(import.meta.dirname, '..', '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string }
const ofImage = (target: Target, format: string): string =>
  dockerSays(address, 'image', 'inspect', `--format={{${format}}}`, tagOf(target))

/** Paths of all files of an image. */
const filesOf = (target: Target): readonly string[] => {
  const id = dockerSays(address, 'create', tagOf(target))
  try {
    const { command, env } = dockerAt(address)
    const list = spawnSync('bash', ['-o', 'pipefail', '-c', `${command} export ${id} | tar -t`], {
      env,
      encoding: 'utf8',
    })
    if (list.status !== 0) throw new Error(list.stderr)
    return list.stdout.trimEnd().split('\n')
  } finally {
    dockerSays(address, 'rm', id)
  }
}
const files = Object.fromEntries(targets.map((target) => [target, filesOf(target)])) as Record<
  Target,
  readonly string[]
>
/** A file of an image, by its own Node: there is nothing else to read it with. */
const read = (target: Target, file: string): string => {
  const print = `process.stdout.write(require('node:fs').readFileSync('${file}'))`
  return dockerSays(address, 'run', '--rm', '--network=none', '--entrypoint=node', tagOf(target), '-e', print)
}

test('hadolint finds nothing to say', () => {
  const hadolint = join(pythonEnvironment('container'), 'bin', 'hadolint')
  const { status, stdout } = spawnSync(hadolint, [join(root, 'Dockerfile')], { encoding: 'utf8' })
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' })
})

describe.each(targets)('%s', (target) => {
  test('starts Node as PID 1, as user 65532, and says who it is', () => {
    expect(JSON.parse(ofImage(target, 'json .Config'))).toMatchObject({
      User: '65532:65532',
      WorkingDir: '/work',
      Entrypoint: ['node', '/app/tidemark.mjs'],
      StopSignal: 'SIGTERM',
      Healthcheck: { Test: ['NONE'] },
      Labels: {
        'org.opencontainers.image.title': 'tidemark',
        'org.opencontainers.image.description': expect.stringMatching(/./),
        'org.opencontainers.image.licenses': 'Apache-2.0',
        'org.opencontainers.image.version': version,
        'org.opencontainers.image.revision': revision,
        'org.opencontainers.image.source': source,
      },
    })
  })

  test('holds Node and no other program: no shell, no package manager, no compiler', () => {
    const programs = files[target].filter((file) => /(^|\/)s?bin\/[^/]/.test(file))
    expect(programs.filter((file) => !file.startsWith('app/'))).toEqual(['usr/local/bin/node'])
    expect(
      files[target].filter((file) => /(^|\/)(npm|npx|yarn|corepack|esbuild|apt|busybox|ba?sh)(\/|$)/.test(file)),
    ).toEqual([])
  })

  test('answers --help and --version with all hardening', async () => {
    const [help, said] = [await contained(['--help'], { target }), await contained(['--version'], { target })]
    expect([help.code, said.code, said.stdout.trim(), help.stderr + said.stderr]).toEqual([0, 0, version, ''])
    expect(help.stdout).toContain('Usage: tidemark')
  })

  test('no layer and no line of its history holds a secret of the build', () => {
    const { command, env } = dockerAt(address)
    const search = `${command} save ${tagOf(target)} | tar -xO | grep -acE 'CANARY-(ca|npmrc)-'`
    const found = spawnSync('bash', ['-c', search], { env, encoding: 'utf8' })
    expect(found.stdout.trim()).toBe('0')
    // The search itself finds what is there.
    const known = spawnSync('bash', ['-c', search.replace(/'CANARY.*/, "'Keeps ad-platform audiences'")], {
      env,
      encoding: 'utf8',
    })
    expect(Number(known.stdout)).toBeGreaterThan(0)
    const history = dockerSays(address, 'history', '--no-trunc', tagOf(target))
    expect(Object.values(canaries).filter((canary) => history.includes(canary))).toEqual([])
  })

  test('has a bill of materials and the licences of what is in it, and no driver of another warehouse', () => {
    const packages = {
      duckdb: '@duckdb/node-api',
      postgres: 'pg',
      bigquery: '@google-cloud/bigquery',
      snowflake: 'snowflake-sdk',
    }
    const bom = JSON.parse(read(target, '/app/sbom.cdx.json'))
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5', metadata: { component: { version } } })
    const named = bom.components.map(({ group, name }: Record<string, string>) => (group ? `${group}/${name}` : name))
    for (const [warehouse, name] of Object.entries(packages))
      expect([name, named.includes(name)]).toEqual([name, target === 'all' || target === warehouse])
    expect(named).toEqual(expect.arrayContaining(['commander', 'zod', 'kysely', 'winston']))
    const licences = read(target, '/app/third-party-licenses.txt')
    expect(named.filter((name: string) => name !== 'node' && !licences.includes(`## ${name} `))).toEqual([])
    expect(files[target].some((file) => file.endsWith('/libduckdb.so'))).toBe(['all', 'duckdb'].includes(target))
  })
})

test('sizes are those of docs/container.md, to 5 MB', () => {
  const document = readFileSync(join(root, 'docs', 'container.md'), 'utf8')
  for (const target of targets) {
    const megabytes = Number(ofImage(target, '.Size')) / 1e6
    const [, said] = new RegExp(`^\\| \`${target}\` .*\\| (\\d+) MB`, 'm').exec(document) ?? []
    process.stdout.write(`${tagOf(target)}: ${megabytes.toFixed(0)} MB\n`)
    expect(Math.abs(Number(said) - megabytes)).toBeLessThan(5)
  }
})

test('neither Node nor the program wants more than a file system to read', () => {
  const { status } = docker(address, 'run', '--rm', '--read-only', '--network=none', tagOf('all'), 'schema')
  expect(status).toBe(0)
  expect(existsSync(join(root, '.dockerignore'))).toBe(true)
})
