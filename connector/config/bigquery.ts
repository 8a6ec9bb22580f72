import { dirname, resolve } from 'node:path'
import type { BigquerySettings } from './activation.ts'
import type { Path, Problems } from './problems.ts'
import { readMapping } from './read.ts'
import { warehouses } from './warehouse-schema.ts'

/** `warehouse` of type bigquery. */
export function readBigquery(value: unknown, file: string, problems: Problems): BigquerySettings | undefined {
  const path: Path = ['warehouse']
  const read = readMapping(warehouses.bigquery, value, path, problems)
  const { type, project, location, labels } = read
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
    ...(read.impersonate_service_account === undefined ? {} : { impersonate: read.impersonate_service_account }),
    ...(read.maximum_bytes_billed === undefined ? {} : { maximumBytesBilled: String(read.maximum_bytes_billed) }),
    ...(read.api_endpoint === undefined ? {} : { apiEndpoint: read.api_endpoint }),
  }
}
