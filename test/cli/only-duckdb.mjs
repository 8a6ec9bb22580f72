import { registerHooks } from 'node:module'

/** As if the other drivers were not installed. */
const refused = /^(pg|@google-cloud\/bigquery|google-auth-library|snowflake-sdk)$/
registerHooks({
  resolve: (specifier, context, next) => {
    if (refused.test(specifier)) throw new Error(`${specifier} is not installed`)
    return next(specifier, context)
  },
})
