import { on } from './suites.mjs'

export default on('postgres', 'oldest', [
  'activation/lease',
  'model/consequences',
  'sql/normalise',
  'warehouse/postgres{,-crowd,-grants,-takeover}',
])
