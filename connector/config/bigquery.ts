import { dirname, resolve } from 'node:path'
import type { BigquerySettings } from './activation.ts'
import { parsedJson } from './json.ts'
import type { Path, Problems } from './problems.ts'
import { readMapping } from './read.ts'
import { isMapping } from './tree.ts'
import { warehouses } from './warehouse-schema.ts'

/** `warehouse` of type bigquery. */
export function readBigquery(value: unknown, file: string, problems: Problems): BigquerySettings | undefined {
  const path: Path = ['warehouse']
  const read = readMapping(warehouses.bigquery, value, path, problems)
  const { type, project, location, labels } = read
  if (!isKey(read.key_json, read.key_file, problems)) return undefined
  const { schema: state, unreachable_timeout_ms: unreachableTimeoutMs } = read
  if (type === undefined || project === undefined || location === undefined) return undefined
  if (labels === undefined || state === undefined || unreachableTimeoutMs === undefined) return undefined
  return {
    type,
    project,
    location,
    labels,
    schema: state,
    unreachableTimeoutMs,
    ...(read.key_file === undefined ? {} : { keyFile: resolve(dirname(resolve(file)), read.key_file) }),
    ...(read.key_json === undefined ? {} : { keyJson: read.key_json }),
    ...(read.impersonate_service_account === undefined ? {} : { impersonate: read.impersonate_service_account }),
    ...(read.maximum_bytes_billed === undefined ? {} : { maximumBytesBilled: String(read.maximum_bytes_billed) }),
    ...(read.api_endpoint === undefined ? {} : { apiEndpoint: read.api_endpoint }),
  }
}

/** The JSON of a service account's key, if there is one, and no file of one beside it. */
function isKey(json: string | undefined, file: string | undefined, problems: Problems): boolean {
  if (json === undefined) return true
  const path: Path = ['warehouse', 'key_json']
  if (file !== undefined) problems.add(path, 'stands beside key_file', json, 'keep one of them')
  const parsed = parsedJson(json)
  const isOne = isMapping(parsed) && [parsed.client_email, parsed.private_key].every((part) => typeof part === 'string')
  if (!isOne) problems.add(path, "is no JSON of a service account's key", json, 'take the file that Google makes')
  return isOne && file === undefined
}
