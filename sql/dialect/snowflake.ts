import { type DataTypeNode, DefaultQueryCompiler, type IdentifierNode, type RawBuilder, sql } from 'kysely'
import { compileWith } from './compile.ts'
import { type ColumnType, type Dialect, positiveInteger } from './dialect.ts'
import { exactName, isExact } from './exact-name.ts'
import { startsByPattern } from './starts.ts'

type Sql = RawBuilder<unknown>

/**
 * Names without quotes are in capitals in Snowflake ("Identifier requirements"): ours are, so that others need no quotes
 * for them. Texts take escapes by backslash ("String & binary data types").
 */
class SnowflakeCompiler extends DefaultQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '?'
  }
  protected override getLeftIdentifierWrapper(): string {
    return '"'
  }
  protected override getRightIdentifierWrapper(): string {
    return '"'
  }
  protected override visitIdentifier(node: IdentifierNode): void {
    super.visitIdentifier(isExact(node) ? node : { ...node, name: node.name.toUpperCase() })
  }
  protected override appendStringLiteral(text: string): void {
    this.append(`'${shown(text.replaceAll('\\', '\\\\').replaceAll("'", "''"))}'`)
  }
  protected override visitDataType(node: DataTypeNode): void {
    const { dataType } = node
    this.append(typeof dataType === 'string' ? (castTypes[dataType] ?? dataType) : dataType)
  }
}

