import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dockerAt, dockerSays } from './engine.ts'

const root = join(import.meta.dirname, '..', '..')

/** Every target of the Dockerfile. */
export const targets = ['all', 'duckdb', 'postgres', 'bigquery', 'snowflake'] as const
export type Target = (typeof targets)[number]
export const tagOf = (target: Target): string => (target === 'all' ? 'tidemark:test' : `tidemark:test-${target}`)

/** Secrets that a build is told; no layer may hold them. */
export const canaries = { ca: 'CANARY-ca-6f1d0c', npmrc: 'CANARY-npmrc-93b7aa' } as const
export const revision = '0123456789abcdef0123456789abcdef01234567'
export const source = 'https://git.example.com/tidemark'

/** The base image is made from Debian and npm where it is not there: nothing is pulled. */
export const makeBase = (address: string): void => {
  const { env } = dockerAt(address)
  const { status, stdout, stderr } = spawnSync('bash', [join(import.meta.dirname, 'stand-in-base.sh')], {
    env: { ...env, STAND_IN_CACHE: join(root, '.cache', 'stand-in-base') },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`The base image cannot be made: ${stdout}${stderr}`)
}

/** Builds targets of the Dockerfile as its documents say, with secrets. Throws where that fails. */
export const buildImages = (address: string, chosen: readonly Target[] = targets): void => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-build-'))
  const [ca, npmrc] = [join(folder, 'ca.crt'), join(folder, 'npmrc')]
  // Whom this machine trusts, for a machine behind a proxy with a certificate of its own.
  const own = [process.env.NODE_EXTRA_CA_CERTS, '/etc/ssl/certs/ca-certificates.crt'].find(
    (file) => file !== undefined && existsSync(file),
  )
  // What stands outside of the certificates is a comment.
  writeFileSync(ca, `${canaries.ca}\n${own === undefined ? '' : readFileSync(own, 'utf8')}`)
  writeFileSync(npmrc, `//127.0.0.1:9/:_authToken=${canaries.npmrc}\n`)
  const secrets = [`--secret=id=ca,src=${ca}`, `--secret=id=npmrc,src=${npmrc}`]
  const told = [...secrets, `--build-arg=REVISION=${revision}`, `--build-arg=SOURCE=${source}`]
  try {
    for (const target of chosen) {
      const named = [`--target=${target}`, `--tag=${tagOf(target)}`]
      dockerSays(address, 'build', '-q', '--network=host', ...told, ...named, root)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
