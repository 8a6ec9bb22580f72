import { everyWarehouse, on } from './suites.ts'

export default on('bigquery', 'bigquery', [
  ...everyWarehouse,
  'warehouse/bigquery',
  'warehouse/{stand-in-counts,vanished}',
])
