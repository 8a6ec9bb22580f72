import type { BigquerySettings, Login, SnowflakeSettings, WarehouseSettings } from './activation.ts'
import { readBigquery } from './bigquery.ts'
import type { Unfollowed } from './connections.ts'
import { readDuckdb } from './duckdb.ts'
import { didYouMean } from './nearest.ts'
import { postgresLogin, readPostgres } from './postgres.ts'
import type { Path, Problems } from './problems.ts'
import { readMapping } from './read.ts'
import { readSnowflake } from './snowflake.ts'
import { standIn } from './stand-ins.ts'
import { type Environment, isMapping } from './tree.ts'
import { unfollowedWarehouse } from './warehouse-schema.ts'

const readers: {
  readonly [type in WarehouseSettings['type']]: (
    value: unknown,
    file: string,
    problems: Problems,
  ) => WarehouseSettings | undefined
} = { duckdb: readDuckdb, postgres: readPostgres, bigquery: readBigquery, snowflake: readSnowflake }

/**
 * `warehouse`, with paths made absolute from the folder of the configuration file; undefined where something is wrong.
 * `unfollowed` says that `value` still names a connection.
 */
export function readWarehouse(
  value: unknown,
  file: string,
  problems: Problems,
  unfollowed?: Unfollowed,
): WarehouseSettings | undefined {
  const path: Path = ['warehouse']
  if (unfollowed !== undefined) return readUnfollowed(value, file, problems, unfollowed)
  const type = isMapping(value) ? value.type : undefined
  if (typeof type !== 'string') return refuseUntyped(value, type, path, problems)
  if (isKnown(type)) return readers[type](value, file, problems)
  return refuseType(type, [...path, 'type'], problems)
}

/** Whose connection is missing, and may be, stands for some warehouse that nobody opens. */
function readUnfollowed(
  value: unknown,
  file: string,
  problems: Problems,
  unfollowed: Unfollowed,
): WarehouseSettings | undefined {
  const { schema } = readMapping(unfollowedWarehouse, value, ['warehouse'], problems)
  if (unfollowed !== 'missing' || problems.within(['warehouse'])) return undefined
  return readDuckdb({ type: 'duckdb', path: `${standIn}.duckdb`, schema }, file, problems)
}

const isKnown = (type: string): type is keyof typeof readers => Object.hasOwn(readers, type)

/** What else belongs there depends on the type. */
function refuseUntyped(value: unknown, type: unknown, path: Path, problems: Problems): undefined {
  const wayOut = `write type: ${Object.keys(readers).join(' or ')}`
  if (isMapping(value)) {
    const wrong = type === undefined ? 'is missing' : 'must be text'
    return void problems.add([...path, 'type'], wrong, type, wayOut)
  }
  problems.add(
    path,
    value === undefined ? 'is missing' : 'must be a mapping',
    value,
    `${wayOut} below it, and its keys`,
  )
}

function refuseType(type: string, path: Path, problems: Problems): undefined {
  const known = Object.keys(readers)
  problems.add(path, 'is no warehouse we know', type, didYouMean(type, known))
}

const logins: { readonly [type in WarehouseSettings['type']]: (settings: never, environment: Environment) => Login } = {
  duckdb: () => ({}),
  postgres: postgresLogin,
  bigquery: ({ impersonate, project }: BigquerySettings) => ({
    ...(impersonate === undefined ? {} : { user: impersonate }),
    database: project,
  }),
  snowflake: ({ role, database }: SnowflakeSettings) => ({ ...(role === undefined ? {} : { user: role }), database }),
}

export const loginOf = (settings: WarehouseSettings, environment: Environment): Login =>
  logins[settings.type](settings as never, environment)
