import { everyWarehouse, on } from './suites.ts'

export default on('snowflake', 'snowflake', [...everyWarehouse, 'warehouse/snowflake', 'warehouse/stand-in-counts'])
