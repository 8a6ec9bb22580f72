import { DuckDBInstance } from '@duckdb/node-api'
import { words } from '../warehouse/under-test.ts'
import { stateOf } from './recorded.ts'

type Cells = Readonly<Record<string, string | null>>
interface Column {
  readonly name: string
  readonly type: string
}

/** Plain SQL that makes the recorded state of a version in the warehouse under test; the segment's table aside. */
export const copyOfState = async (version: number): Promise<readonly string[]> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const ask = async (text: string): Promise<readonly Cells[]> =>
    (await connection.runAndReadAll(text)).getRowObjectsJson() as Cells[]
  try {
    await connection.run(stateOf(version))
    const tables = await ask(
      `select schema_name as s, table_name as t from duckdb_tables() where schema_name like 'tidemark%'`,
    )
    const made: string[] = []
    for (const { s, t } of tables) {
      const columns = (await ask(
        `select column_name as name, data_type as type from duckdb_columns() where schema_name = '${s}' and table_name = '${t}' order by column_index`,
      )) as unknown as readonly Column[]
      const table = `${s}."${t}"`
      made.push(`create table ${table} (${columns.map(({ name, type }) => `"${name}" ${typeOf(type)}`).join(', ')})`)
      const rows = await ask(`select ${columns.map(asText).join(', ')} from ${table}`)
      const values = rows.map(
        (row) => `(${columns.map((column) => literal(column, row[column.name] ?? null)).join(', ')})`,
      )
      if (values.length > 0) made.push(`insert into ${table} values ${values.join(', ')}`)
    }
    const views = await ask(`select sql from duckdb_views() where schema_name like 'tidemark%' order by view_oid`)
    return ['create schema tidemark', 'create schema tidemark_state', ...made, ...views.map(({ sql }) => sql ?? '')]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const { text, bytes, fingerprint } = words.types
/** Points in time are TIMESTAMP in all of them, the engine of the stand-ins included. */
const types: Readonly<Record<string, string>> = { VARCHAR: text, BLOB: bytes, UHUGEINT: fingerprint }
const typeOf = (type: string): string => types[type] ?? type

const asText = ({ name, type }: Column): string =>
  `${type === 'BLOB' ? `lower(hex("${name}"))` : `"${name}"::varchar`} as "${name}"`

const literal = ({ type }: Column, value: string | null): string => {
  if (value === null) return 'null'
  if (type === 'BLOB') return words.bytes(value)
  if (type === 'UHUGEINT') return words.fingerprint(BigInt(value))
  return type === 'VARCHAR' || type === 'TIMESTAMP' ? `'${value.replaceAll("'", "''")}'` : value
}
