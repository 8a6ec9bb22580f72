import { everyWarehouse, on } from './suites.mjs'

export default on('postgres', 'newest', [...everyWarehouse, 'warehouse/postgres*'])
