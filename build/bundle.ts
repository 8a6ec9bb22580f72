import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { build, type Metafile, type Plugin } from 'esbuild'
import { besideBundle, inBundle, writeLicenses, writeSbom } from './shipped.ts'

/**
 * The command line as few files of JavaScript, for the image and for tests that start it a thousand times: `--help` takes
 * 0.1 s instead of 0.3, for 4 files are read and not 300.
 *
 * `npm run bundle -- --warehouse duckdb --outdir DIR`
 */
const root = join(import.meta.dirname, '..')

/** The packages of each warehouse's driver. DuckDB's is native code and stays a package beside the bundle. */
const drivers = {
  duckdb: ['@duckdb/node-api'],
  postgres: ['pg'],
  bigquery: ['@google-cloud/bigquery', 'google-auth-library'],
  snowflake: ['snowflake-sdk'],
} as const
export type Warehouse = keyof typeof drivers
export const warehouses = Object.keys(drivers) as readonly Warehouse[]

export interface Wanted {
  /** Whose drivers are in it. */
  readonly warehouses: readonly Warehouse[]
  /** Emptied first. */
  readonly outdir: string
  /** Drivers stay packages, found where Node finds packages from `outdir`. */
  readonly driversBeside?: boolean
}

/** Writes `tidemark.mjs` and its chunks into `outdir`; returns what esbuild knows of them. Throws where it cannot. */
export const bundle = async ({ warehouses: chosen, outdir, driversBeside }: Wanted): Promise<Metafile> => {
  rmSync(outdir, { recursive: true, force: true })
  mkdirSync(outdir, { recursive: true })
  const left = warehouses.filter((name) => !chosen.includes(name)).flatMap((name) => drivers[name])
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { tidemark: 'connector/cli.ts' },
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Notices stay with what they are of.
    legalComments: 'linked',
    metafile: true,
    logLevel: 'warning',
    // Of drivers that are left out on purpose.
    logOverride: { 'import-is-undefined': 'silent' },
    // Of CommonJS packages, which say `require`.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    external: driversBeside ? Object.values(drivers).flat() : [...drivers.duckdb],
    plugins: driversBeside ? [] : [missing(left)],
  })
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  writeFileSync(join(outdir, 'package.json'), `${JSON.stringify({ name, version, license, type: 'module' })}\n`)
  copyFileSync(join(root, 'LICENSE'), join(outdir, 'LICENSE'))
  return metafile
}

/** As if these packages were not installed. */
const missing = (packages: readonly string[]): Plugin => ({
  name: 'missing drivers',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^[^.]/ }, ({ path }) => (packages.includes(path) ? { path, namespace: 'missing' } : undefined))
    onLoad({ filter: /.*/, namespace: 'missing' }, ({ path }) => ({
      contents: `throw Object.assign(new Error("Cannot find package '${path}'"), { code: 'ERR_MODULE_NOT_FOUND' })`,
      loader: 'js',
    }))
  },
})

/** A bundle with all that belongs to it: DuckDB's engine, licences and the bill of materials. Returns its size in bytes. */
export const complete = async (chosen: readonly Warehouse[], outdir: string): Promise<number> => {
  const metafile = await bundle({ warehouses: chosen, outdir })
  const shipped = [...inBundle(metafile), ...(chosen.includes('duckdb') ? besideBundle(outdir) : [])]
  writeLicenses(shipped, outdir)
  writeSbom(shipped, outdir)
  return Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0)
}

const main = async (): Promise<void> => {
  const { values } = parseArgs({ options: { warehouse: { type: 'string' }, outdir: { type: 'string' } } })
  const { warehouse = 'all', outdir = join(root, 'dist', 'bundle') } = values
  const chosen = warehouses.filter((name) => warehouse === 'all' || warehouse === name)
  if (chosen.length === 0) throw new Error(`--warehouse ${warehouse}: it is all, ${warehouses.join(', ')}.`)
  const bytes = await complete(chosen, outdir)
  process.stdout.write(`${outdir}: ${(bytes / 1_000_000).toFixed(1)} MB of JavaScript\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()
