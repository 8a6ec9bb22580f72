import { on } from './suites.ts'

export default on('postgres', 'oldest', [
  'activation/lease',
  'model/consequences',
  'sql/normalise',
  'warehouse/postgres{,-crowd,-errors,-grants,-takeover}',
])
