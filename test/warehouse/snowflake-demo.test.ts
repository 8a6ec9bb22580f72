import { afterAll, expect, test } from '@jest/globals'
import { expectSameDemo } from './demo.ts'
import { emptyAccount } from './snowflake-account.ts'
import { expectVectors } from './vectors.ts'

const { settings, destroy } = emptyAccount()
const environment = {
  SNOWFLAKE_ACCOUNT: settings.account,
  SNOWFLAKE_USER: settings.user ?? '',
  SNOWFLAKE_PASSWORD: settings.login.password ?? '',
  SNOWFLAKE_DATABASE: settings.database,
  SNOWFLAKE_ACCESS_URL: settings.accessUrl ?? '',
}
afterAll(destroy)

test(
  'the demo ends equal on Snowflake, with the counts that it has on DuckDB',
  () => expectSameDemo('snowflake', environment),
  240_000,
)

test('every vector gives its digest, also as it is asked of a real account', async () => {
  expect(await expectVectors('snowflake', environment)).toBeGreaterThan(150)
})
