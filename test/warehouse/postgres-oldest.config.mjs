import { on } from './postgres.config.mjs'

export default on('oldest', ['activation/lease', 'model/consequences', 'sql/normalise', 'warehouse/*'])
