import { on } from './suites.mjs'

export default on('snowflake', 'snowflake', ['warehouse/snowflake-demo'])
