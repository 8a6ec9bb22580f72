import { DuckDBInstance } from '@duckdb/node-api'
import pg from 'pg'

/**
 * Runs statements for a test in another language: `node test/dags/sql.ts ADDRESS STATEMENT…`, ADDRESS being
 * `postgresql://…` or the path of a DuckDB file. Prints the rows of the last one, as JSON, every value as text.
 */
const [address = '', ...statements] = process.argv.slice(2)

const onPostgres = async (): Promise<unknown> => {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  let rows: Record<string, unknown>[] = []
  for (const statement of statements) rows = (await client.query(statement)).rows
  await client.end()
  return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])))
}

const onDuckDb = async (): Promise<unknown> => {
  const instance = await DuckDBInstance.create(address)
  const connection = await instance.connect()
  let rows: unknown = []
  for (const statement of statements) {
    const read = await connection.runAndReadAll(statement)
    rows = read
      .getRowObjects()
      .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, textOf(value)])))
  }
  connection.closeSync()
  instance.closeSync()
  return rows
}

const textOf = (value: unknown): string | null => (value === null ? null : String(value))

console.log(JSON.stringify(await (address.startsWith('postgres') ? onPostgres() : onDuckDb())))
