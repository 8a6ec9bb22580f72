import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runJest } from '../jest.ts'

/**
 * Plays as many random histories as asked for: `npm run soak -- --histories 5000 --seed 7`. Says its seed, with which the
 * same histories come again, and how often each fault and step was met. Exit 1 where a history ends badly.
 */
const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    warehouse: { type: 'string', default: 'duckdb' },
  },
})
const { warehouse, ...numbers } = values
const configs: Readonly<Record<string, string>> = {
  duckdb: 'jest.config.json',
  postgres: join('test', 'warehouse', 'postgres.config.mjs'),
}
if (configs[warehouse] === undefined) {
  process.stderr.write(`--warehouse is ${Object.keys(configs).join(' or ')} (got ${warehouse})\n`)
  process.exit(64)
}
for (const [name, value] of Object.entries(numbers)) {
  if (/^[1-9]\d{0,8}$/.test(value)) continue
  process.stderr.write(`--${name} needs a whole number from 1 (got ${value})\n`)
  process.exit(64)
}
process.stderr.write(`soak: ${values.histories} histories, seed ${values.seed}, ${warehouse}\n`)
const root = join(import.meta.dirname, '..', '..')
const { status } = runJest(['--config', configs[warehouse], 'test/model/model.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, TIDEMARK_MODEL_HISTORIES: values.histories, TIDEMARK_MODEL_SEED: values.seed },
})
process.exit(status ?? 1)
