import { openSnowflake } from '../../connector/warehouse/snowflake.ts'
import { passwordVariable, type UnderTest } from './kind.ts'
import { emptyAccount } from './snowflake-account.ts'
import { wordsOfStandIn } from './words.ts'

export const kind: UnderTest = {
  // Where nobody asks for one it is America/Los_Angeles, as in an account.
  words: wordsOfStandIn,
  empty: async () => {
    const { say, jobs, destroy, settings } = emptyAccount()
    const first = await openSnowflake(settings)
    return {
      say,
      jobs,
      catalogue: settings.database,
      connect: () => openSnowflake(settings),
      destroy: async () => {
        await first.close()
        await destroy()
      },
    }
  },
  shared: async () => {
    const { say, destroy, settings } = emptyAccount()
    const { account, user, database, accessUrl } = settings
    // A database is there when somebody has logged in to it.
    await (await openSnowflake(settings)).close()
    return {
      say,
      destroy,
      configuration: {
        type: 'snowflake',
        account,
        user,
        database,
        access_url: accessUrl,
        password: `\${${passwordVariable}}`,
      },
      environment: { [passwordVariable]: 'only-for-tests' },
      opensAlone: false,
    }
  },
}
