import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Configuration } from '../../connector/config/activation.ts'
import { ConfigurationError, loadConfiguration } from '../../connector/config/load.ts'

/** What the texts below read; every value is a canary that no message may show. */
export const environment = {
  X_CONSUMER_KEY: 'canary-consumer-key',
  X_CONSUMER_SECRET: 'canary-consumer-secret',
  X_ACCESS_TOKEN: 'canary-access-token',
  X_ACCESS_TOKEN_SECRET: 'canary-access-token-secret',
  TIKTOK_ACCESS_TOKEN: 'canary-tiktok-token',
  TIKTOK_APP_ID: 'canary-app-id',
  TIKTOK_SECRET: 'canary-app-secret',
  TEXT: 'canary-text',
}

/** `credentials: { key: "${NAME}", … }` */
const credentials = (names: Readonly<Record<string, string>>) =>
  `credentials: { ${Object.entries(names)
    .map(([key, name]) => `${key}: "\${${name}}"`)
    .join(', ')} }`
const ofX = credentials({
  consumer_key: 'X_CONSUMER_KEY',
  consumer_secret: 'X_CONSUMER_SECRET',
  access_token: 'X_ACCESS_TOKEN',
  access_token_secret: 'X_ACCESS_TOKEN_SECRET',
})
const ofTiktok = credentials({ access_token: 'TIKTOK_ACCESS_TOKEN', app_id: 'TIKTOK_APP_ID', secret: 'TIKTOK_SECRET' })

/** The smallest file that is right, with parts replaced. Each part is written as it would stand in the file. */
export function tidemarkYml(parts: Partial<Record<keyof typeof smallest, string>> = {}): string {
  const { head, warehouse, x, tiktok, segment, end } = { ...smallest, ...parts }
  return `${head}
warehouse: ${warehouse}
destinations:
  x:
    type: x_ads
${indent(x, 4)}
  tiktok:
    type: tiktok_ads
${indent(tiktok, 4)}
segments:
  high_value:
${indent(segment, 4)}
${end}`
}

const smallest = {
  head: 'version: 1',
  warehouse: '{ type: duckdb, path: warehouse.duckdb }',
  x: `account_id: 18ce54d4x5t\n${ofX}\ndefaults: { fields: { email: email } }`,
  tiktok: `advertiser_id: "7000000000000000001"\n${ofTiktok}\ndefaults: { fields: { email: email } }`,
  segment: 'relation: main.customers\nmember_key: customer_id\nactivate: [x, tiktok]',
  end: '',
}

/** The smallest `destinations.x` and `destinations.tiktok` with more keys, and other default settings. */
export const x = (more = '', defaults = '{ fields: { email: email } }') =>
  `account_id: 18ce54d4x5t\n${ofX}\ndefaults: ${defaults}\n${more}`
export const tiktok = (more = '', defaults = '{ fields: { email: email } }') =>
  `advertiser_id: "7000000000000000001"\n${ofTiktok}\ndefaults: ${defaults}\n${more}`
/** The smallest segment with another `activate`. */
export const activate = (list: string) => `relation: main.customers\nmember_key: customer_id\nactivate: ${list}`

export async function withFile<T>(content: string | Uint8Array, use: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-config-'))
  try {
    const file = join(folder, 'tidemark.yml')
    await writeFile(file, content)
    return await use(file)
  } finally {
    await rm(folder, { recursive: true })
  }
}

export const load = (
  text: string | Uint8Array,
  env: Record<string, string | undefined> = environment,
): Promise<Configuration> => withFile(text, (file) => loadConfiguration(file, env))

/** The error that a text must give. */
export async function refusal(
  text: string | Uint8Array,
  env: Record<string, string | undefined> = environment,
): Promise<ConfigurationError> {
  const outcome = await load(text, env).catch((error: unknown) => error)
  if (outcome instanceof ConfigurationError) return outcome
  throw outcome instanceof Error ? outcome : new Error('the configuration was accepted')
}

/** The problems that a text must give, as `path: what is wrong`. */
export const problemsOf = async (
  text: string | Uint8Array,
  env?: Record<string, string | undefined>,
): Promise<string[]> => (await refusal(text, env)).problems.map(({ path, wrong }) => `${path}: ${wrong}`)

const indent = (text: string, blanks: number): string => text.replace(/^/gm, ' '.repeat(blanks))
