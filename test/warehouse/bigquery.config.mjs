import { everyWarehouse, on } from './suites.mjs'

export default on('bigquery', 'bigquery', [...everyWarehouse, 'warehouse/bigquery', 'warehouse/stand-in-counts'])
