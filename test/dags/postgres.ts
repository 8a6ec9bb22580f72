import { startPostgres } from '../warehouse/postgres-server.ts'

/** A PostgreSQL server for a test in another language: prints its address as JSON, ends with its standard input. */
const { port, user, password, stop } = await startPostgres('newest')
console.log(JSON.stringify({ host: '127.0.0.1', port, user, password, database: 'postgres' }))
process.stdin.resume().on('end', stop)
