import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { destinations } from '../connector/destination/registry.ts'

/** Arrows point one way: who may import what (CONTRIBUTING.md, "Layout"). */
const root = join(import.meta.dirname, '..')
const files = ['connector', 'sql']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.ts'))

interface Import {
  readonly file: string
  /** A path from the root for our own files, else a package name. */
  readonly target: string
  readonly own: boolean
  readonly typeOnly: boolean
}

const imports: readonly Import[] = files.flatMap((file) => {
  const source = readFileSync(join(root, file), 'utf8')
  const found = [
    ...source.matchAll(
      /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"\n]*?(?:\{[^}]*\}\s*)?from\s+'([^']+)'|import\('([^']+)'\)/g,
    ),
  ]
  return found.map((match) => {
    const name = match[2] ?? match[3] ?? ''
    const own = name.startsWith('.')
    return {
      file,
      target: own ? relative(root, resolve(join(root, dirname(file)), name)) : name,
      own,
      typeOnly: match[1] !== undefined,
    }
  })
})

const offenders = (rule: (i: Import) => boolean): readonly string[] =>
  imports.filter(rule).map((i) => `${i.file} imports ${i.target}`)

describe('imports', () => {
  test('the test sees the imports it judges', () => {
    expect(imports.length).toBeGreaterThan(200)
    expect(imports).toContainEqual({ file: 'sql/settle.ts', target: 'kysely', own: false, typeOnly: false })
    expect(
      imports.some((i) => i.file === 'connector/warehouse/registry.ts' && i.target === 'connector/warehouse/duckdb.ts'),
    ).toBe(true)
  })

  test('sql/ imports kysely and itself, nothing else', () => {
    expect(
      offenders((i) => i.file.startsWith('sql/') && i.target !== 'kysely' && !i.target.startsWith('sql/')),
    ).toEqual([])
  })

  test('sql/ reads no clock, environment or random number', () => {
    const guilty = files.filter(
      (file) =>
        file.startsWith('sql/') &&
        /\b(Date\.now|new Date|Math\.random|process\.|performance\.)/.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(guilty).toEqual([])
  })

  test('a driver is imported only by the warehouse it belongs to', () => {
    const drivers: Readonly<Record<string, string>> = {
      '@duckdb/node-api': 'duckdb',
      pg: 'postgres',
      '@google-cloud/bigquery': 'bigquery',
      'google-auth-library': 'bigquery',
      'snowflake-sdk': 'snowflake',
    }
    const of = (driver: string): RegExp => new RegExp(`^connector/warehouse/${drivers[driver]}(-[a-z]+)?\\.ts$`)
    expect(
      offenders((i) => i.target in drivers && !of(i.target).test(i.file) && !i.file.startsWith('connector/demo/')),
    ).toEqual([])
  })

  test('a warehouse is loaded lazily, by the registry alone', () => {
    const registry = readFileSync(join(root, 'connector/warehouse/registry.ts'), 'utf8')
    for (const name of ['duckdb', 'postgres', 'bigquery', 'snowflake']) {
      const own = new RegExp(`^connector/warehouse/${name}(-[a-z]+)?\\.ts$`)
      expect(
        offenders((i) => own.test(i.target) && !own.test(i.file) && i.file !== 'connector/warehouse/registry.ts'),
      ).toEqual([])
      expect(registry).toContain(`() => import('./${name}.ts')`)
    }
  })

  test('a destination knows neither SQL nor warehouses, nor the network, nor another destination', () => {
    const concrete = /^connector\/destination\/(x-ads|tiktok-ads)/
    expect(
      offenders(
        (i) =>
          i.file.startsWith('connector/destination/') &&
          (i.target.startsWith('sql/') ||
            i.target.startsWith('connector/warehouse') ||
            i.target.startsWith('connector/http')),
      ),
    ).toEqual([])
    expect(
      offenders((i) => {
        const [from, to] = [concrete.exec(i.file)?.[1], concrete.exec(i.target)?.[1]]
        return from !== undefined && to !== undefined && from !== to
      }),
    ).toEqual([])
  })

  test('nobody but the registry imports a concrete destination', () => {
    const outside = /^connector\/(?!destination\/)/
    expect(
      offenders((i) => outside.test(i.file) && /^connector\/destination\/(x-ads|tiktok-ads)/.test(i.target)),
    ).toEqual([])
  })

  test('the simulators share no code with the clients they judge', () => {
    expect(
      offenders(
        (i) => i.file.startsWith('connector/simulator/') && i.own && !i.target.startsWith('connector/simulator/'),
      ),
    ).toEqual([])
    expect(
      offenders((i) => i.file.startsWith('connector/destination/') && i.target.startsWith('connector/simulator/')),
    ).toEqual([])
  })

  test('one module each for network, retry and log library', () => {
    expect(offenders((i) => i.target === 'winston' && i.file !== 'connector/log.ts')).toEqual([])
    const network = /\bfetch\(|^import (?!type ).*from 'node:(https?|net|tls)'/m
    const onTheNet = files.filter(
      (file) => !/^connector\/(simulator|demo)\//.test(file) && network.test(readFileSync(join(root, file), 'utf8')),
    )
    expect(onTheNet).toEqual(['connector/http/transport.ts'])
    expect(
      offenders(
        (i) =>
          i.target === 'p-retry' &&
          !/^connector\/(http\/channel|warehouse\/(duckdb|postgres|bigquery-jobs))\.ts$/.test(i.file),
      ),
    ).toEqual([])
  })

  test('there is no circle', () => {
    const graph = Map.groupBy(
      imports.filter((i) => i.own && !i.typeOnly),
      (i) => i.file,
    )
    const circles: string[] = []
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) {
        circles.push([...path.slice(path.indexOf(file)), file].join(' > '))
        return
      }
      if (done.has(file)) return
      for (const { target } of graph.get(file) ?? []) visit(target, [...path, file])
      done.add(file)
    }
    const done = new Set<string>()
    for (const file of files) visit(file, [])
    expect(circles).toEqual([])
  })

  test('no shared code asks for the name of a warehouse or platform', () => {
    const warehouses = ['duckdb', 'postgres', 'bigquery', 'snowflake']
    const names = new RegExp(`===\\s*'(${[...warehouses, ...Object.keys(destinations)].join('|')})'`)
    const shared = files.filter(
      (file) =>
        !/^connector\/(simulator|demo)\//.test(file) &&
        !/^(sql\/dialect|connector\/warehouse|connector\/destination)\//.test(file),
    )
    expect(shared.filter((file) => names.test(readFileSync(join(root, file), 'utf8')))).toEqual([])
  })
})
