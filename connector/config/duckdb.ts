import { basename, dirname, resolve } from 'node:path'
import type { DuckdbSettings } from './activation.ts'
import type { Path, Problems } from './problems.ts'
import { readMapping } from './read.ts'
import { warehouses } from './warehouse-schema.ts'

/** MotherDuck, object stores and the like. */
const remote = /^(?:[a-z][a-z0-9+.-]*:\/\/|md:|motherduck:)/i

/** `warehouse` of type duckdb. */
export function readDuckdb(value: unknown, file: string, problems: Problems): DuckdbSettings | undefined {
  const path: Path = ['warehouse']
  const read = readMapping(warehouses.duckdb, value, path, problems)
  const at: Path = [...path, 'path']
  // Behind the colon there may be a token.
  const [elsewhere] = remote.exec(read.path ?? '') ?? []
  // DuckDB calls a database by its file's name, and then cannot tell the two apart.
  const database = basename(read.path ?? '')
    .split('.')[0]
    ?.toLowerCase()
  if (read.path === ':memory:') {
    problems.add(at, 'must be a file', read.path, 'name a file: the ledger must outlive the run')
  } else if (elsewhere !== undefined) {
    const wayOut = 'name a file: that only one process can open it is how Tidemark knows that no other run lives'
    problems.add(at, 'must be a file on this machine', elsewhere, wayOut)
  } else if (read.schema !== undefined && [read.schema, `${read.schema}_state`].includes(database ?? '')) {
    const wayOut = 'choose another `warehouse.schema`, or rename the file'
    problems.add(at, `is a file named like the schema ${read.schema}`, read.path ?? '', wayOut)
  }
  if (read.type === undefined || read.path === undefined || read.schema === undefined) return undefined
  const folder = dirname(resolve(file))
  return {
    type: read.type,
    schema: read.schema,
    path: resolve(folder, read.path),
    folder,
    ...(read.memory_limit === undefined ? {} : { memoryLimit: read.memory_limit }),
    ...(read.threads === undefined ? {} : { threads: read.threads }),
    ...(read.temp_directory === undefined ? {} : { tempDirectory: resolve(folder, read.temp_directory) }),
  }
}
