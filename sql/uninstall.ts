import { sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { runObjects } from './run-tables.ts'
import { type Scope, type Sql, sqlType, unionAll } from './scope.ts'
import { publicColumns } from './shared.ts'
import { stateColumns } from './state.ts'

/** Everything in a schema: `table_name`, and `is_view` (true or false). */
export const listObjects = ({ catalogue }: Dialect, schema: string): Sql =>
  sql`select table_name, cast(table_type = 'VIEW' as ${sqlType.text}) as is_view
from ${catalogue.tables(schema)} as t order by table_name`

const publicNames: ReadonlySet<string> = new Set([
  ...Object.keys(publicColumns),
  'activations',
  'current_rejections',
  'audience_members',
])
const ofActivation = new RegExp(`^(control|${Object.keys(stateColumns).join('|')})_.`)
const ofRun = new RegExp(`^(${runObjects.join('|')})-.+-\\d+$`)

/** Is it one of ours? Whatever else stands in the schemas is somebody else's. */
export const isOurs = (schema: string, object: { readonly schema: string; readonly name: string }): boolean =>
  object.schema === schema
    ? publicNames.has(object.name)
    : object.name === 'schema_version' || ofActivation.test(object.name) || ofRun.test(object.name)

export const dropObject = (object: { readonly schema: string; readonly name: string; readonly isView: boolean }): Sql =>
  sql`drop ${sql.raw(object.isView ? 'view' : 'table')} if exists ${sql.id(object.schema, object.name)}`

/** Refused by the warehouse where something is left in it. */
export const dropSchema = (schema: string): Sql => sql`drop schema if exists ${sql.id(schema)}`

/** Which activations have a lease, and how long it lasts, in ms. Names of control tables, at least one. */
export const readLeases = (
  { dialect, now }: Pick<Scope, 'dialect' | 'now'>,
  schema: string,
  tables: readonly string[],
): Sql =>
  unionAll(
    tables.map(
      (
        table,
      ) => sql`select activation, cast(${dialect.msBetween(now, sql.id('lease_until'))} as ${sqlType.text}) as lease_ms
from ${sql.id(`${schema}_state`, table)} where owner is not null`,
    ),
  )
