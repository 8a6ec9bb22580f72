import { everyWarehouse, meetings, on } from './suites.mjs'

export default on('postgres', 'newest', [
  ...everyWarehouse,
  ...meetings,
  'warehouse/postgres{,-crowd,-grants,-takeover}',
])
