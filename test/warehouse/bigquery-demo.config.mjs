import { on } from './suites.mjs'

export default on('bigquery', 'bigquery', ['warehouse/bigquery-demo'])
