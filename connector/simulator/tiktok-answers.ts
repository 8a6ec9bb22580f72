import { type Answer, isJsonType, isRecord, type Received, Refused } from './platform.ts'

/** TikTok's envelope, codes and readers of parameters (TikTok Ads reference, 2.0 and 2.1). */

export const CODE = {
  ok: 0,
  partial: 20001,
  noPermission: 40001,
  badParameters: 40002,
  badVersion: 40006,
  noObject: 40007,
  badMethod: 40010,
  tooManyIds: 40011,
  badBatchSize: 40061,
  notHashed: 40062,
  rateLimited: 40100,
  badSecret: 40101,
  noToken: 40104,
  badToken: 40105,
  badCode: 40110,
  notAllowListed: 40118,
  noAdvertiser: 40300,
  advertiserMismatch: 40301,
  noRoute: 40400,
} as const

/** A path without its slash at the end, or outside the API, is answered by a web server: no JSON, and a real 404. */
export const NO_PAGE: Answer = {
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<html><head><title>404 Not Found</title></head><body><center><h1>404 Not Found</h1></center></body></html>',
  code: 'no page',
}

let requests = 0

/** HTTP 200 whatever happened; `code` decides (2.0). */
export function envelope(code: number, message: string, data: unknown = {}): Answer {
  const request_id = `${new Date().toISOString().replace(/\D/g, '')}${String(++requests).padStart(8, '0')}`
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, message, request_id, data }),
    code,
  }
}

/** A refusal, to be thrown. */
export function refusal(code: number, message: string): Refused {
  return new Refused(envelope(code, message))
}

/** The body of a POST: a JSON object with known keys only. */
export function readBody(request: Received, known: readonly string[]): Record<string, unknown> {
  if (request.query !== '') throw refusal(CODE.badParameters, 'Parameters of a POST belong in its body.')
  if (!isJsonType(request.headers['content-type']) || request.headers['content-encoding'] !== undefined) {
    throw refusal(CODE.badParameters, 'Content-Type: must be application/json.')
  }
  let json: unknown
  try {
    json = JSON.parse(request.body.toString())
  } catch {
    throw refusal(CODE.badParameters, 'The body is not JSON.')
  }
  if (!isRecord(json)) throw refusal(CODE.badParameters, 'The body is not a JSON object.')
  for (const key of Object.keys(json)) {
    if (!known.includes(key)) throw refusal(CODE.badParameters, 'The body has an unknown field.')
  }
  return json
}

/** The query of a GET: known keys only, each once. */
export function readQuery(request: Received, known: readonly string[]): ReadonlyMap<string, string> {
  if (request.body.length > 0) throw refusal(CODE.badParameters, 'Parameters of a GET belong in its query.')
  const found = new Map<string, string>()
  for (const [key, value] of new URLSearchParams(request.query)) {
    if (!known.includes(key)) throw refusal(CODE.badParameters, 'The query has an unknown parameter.')
    if (found.has(key)) throw refusal(CODE.badParameters, `${key}: given twice.`)
    found.set(key, value)
  }
  return found
}

/** A text that must be there. Ids are strings in v1.3, numbers are refused. */
export function readText(value: unknown, name: string): string {
  if (value === undefined) throw refusal(CODE.badParameters, `${name}: Missing data for required field.`)
  if (typeof value !== 'string' || value === '') throw refusal(CODE.badParameters, `${name}: Not a valid string.`)
  return value
}

/** A JSON array of texts in a query (`["2","3"]`), 1 to `most` of them; undefined where the parameter is missing. */
export function readIds(value: string | undefined, name: string, most: number): string[] | undefined {
  if (value === undefined) return undefined
  let ids: unknown
  try {
    ids = JSON.parse(value)
  } catch {
    ids = null
  }
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => typeof id === 'string')) {
    throw refusal(CODE.badParameters, `${name}: Not a JSON list of strings.`)
  }
  if (ids.length > most) throw refusal(CODE.tooManyIds, `${name}: Longer than maximum length ${most}.`)
  return ids
}

/** A whole number in a query, from 1 to `most`. */
export function readNumber(value: string | undefined, name: string, otherwise: number, most: number): number {
  if (value === undefined) return otherwise
  if (!/^[1-9]\d{0,8}$/.test(value) || Number(value) > most) {
    throw refusal(CODE.badParameters, `${name}: Must be between 1 and ${most}.`)
  }
  return Number(value)
}
