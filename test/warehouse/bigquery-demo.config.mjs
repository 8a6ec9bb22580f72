import { on } from './suites.ts'

export default on('bigquery', 'bigquery', ['warehouse/bigquery-demo'])
