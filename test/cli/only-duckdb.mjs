import { registerHooks } from 'node:module'

/** As if the other drivers were not installed. */
const refused = /^(pg|@google-cloud\/bigquery|google-auth-library|snowflake-sdk)$/
registerHooks({
  resolve: (specifier, context, next) => {
    if (refused.test(specifier)) {
      const says = `Cannot find package '${specifier}' imported from ${context.parentURL}`
      throw Object.assign(new Error(says), { code: 'ERR_MODULE_NOT_FOUND' })
    }
    return next(specifier, context)
  },
})
