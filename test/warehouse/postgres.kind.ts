import { openPostgres } from '../../connector/warehouse/postgres.ts'
import { passwordVariable, type UnderTest } from './kind.ts'
import { emptyDatabase } from './postgres-database.ts'

const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
const uuidOf = (n: number | bigint): string => dashed(n.toString(16).padStart(32, '0'))

export const kind: UnderTest = {
  words: {
    scratch: 'temp table',
    hex: (bytes) => `encode(${bytes}, 'hex')`,
    bytes: (hex) => `decode('${hex}', 'hex')`,
    sha256: (text) => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`,
    text: (hex) => `convert_from(decode(${hex}, 'hex'), 'UTF8')`,
    holdsNul: false,
    computed: (expression) => `generated always as (${expression}) stored`,
    numbers: (upTo) => `generate_series(0, ${upTo - 1})`,
    fingerprint: (n) => `'${uuidOf(n)}'::uuid`,
    printed: (n) => uuidOf(n),
    types: { text: 'text collate "C"', bytes: 'bytea', fingerprint: 'uuid' },
    md5: (bytes) => dashed(bytes.toString('hex')),
    blind: 'blind',
    defaultZone: (zone) => [
      `do $$ begin execute format('alter database %I set timezone = ''${zone}''', current_database()); end $$`,
    ],
    makeBlind: ["create collation blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)"],
  },
  empty: async () => {
    const { say, destroy, settings } = await emptyDatabase()
    return { say, destroy, catalogue: settings.database, connect: () => openPostgres(settings) }
  },
  shared: async () => {
    const { say, destroy, settings } = await emptyDatabase()
    const { host, port, user, password, database, sslmode } = settings
    return {
      say,
      destroy,
      configuration: { type: 'postgres', host, port, user, database, sslmode, password: `\${${passwordVariable}}` },
      environment: { [passwordVariable]: password },
      opensAlone: false,
    }
  },
}
