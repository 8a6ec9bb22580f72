import { normalised, parseConnectionUri } from './airflow-uri.ts'
import { parsedJson } from './json.ts'
import { isMapping, type Mapping } from './tree.ts'

/** One Airflow connection. What is empty or null is not there. */
export interface AirflowConnection {
  /** `conn_type`, with `_` for `-`. */
  readonly type: string
  readonly host?: string
  readonly login?: string
  readonly password?: string
  readonly schema?: string
  readonly port?: number
  readonly extra: Mapping
}

/** Why a text is no connection: safe to print, for it says nothing of what the text holds. */
export interface NoConnection {
  readonly wrong: string
  readonly wayOut: string
}

const texts = ['host', 'login', 'password', 'schema'] as const
const known = ['conn_type', 'description', ...texts, 'port', 'extra']
const asExported = 'write it as `airflow connections export` does, or in Airflow let the operator pass it'

/** What such a variable holds, in JSON or as an address, read as Airflow's `Connection` does. */
export function readAirflowConnection(value: string): AirflowConnection | NoConnection {
  const text = value.trim()
  return text.startsWith('{') ? readJson(text) : readUri(text)
}

export const isConnection = (read: AirflowConnection | NoConnection): read is AirflowConnection => 'type' in read

function readJson(text: string): AirflowConnection | NoConnection {
  const given = parsedJson(text)
  if (!isMapping(given)) return { wrong: 'is no JSON', wayOut: asExported }
  const unknown = Object.keys(given).filter((key) => !known.includes(key)).length
  if (unknown > 0) {
    const keys = unknown === 1 ? 'a key' : `${unknown} keys`
    return { wrong: `has ${keys} that a connection has not`, wayOut: `keep ${known.join(', ')}` }
  }
  const mistyped = ['conn_type', ...texts].find((key) => !isAbsent(given[key]) && typeof given[key] !== 'string')
  if (mistyped !== undefined) return { wrong: `has a ${mistyped} that is no text`, wayOut: 'put it in quotes' }
  const port = portOf(given.port)
  if (port === null) return { wrong: 'has a port that is no port', wayOut: 'write a whole number up to 65535' }
  return connectionOf({ ...given, type: normalised(String(given.conn_type ?? '')), port }, given.extra)
}

function readUri(text: string): AirflowConnection | NoConnection {
  const parts = text.includes('://') ? parseConnectionUri(text) : undefined
  if (parts === undefined) return { wrong: 'is neither JSON nor the address of a connection', wayOut: asExported }
  if (parts.type === '')
    return { wrong: 'is an address without a type', wayOut: 'begin it with a type, in which - stands for _' }
  return connectionOf({ ...parts }, parts.extra)
}

function connectionOf(fields: Mapping, extraText: unknown): AirflowConnection | NoConnection {
  const type = String(fields.type)
  if (type === '') return { wrong: 'has no conn_type', wayOut: 'write it' }
  const extra = typeof extraText === 'string' && extraText !== '' ? parsedJson(extraText) : extraText || {}
  if (!isMapping(extra)) return { wrong: 'has an extra that is no JSON object', wayOut: 'write it as {"key": "value"}' }
  const given = [...texts, 'port'].flatMap((key) =>
    isAbsent(fields[key]) || fields[key] === 0 ? [] : [[key, fields[key]]],
  )
  return { type, ...Object.fromEntries(given), extra }
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === ''

/** Undefined where there is none; null where it is none. */
const portOf = (value: unknown): number | undefined | null => {
  if (isAbsent(value) || value === 0) return undefined
  const digits = typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
  return /^\d{1,5}$/.test(digits) && Number(digits) <= 65_535 ? Number(digits) : null
}
