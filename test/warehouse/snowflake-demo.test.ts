import { test } from '@jest/globals'
import { expectSameDemo } from './demo.ts'
import { emptyAccount } from './snowflake-account.ts'

test('the demo ends equal on Snowflake, with the counts that it has on DuckDB', async () => {
  const { settings, destroy } = emptyAccount()
  try {
    await expectSameDemo('snowflake', {
      SNOWFLAKE_ACCOUNT: settings.account,
      SNOWFLAKE_USER: settings.user ?? '',
      SNOWFLAKE_PASSWORD: settings.login.password ?? '',
      SNOWFLAKE_DATABASE: settings.database,
      SNOWFLAKE_ACCESS_URL: settings.accessUrl ?? '',
    })
  } finally {
    await destroy()
  }
}, 240_000)
