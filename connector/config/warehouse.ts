import { basename, dirname, resolve } from 'node:path'
import type { WarehouseSettings } from './activation.ts'
import { didYouMean } from './nearest.ts'
import type { Path, Problems } from './problems.ts'
import { readMapping } from './read.ts'
import * as schema from './schema.ts'
import { isMapping } from './tree.ts'

const notYet = ['postgres', 'bigquery', 'snowflake']

/**
 * `warehouse`, with paths made absolute from the folder of the configuration file; undefined where something is wrong.
 */
export function readWarehouse(value: unknown, file: string, problems: Problems): WarehouseSettings | undefined {
  const path: Path = ['warehouse']
  if (isMapping(value) && value.connection !== undefined) {
    const wayOut = 'write type: duckdb and path instead'
    return void problems.notYet([...path, 'connection'], wayOut)
  }
  if (isMapping(value) && typeof value.type === 'string' && value.type !== 'duckdb')
    return refuseType(value.type, [...path, 'type'], problems)

  const read = readMapping(schema.warehouse, value, path, problems)
  if (read.path === ':memory:') {
    const wayOut = 'name a file: the ledger must outlive the run'
    problems.add([...path, 'path'], 'must be a file', read.path, wayOut)
  }
  // DuckDB calls a database by its file's name, and then cannot tell the two apart.
  const database = basename(read.path ?? '')
    .split('.')[0]
    ?.toLowerCase()
  if (read.schema !== undefined && [read.schema, `${read.schema}_state`].includes(database ?? '')) {
    const wayOut = 'choose another `warehouse.schema`, or rename the file'
    problems.add([...path, 'path'], `is a file named like the schema ${read.schema}`, read.path ?? '', wayOut)
  }
  if (read.type === undefined || read.path === undefined || read.schema === undefined) return undefined
  const folder = dirname(resolve(file))
  return {
    type: read.type,
    schema: read.schema,
    path: resolve(folder, read.path),
    ...(read.memory_limit === undefined ? {} : { memoryLimit: read.memory_limit }),
    ...(read.threads === undefined ? {} : { threads: read.threads }),
    ...(read.temp_directory === undefined ? {} : { tempDirectory: resolve(folder, read.temp_directory) }),
  }
}

function refuseType(type: string, path: Path, problems: Problems): undefined {
  if (notYet.includes(type)) problems.add(path, 'is not supported yet by this version', type, 'write duckdb')
  else problems.add(path, 'is no warehouse we know', type, didYouMean(type, ['duckdb']))
}
