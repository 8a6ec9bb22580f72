import { expect, test } from '@jest/globals'
import { expectSameDemo } from './demo.ts'
import { emptyDatabase } from './postgres-database.ts'
import { expectVectors } from './vectors.ts'

test('the demo ends equal on PostgreSQL, with the counts that it has on DuckDB; every vector gives its digest', async () => {
  const database = await emptyDatabase()
  const { host, port, user, password } = database.settings
  const environment = {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database.settings.database,
  }
  const before = { ...process.env }
  try {
    await expectSameDemo('postgres', environment)
    // The driver reads them itself.
    Object.assign(process.env, environment)
    expect(await expectVectors('postgres', environment)).toBeGreaterThan(150)
  } finally {
    process.env = before
    await database.destroy()
  }
}, 180_000)
