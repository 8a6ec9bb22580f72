import { on } from './postgres.config.mjs'

export default on('pooled', ['activation/lease', 'model/consequences'])
