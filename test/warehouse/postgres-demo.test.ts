import { test } from '@jest/globals'
import { expectSameDemo } from './demo.ts'
import { emptyDatabase } from './postgres-database.ts'

test('the demo ends equal on PostgreSQL, with the counts that it has on DuckDB', async () => {
  const database = await emptyDatabase()
  const { host, port, user, password } = database.settings
  try {
    await expectSameDemo('postgres', {
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database.settings.database,
    })
  } finally {
    await database.destroy()
  }
}, 180_000)
