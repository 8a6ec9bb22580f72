import { everyWarehouse, meetings, on } from './suites.ts'

export default on('postgres', 'newest', [
  ...everyWarehouse,
  ...meetings,
  'warehouse/postgres{,-crowd,-errors,-grants,-mistakes,-takeover}',
])
