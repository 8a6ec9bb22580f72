import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * All of an image but the program: Node, the shared libraries that it and DuckDB's engine are linked with, and a user.
 * There is no shell, no package manager and nothing else to start.
 *
 * `node build/root-fs.ts DIR`, on Debian.
 */
const root = process.argv[2] ?? ''
if (root === '') throw new Error('node build/root-fs.ts DIR: the folder to fill is missing.')

const said = (command: string, ...args: readonly string[]): string => execFileSync(command, args, { encoding: 'utf8' })

/** Into the same place, as the file that links lead to. */
const copy = (file: string): void => {
  mkdirSync(join(root, dirname(file)), { recursive: true })
  copyFileSync(file, join(root, file))
}

/** Licences: slim base images have left out some. */
function copyWhereThere(file: string): void {
  if (existsSync(file)) copy(file)
  else process.stdout.write(`${file}: not in the base image\n`)
}

/** Absolute paths of what a binary is linked with. */
const libraries = (binary: string): readonly string[] =>
  [...said('ldd', binary).matchAll(/(?:^\s*|=> )(\/\S+) \(/gm)].map(([, path = '']) => path)

const native = readdirSync('node_modules/@duckdb', { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(node|so)$/.test(name))
  .map((name) => join('node_modules', '@duckdb', name))
const linked = [process.execPath, ...native].flatMap(libraries)
const system = [...new Set(linked)].filter((path) => /^\/(usr\/)?lib/.test(path))
mkdirSync(join(root, 'usr', 'local', 'bin'), { recursive: true })
copyFileSync(process.execPath, join(root, 'usr', 'local', 'bin', 'node'))
for (const path of system) copy(path)

/** Scanners of images read what Debian packages there are, and licences ask to be kept. */
const packages = new Set(
  system.flatMap((path) => {
    const other = path.startsWith('/usr/') ? path.slice(4) : `/usr${path}`
    return [path, other].flatMap((one) => /^([^:\s]+)/.exec(owner(one))?.[1] ?? [])
  }),
)
function owner(path: string): string {
  try {
    return execFileSync('dpkg', ['-S', path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  } catch {
    // Of two spellings of a path Debian knows one.
    return ''
  }
}
mkdirSync(join(root, 'var', 'lib', 'dpkg', 'status.d'), { recursive: true })
for (const name of packages) {
  writeFileSync(join(root, 'var', 'lib', 'dpkg', 'status.d', name), said('dpkg-query', '--status', name))
  copyWhereThere(`/usr/share/doc/${name}/copyright`)
}
copyWhereThere('/usr/local/LICENSE')

mkdirSync(join(root, 'etc'), { recursive: true })
writeFileSync(join(root, 'etc', 'passwd'), 'root:x:0:0::/:/none\ntidemark:x:65532:65532::/tmp:/none\n')
writeFileSync(join(root, 'etc', 'group'), 'root:x:0:\ntidemark:x:65532:\n')
// Addresses by /etc/hosts first, as --add-host and --link want it.
writeFileSync(join(root, 'etc', 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n')
copy('/etc/os-release')
mkdirSync(join(root, 'tmp'))
chmodSync(join(root, 'tmp'), 0o1777)
mkdirSync(join(root, 'work'))
process.stdout.write(`${root}: Node ${process.version}, ${[...packages].sort().join(', ')}\n`)
