import { type Answer, type Found as FoundAnywhere, type Received, Refused } from './platform.ts'

/** How X reads parameters and words its answers (X Ads reference, 1.0 and 1.6). */

export interface Found extends FoundAnywhere {
  params: Record<string, unknown>
  headers: Record<string, string>
}

export type Parameters = ReadonlyMap<string, string>

export const ERROR_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_PARAMETER',
  401: 'UNAUTHORIZED_ACCESS',
  403: 'ACTION_NOT_ALLOWED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'CANCELLED_REQUEST',
  423: 'LOCK_ACQUISITION_TIMEOUT',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_ERROR',
  503: 'SERVICE_UNAVAILABLE',
}

/** Outside the versioned paths the answer is no JSON (1.6). */
export const NO_PAGE: Answer = {
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html><html><head><title>404</title></head><body>Not found</body></html>',
  code: 'no page',
}

export function answer(
  status: number,
  body: unknown,
  code: string | number | null,
  headers: Record<string, string> = {},
): Answer {
  const always = { 'content-type': 'application/json;charset=utf-8', 'x-current-api-version': '12' }
  return { status, headers: { ...always, ...headers }, body: JSON.stringify(body), code }
}

/** A success; `more` stands beside `data`. */
export function said(found: Found, data: unknown, more: Record<string, unknown> = {}): Answer {
  return answer(200, { request: { params: found.params }, ...more, data }, null)
}

/** A refusal, to be thrown. */
export function refusal(
  status: number,
  code: string,
  message: string,
  found: Found,
  extra: Record<string, unknown> = {},
  operationErrors?: unknown[],
): Refused {
  const body = { errors: [{ code, message, ...extra }], request: { params: found.params } }
  return new Refused(
    answer(status, operationErrors === undefined ? body : { ...body, operation_errors: operationErrors }, code),
  )
}

export function invalid(parameter: string, found: Found): Refused {
  return refusal(400, 'INVALID_PARAMETER', `${parameter} is not valid`, found, { parameter })
}

/** The query's parameters, of which only the known ones are taken. */
export function readParameters(query: Parameters, known: readonly string[], found: Found): Parameters {
  for (const [key, value] of query) {
    if (!known.includes(key)) throw invalid(key, found)
    found.params[key] = value
  }
  return query
}

export function yesOrNo(parameters: Parameters, key: string, found: Found): boolean {
  const value = parameters.get(key) ?? 'false'
  if (value !== 'true' && value !== 'false') throw invalid(key, found)
  return value === 'true'
}

/** Ordinary resources take their parameters in the query (1.0); a body here is a mistake. */
export function noBody(request: Received, found: Found): void {
  if (request.body.length > 0) throw refusal(400, 'INVALID_PARAMETER', 'Parameters are taken in the query', found)
}

export function startsWith(text: string, prefix: string | undefined): boolean {
  return prefix === undefined || text.toLowerCase().startsWith(prefix.toLowerCase())
}

/** `2026-01-31T12:00:00Z` of milliseconds since 1970. */
export function seconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** One page of a list (1.0): count 1..1000, default 200; an opaque cursor; with_total_count excludes cursor. */
export function page(parameters: Parameters, found: Found, rows: readonly Record<string, unknown>[]): () => Answer {
  const count = parameters.get('count') ?? '200'
  if (!/^[1-9]\d{0,3}$/.test(count) || Number(count) > 1000) throw invalid('count', found)
  const cursor = parameters.get('cursor')
  const withTotal = yesOrNo(parameters, 'with_total_count', found)
  if (withTotal && cursor !== undefined) throw invalid('with_total_count', found)
  const sort = /^(created_at|updated_at|name)(?:-(asc|desc))?$/.exec(parameters.get('sort_by') ?? 'created_at-desc')
  if (sort === null) throw invalid('sort_by', found)
  const key = sort[1] as string
  const sign = sort[2] === 'desc' ? -1 : 1
  const compare = (a: Record<string, unknown>, b: Record<string, unknown>) =>
    sign * (String(a[key]).localeCompare(String(b[key])) || String(a.id).localeCompare(String(b.id)))
  const sorted = [...rows].sort(compare)
  let start = 0
  if (cursor !== undefined) {
    const after = Buffer.from(cursor, 'base64url').toString()
    start = sorted.findIndex((row) => row.id === after) + 1
    if (start === 0) throw invalid('cursor', found)
  }
  const end = start + Number(count)
  const last = sorted[end - 1]
  const next = end < sorted.length && last !== undefined ? Buffer.from(String(last.id)).toString('base64url') : null
  const total = withTotal ? { total_count: sorted.length } : {}
  return () => said(found, sorted.slice(start, end), { next_cursor: next, ...total })
}
