import { on } from './suites.ts'

export default on('postgres', 'newest', ['warehouse/postgres-demo'])