/** There are escapes for four hex digits only: what is beyond is written as it is. */
const shown = (text: string): string =>
  text.replace(/[^ -~]/gu, (character) =>
    character.length > 1 ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const types = {
  text: 'varchar',
  name: 'varchar',
  key: 'varchar',
  integer: 'number(38, 0)',
  boolean: 'boolean',
  // Not `timestamp`, which means what the session says.
  timestamp: 'timestamp_ntz',
  digest: 'binary',
  fingerprint: 'binary',
} as const satisfies Dialect['types']

/** What statements call a type in a cast. */
const castTypes: Readonly<Record<string, string>> = {
  bigint: 'number(38, 0)',
  float8: 'float',
  timestamp: 'timestamp_ntz',
}

const pattern = (text: string): Sql => sql.lit(text)
// REGEXP_LIKE must match the whole text; this finds it anywhere.
const matches: Dialect['matches'] = (text, expression) => sql`(regexp_instr(${text}, ${pattern(expression)}) > 0)`
/** CONCAT of a NULL is NULL. */
const orEmpty = (text: Sql): Sql => sql`coalesce(cast(${text} as varchar), '')`

const inCatalogue = (relation: 'tables' | 'columns', columns: string, schema: string): Sql =>
  sql`(select ${sql.raw(columns)} from information_schema.${sql.raw(relation)} where table_schema = ${schema.toUpperCase()})`

const grants: Dialect['grants'] = ({ role, reader, database, schema, relations }) => {
  const to = exactName(role)
  const whole = (parts: readonly string[], length: number): readonly string[] =>
    parts.length < length ? [database, ...parts] : parts
  const own = [schema, `${schema}_state`].map((name) => sql`${exactName(database)}.${sql.id(name)}`)
  const found = relations.filter((parts) => parts.length > 1).map((parts) => whole(parts, 3))
  const databases = new Set([database, ...found.map(([name = '']) => name)])
  const schemas = new Map(found.map((parts) => [JSON.stringify(parts.slice(0, 2)), parts.slice(0, 2)]))
  const ofReader = (whom: Sql): readonly Sql[] => [
    sql`grant usage on database ${exactName(database)} to role ${whom}`,
    sql`grant usage on schema ${own[0]} to role ${whom}`,
    ...['tables', 'views'].flatMap((what) => [
      sql`grant select on all ${sql.raw(what)} in schema ${own[0]} to role ${whom}`,
      sql`grant select on future ${sql.raw(what)} in schema ${own[0]} to role ${whom}`,
    ]),
  ]
  return [
    ...[...databases].map((name) => sql`grant usage on database ${exactName(name)} to role ${to}`),
    ...own.map((name) => sql`create schema if not exists ${name}`),
    // So it makes its tables, and temporary ones.
    ...own.map((name) => sql`grant ownership on schema ${name} to role ${to} copy current grants`),
    ...[...schemas.values()].map((parts) => sql`grant usage on schema ${exactName(...parts)} to role ${to}`),
    ...found.map((parts) => sql`grant select on table ${exactName(...parts)} to role ${to}`),
    ...(reader === null ? [] : ofReader(exactName(reader))),
  ]
}

/** How Snowflake writes things down. */
export const snowflake: Dialect = {
  name: 'snowflake',
  compile: compileWith(() => new SnowflakeCompiler()),
  types,
  stored: (type: ColumnType) => types[type],
  // Without the collation of the column.
  asText: (value) => sql`collate(cast(${value} as varchar), '')`,
  sha256: (text) => sql`sha2_binary(${text}, 256)`,
  fromHex: (hex) => sql`hex_decode_binary(${hex})`,
  toHex: (bytes) => sql`hex_encode(${bytes}, 0)`,
  concat: (texts) => sql`concat(${sql.join(texts.map(orEmpty))})`,
  fingerprint: (text) => sql`md5_binary(${text})`,
  noFingerprint: sql`hex_decode_binary('00000000000000000000000000000000')`,
  matches,
  startsWithOneOf: startsByPattern(matches),
  ofFew: {},
  isOneOf: (text, texts) => sql`${text} in (${sql.join(texts.map((one) => sql.lit(one)))})`,
  replaceAll: (text, expression, by) => sql`regexp_replace(${text}, ${pattern(expression)}, ${sql.lit(by)})`,
  // As in PostgreSQL: two letters that Unicode's full mapping makes something else of than the simple one.
  lower: (text) => sql`lower(translate(${text}, ${sql.lit('İΣ')}, ${sql.lit('iσ')}))`,
  lowerAscii: (text) => sql`lower(${text})`,
  trim: (text, characters) => sql`trim(${text}, ${sql.lit(characters)})`,
  translate: (text, characters, by) => sql`translate(${text}, ${sql.lit(characters)}, ${sql.lit(by)})`,
  remove: (text, characters) => sql`translate(${text}, ${sql.lit(characters)}, '')`,
  now: () => sql`cast(convert_timezone('UTC', current_timestamp()) as timestamp_ntz)`,
  addMs: (timestamp, ms) => sql`timestampadd(millisecond, ${ms}, ${timestamp})`,
  msBetween: (from, to) => sql`timestampdiff(millisecond, ${from}, ${to})`,
  isoTimestamp: (timestamp) => sql`to_char(${timestamp}, 'YYYY-MM-DD"T"HH24:MI:SS.FF3"Z"')`,
  joinTexts: (text) => sql`listagg(${text}, ',')`,
  joinLines: (text, order) => sql`listagg(${text}, ${sql.lit('\n')}) within group (order by ${order})`,
  jsonRows: (json, columns) => {
    const values = Object.entries(columns).map(
      ([name, type]) =>
        sql`cast(cast(get(j.value, ${sql.lit(name)}) as varchar) as ${sql.raw(types[type])}) as ${sql.id(name)}`,
    )
    return sql`(select ${sql.join(values)} from table(flatten(input => parse_json(${json}))) as j)`
  },
  createScratch: (name, columns) => sql`create or replace temporary table ${name} (${columns})`,
  createScratchAs: (name, query) => sql`create or replace temporary table ${name} as ${query}`,
  dropScratch: (name) => sql`drop table if exists ${name}`,
  createScratchView: (name, query) => sql`create or replace temporary table ${name} as ${query}`,
  dropScratchView: (name) => sql`drop table if exists ${name}`,
  once: sql``,
  // A row number must have an order, if that of nothing.
  anyOrder: sql`order by null`,
  catalogue: {
    tables: (schema) => inCatalogue('tables', 'lower(table_name) as table_name, table_type', schema),
    columns: (schema) =>
      inCatalogue('columns', 'lower(table_name) as table_name, lower(column_name) as column_name', schema),
    schemas: sql`(select lower(schema_name) as schema_name from information_schema.schemata)`,
    // CASCADE is the default, and RESTRICT is about foreign keys only ("DROP SCHEMA").
    dropsFullSchemas: true,
  },
  // Those of the configuration are in capitals unless they are in quotes there.
  foldsNames: false,
  except: sql`except`,
  grants,
  grantsBeside: ({ role }) => [
    `Also: grant usage on warehouse NAME to role "${role}"; and where a segment reads a view, write on view in place of on table.`,
  ],
  diffsByJoin: true,
  bucket: (value, type, buckets) =>
    sql`mod(md5_number_lower64(${type === 'key' ? value : sql`hex_encode(${value})`}), ${positiveInteger(buckets)})`,
}
