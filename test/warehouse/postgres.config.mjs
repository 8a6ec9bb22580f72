import { everyWarehouse, meetings, on } from './suites.ts'

export default on('postgres', 'newest', [
  ...everyWarehouse,
  ...meetings,
  'activation/segment',
  'warehouse/{postgres{,-connections,-crowd,-errors,-grants,-mistakes,-takeover},vanished}',
])
