import { on } from './suites.mjs'

export default on('postgres', 'pooled', ['activation/lease', 'model/consequences'])
