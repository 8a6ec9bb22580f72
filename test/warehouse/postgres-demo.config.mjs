import { on } from './suites.mjs'

export default on('postgres', 'newest', ['warehouse/postgres-demo'])
