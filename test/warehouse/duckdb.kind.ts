import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { warehouseOver } from '../../connector/warehouse/duckdb.ts'
import type { UnderTest } from './kind.ts'
import type { Said } from './postgres-database.ts'
import { wordsOfDuckdb } from './words.ts'

const sayToDuckdb = async (instance: DuckDBInstance, statements: readonly string[]): Promise<readonly Said[]> => {
  const connection = await instance.connect()
  try {
    let rows: Said[] = []
    for (const statement of statements) rows = (await connection.runAndReadAll(statement)).getRowObjects() as Said[]
    return rows
  } finally {
    connection.closeSync()
  }
}

export const kind: UnderTest = {
  words: wordsOfDuckdb,
  empty: async ({ alone = true, threads }) => {
    const instance = await DuckDBInstance.create(':memory:', threads === undefined ? {} : { threads })
    const first = await warehouseOver(instance, alone)
    return {
      catalogue: 'memory',
      connect: () => first.another(),
      say: (...statements) => sayToDuckdb(instance, statements),
      destroy: async () => {
        await first.close()
        if (!alone) instance.closeSync()
      },
    }
  },
  shared: async (folder) => ({
    configuration: { type: 'duckdb', path: 'w.duckdb', threads: 1 },
    environment: {},
    opensAlone: true,
    // Opens the file and closes it again: a run must find it free.
    say: async (...statements) => {
      const instance = await DuckDBInstance.create(join(folder, 'w.duckdb'), { threads: '1' })
      try {
        return await sayToDuckdb(instance, statements)
      } finally {
        instance.closeSync()
      }
    },
    destroy: async () => undefined,
  }),
}
