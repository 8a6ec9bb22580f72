import { on } from './suites.ts'

export default on('postgres', 'pooled', ['activation/lease', 'cli/time-zones', 'model/consequences'])
