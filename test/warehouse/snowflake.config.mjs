import { everyWarehouse, on } from './suites.ts'

export default on('snowflake', 'snowflake', [
  ...everyWarehouse,
  'warehouse/{snowflake,snowflake-uninstall,stand-in-counts,vanished}',
])
