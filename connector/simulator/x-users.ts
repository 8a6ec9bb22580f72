import { isPacked } from './identifiers.ts'
import type { Entry } from './membership.ts'
import { isRecord } from './platform.ts'

/** The body of `POST …/custom_audiences/:id/users` (X Ads reference, 1.4 and 1.5), checked. */

export interface Operation {
  readonly op: 'add' | 'remove'
  readonly entries: readonly Entry[]
}

export type UsersRead =
  | { readonly operations: readonly Operation[]; readonly users: number; readonly identifiers: number }
  | { readonly refused: UsersRefusal }

export interface UsersRefusal {
  readonly status: 400 | 500
  readonly code: string
  readonly message: string
  /** Where one operation is to blame: its index, and of how many. */
  readonly operation?: { readonly index: number; readonly count: number; readonly parameter: string }
  readonly value?: string
}

export const MAX_OPERATIONS = 2_500
export const MAX_BYTES = 5_000_000

const HASHED: ReadonlySet<string> = new Set(['email', 'device_id', 'handle', 'twitter_id', 'phone_number'])
const ISO_UTC = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z$/

/** Thrown inside an operation. */
class Bad {
  readonly parameter: string
  readonly message: string
  readonly value: string | undefined

  constructor(parameter: string, message: string, value?: string) {
    this.parameter = parameter
    this.message = message
    this.value = value
  }
}

/** Reads and checks a body; `refused` are digests that a fault rule refuses. `now` in ms. All or nothing. */
export function readUsers(
  body: Buffer,
  now: number,
  refused: (op: 'add' | 'remove') => ReadonlySet<string>,
): UsersRead {
  if (body.length > MAX_BYTES) return refusal('REQUEST_TOO_COMPLEX', `The request has more than ${MAX_BYTES} bytes`)
  let json: unknown
  try {
    json = JSON.parse(body.toString())
  } catch {
    // What is malformed, form-encoded bodies among it, is a server error on their side (hborras/twitter-php-ads-sdk#68).
    return { refused: { status: 500, code: 'INTERNAL_ERROR', message: 'Internal server error' } }
  }
  if (!Array.isArray(json)) return refusal('INVALID_PARAMETER', 'The body must be an array of operations')
  if (json.length === 0) return refusal('MISSING_PARAMETER', 'There is no operation')
  if (json.length > MAX_OPERATIONS) return refusal('REQUEST_TOO_COMPLEX', `More than ${MAX_OPERATIONS} operations`)
  const operations: Operation[] = []
  let users = 0
  let identifiers = 0
  for (let index = 0; index < json.length; index++) {
    try {
      const operation = readOperation(json[index], now, refused)
      operations.push(operation)
      users += operation.entries.length
      for (const entry of operation.entries) identifiers += entry.length / 2
    } catch (bad) {
      if (!(bad instanceof Bad)) throw bad
      const { message, parameter, value } = bad
      const operation = { index, count: json.length, parameter }
      const found = { status: 400 as const, code: 'INVALID_PARAMETER', message, operation }
      return { refused: value === undefined ? found : { ...found, value } }
    }
  }
  return { operations, users, identifiers }
}

function refusal(code: string, message: string): UsersRead {
  return { refused: { status: 400, code, message } }
}

function readOperation(input: unknown, now: number, refused: (op: 'add' | 'remove') => ReadonlySet<string>): Operation {
  if (!isRecord(input)) throw new Bad('operation', 'An operation must be an object')
  onlyKeys(input, ['operation_type', 'params'])
  const type = input.operation_type
  if (type !== 'Update' && type !== 'Delete') throw new Bad('operation_type', 'operation_type must be Update or Delete')
  const params = input.params
  if (!isRecord(params)) throw new Bad('params', 'params must be an object')
  onlyKeys(params, ['users', 'effective_at', 'expires_at'])
  const effective = readTime(params, 'effective_at') ?? now
  const expires = readTime(params, 'expires_at')
  if (expires !== null && expires <= effective)
    throw new Bad('expires_at', 'expires_at must be later than effective_at')
  const { users } = params
  if (!Array.isArray(users) || users.length === 0)
    throw new Bad('users', 'users must be an array with at least one user')
  const op = type === 'Update' ? 'add' : 'remove'
  const unwanted = refused(op)
  const entries: Entry[] = []
  for (const user of users) {
    const entry = readUser(user)
    if (unwanted.size > 0) {
      for (let n = 1; n < entry.length; n += 2) {
        if (unwanted.has(entry[n] as string)) throw new Bad('users', 'A user is not valid', entry[n])
      }
    }
    entries.push(entry)
  }
  return { op, entries }
}

/** Used again for each user: an array that grows by pushing keeps four times the room that it needs. */
const scratch: string[] = []

function readUser(user: unknown): Entry {
  if (!isRecord(user)) throw new Bad('users', 'A user must be an object')
  let length = 0
  for (const key in user) {
    const hashed = HASHED.has(key)
    if (!hashed && key !== 'partner_user_id') throw new Bad('users', 'A user has an unknown key')
    const values = user[key]
    if (!Array.isArray(values) || values.length === 0) throw new Bad(key, `${key} must be an array of strings`)
    for (const value of values) {
      if (typeof value !== 'string') throw new Bad(key, `${key} must be an array of strings`)
      if (hashed ? !isPacked(value) : value === '') {
        throw new Bad(key, hashed ? `${key} must be a SHA-256 hash in lower-case hex` : `${key} is empty`, value)
      }
      scratch[length++] = key
      scratch[length++] = value
    }
  }
  if (length === 0) throw new Bad('users', 'A user has no identifier')
  return scratch.slice(0, length)
}

function readTime(params: Record<string, unknown>, key: string): number | null {
  const value = params[key]
  if (value === undefined) return null
  if (typeof value !== 'string' || !ISO_UTC.test(value)) throw new Bad(key, `${key} must be ISO 8601 in UTC`)
  return Date.parse(value)
}

function onlyKeys(record: Record<string, unknown>, known: readonly string[]): void {
  for (const key in record) if (!known.includes(key)) throw new Bad('operation', 'An operation has an unknown key')
}
