import { execFileSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

const root = join(import.meta.dirname, '..')

/** A package that is in a bundle or lies beside it. */
export interface Shipped {
  /** From the root of the project. */
  readonly folder: string
  readonly name: string
  readonly version: string
}

const packageAt = (folder: string): Shipped => {
  const { name, version } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Shipped
  return { folder, name, version }
}

/** Packages of which a bundle has code. */
export const inBundle = ({ inputs }: Metafile): readonly Shipped[] => {
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/
  const folders = Object.keys(inputs).flatMap((file) => folder.exec(file)?.[0] ?? [])
  return [...new Set(folders)].sort().map(packageAt)
}

/** Copies the engine of DuckDB for this platform beside a bundle, and says which packages that are. */
export const besideBundle = (outdir: string): readonly Shipped[] =>
  readdirSync(join(root, 'node_modules', '@duckdb'))
    .map((name) => packageAt(`node_modules/@duckdb/${name}`))
    .map((shipped) => {
      cpSync(join(root, shipped.folder), join(outdir, shipped.folder), { recursive: true })
      return shipped
    })

/** `third-party-licenses.txt`: each package and the texts that it comes with. */
export const writeLicenses = (shipped: readonly Shipped[], outdir: string): void => {
  const texts = shipped.map(({ folder, name, version }) => {
    const files = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    const { license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as { license?: string }
    const text = files.map((file) => readFileSync(join(root, folder, file), 'utf8').trim()).join('\n\n')
    return `## ${name} ${version} (${license ?? 'see below'})\n\n${text}`
  })
  writeFileSync(join(outdir, 'third-party-licenses.txt'), `${texts.join('\n\n')}\n`)
}

interface Component {
  readonly name: string
  readonly version: string
  readonly 'bom-ref': string
  readonly properties?: readonly { readonly name: string }[]
}
interface Bom {
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[]
  readonly metadata: { readonly component: Component }
}

/** `sbom.cdx.json`: npm's bill of materials in CycloneDX, of the packages that are shipped and of Node. */
export const writeSbom = (shipped: readonly Shipped[], outdir: string): void => {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only']
  const bom = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })) as Bom
  const wanted = new Set(shipped.map(full))
  const components = bom.components.filter((component) => wanted.has(full(component))).map(production)
  const missing = [...wanted].filter((name) => !components.some((component) => full(component) === name))
  if (missing.length > 0) throw new Error(`The bill of materials knows nothing of ${missing.join(', ')}.`)
  const refs = new Set([bom.metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])])
  const dependencies = bom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)) }))
  // npm takes the name of the folder.
  const metadata = { ...bom.metadata, component: { ...bom.metadata.component, name: 'tidemark' } }
  const told = { ...bom, metadata, components: [...components, node], dependencies }
  writeFileSync(join(outdir, 'sbom.cdx.json'), `${JSON.stringify(told, null, 2)}\n`)
}

const full = ({ name, version }: { readonly name: string; readonly version: string }): string => `${name}@${version}`

/** A driver is a development dependency too, so that tests have it; here it is shipped. */
const production = ({ properties = [], ...component }: Component): Component => ({
  ...component,
  properties: properties.filter(({ name }) => name !== 'cdx:npm:package:development'),
})

const node = {
  type: 'application',
  name: 'node',
  version: process.versions.node,
  'bom-ref': `node@${process.versions.node}`,
  purl: `pkg:generic/node@${process.versions.node}`,
} as const
