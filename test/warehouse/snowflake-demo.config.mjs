import { on } from './suites.ts'

export default on('snowflake', 'snowflake', ['warehouse/snowflake-demo'])
