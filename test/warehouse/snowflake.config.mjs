import { everyWarehouse, on } from './suites.mjs'

export default on('snowflake', 'snowflake', [...everyWarehouse, 'warehouse/snowflake', 'warehouse/stand-in-counts'])
