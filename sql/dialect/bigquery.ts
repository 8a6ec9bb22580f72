import { type DataTypeNode, DefaultQueryCompiler, type RawBuilder, sql } from 'kysely'
import { compileWith } from './compile.ts'
import { bracedCodePoints, codePoints } from './constants.ts'
import { type ColumnType, type Dialect, positiveInteger } from './dialect.ts'
import { startsByPattern } from './starts.ts'

type Sql = RawBuilder<unknown>

/** GoogleSQL quotes names and texts by backslashes: doubling is no escape there ("Lexical structure and syntax"). */
class GoogleSqlCompiler extends DefaultQueryCompiler {
  protected override getCurrentParameterPlaceholder(): string {
    return '?'
  }
  protected override getLeftIdentifierWrapper(): string {
    return '`'
  }
  protected override getRightIdentifierWrapper(): string {
    return '`'
  }
  protected override sanitizeIdentifier(name: string): string {
    return name.replace(/[`\\]/g, (character) => `\\${character}`)
  }
  protected override appendStringLiteral(text: string): void {
    this.append(`'${codePoints(text.replace(/[\\']/g, (character) => `\\${character}`))}'`)
  }
  protected override visitDataType(node: DataTypeNode): void {
    const { dataType } = node
    this.append(typeof dataType === 'string' ? (castTypes[dataType] ?? dataType) : dataType)
  }
}

const types = {
  text: 'string',
  name: 'string',
  key: 'string',
  integer: 'int64',
  boolean: 'bool',
  timestamp: 'timestamp',
  // A text of hex would be billed as twice as many bytes.
  digest: 'bytes',
  fingerprint: 'bytes',
} as const satisfies Dialect['types']

/** What statements call a type in a cast. */
const castTypes: Readonly<Record<string, string>> = {
  varchar: 'string',
  bigint: 'int64',
  float8: 'float64',
  boolean: 'bool',
}

const pattern = (text: string): Sql => sql.lit(bracedCodePoints(text))
const matches: Dialect['matches'] = (text, expression) => sql`regexp_contains(${text}, ${pattern(expression)})`
/** CONCAT of a NULL is NULL, and takes no numbers. */
const orEmpty = (text: Sql): Sql => sql`coalesce(cast(${text} as string), '')`

/** As access control names it ("IAM principals"): an e-mail address alone is a person's or a service account's. */
const principal = (role: string): string => {
  if (role.includes(':')) return role
  return `${role.endsWith('.gserviceaccount.com') ? 'serviceAccount' : 'user'}:${role}`
}

const grants: Dialect['grants'] = ({ role, reader, schema, relations }) => {
  const own = [schema, `${schema}_state`].map((name) => sql.id(name))
  const grant = (what: string, on: Sql, whom: string): Sql =>
    sql`grant ${sql.id(`roles/bigquery.${what}`)} on ${on} to ${sql.lit(principal(whom))}`
  return [
    ...own.map((name) => sql`create schema if not exists ${name}`),
    ...own.map((name) => grant('dataEditor', sql`schema ${name}`, role)),
    ...relations
      .filter((parts) => parts.length > 1)
      .map((parts) => grant('dataViewer', sql`table ${sql.id(...parts)}`, role)),
    ...(reader === null ? [] : [grant('dataViewer', sql`schema ${own[0]}`, reader)]),
  ]
}

/** How BigQuery writes things down: GoogleSQL, within a session, in which temporary tables live. */
export const bigquery: Dialect = {
  name: 'bigquery',
  compile: compileWith(() => new GoogleSqlCompiler()),
  types,
  stored: (type: ColumnType) => types[type],
  // Without the collation of the column.
  asText: (value) => sql`collate(cast(${value} as string), '')`,
  sha256: (text) => sql`sha256(${text})`,
  fromHex: (hex) => sql`from_hex(${hex})`,
  toHex: (bytes) => sql`to_hex(${bytes})`,
  concat: (texts) => sql`concat(${sql.join(texts.map(orEmpty))})`,
  fingerprint: (text) => sql`md5(${text})`,
  noFingerprint: sql`from_hex('00000000000000000000000000000000')`,
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
  now: () => sql`current_timestamp()`,
  addMs: (timestamp, ms) => sql`timestamp_add(${timestamp}, interval ${ms} millisecond)`,
  msBetween: (from, to) => sql`timestamp_diff(${to}, ${from}, millisecond)`,
  isoTimestamp: (timestamp) => sql`format_timestamp('%Y-%m-%dT%H:%M:%E3SZ', ${timestamp}, 'UTC')`,
  joinTexts: (text) => sql`string_agg(${text}, ',')`,
  joinLines: (text, order) => sql`string_agg(${text}, ${sql.lit('\n')} order by ${order})`,
  jsonRows: (json, columns) => {
    const values = Object.entries(columns).map(
      ([name, type]) => sql`cast(json_value(j, ${sql.lit(`$.${name}`)}) as ${sql.raw(types[type])}) as ${sql.id(name)}`,
    )
    return sql`(select ${sql.join(values)} from unnest(json_query_array(${json})) as j)`
  },
  createScratch: (name, columns) => sql`create or replace temp table ${name} (${columns})`,
  createScratchAs: (name, query) => sql`create or replace temp table ${name} as ${query}`,
  // By itself the name of one that is not there would lack its dataset.
  dropScratch: (name) => sql`drop table if exists _session.${name}`,
  // There are no temporary views.
  createScratchView: (name, query) => sql`create or replace temp table ${name} as ${query}`,
  dropScratchView: (name) => sql`drop table if exists _session.${name}`,
  once: sql``,
  anyOrder: sql``,
  catalogue: {
    tables: (schema) => sql.id(schema, 'INFORMATION_SCHEMA', 'TABLES'),
    columns: (schema) => sql.id(schema, 'INFORMATION_SCHEMA', 'COLUMNS'),
    schemas: null,
    dropsFullSchemas: false,
  },
  foldsNames: true,
  except: sql`except distinct`,
  grants,
  grantsBeside: ({ role, database }) => [
    `gcloud projects add-iam-policy-binding ${database} --member=${principal(role)} --role=roles/bigquery.jobUser`,
  ],
  diffsByJoin: true,
  bucket: (value, _type, buckets) =>
    sql`mod(farm_fingerprint(${value}) & 9223372036854775807, ${positiveInteger(buckets)})`,
}
