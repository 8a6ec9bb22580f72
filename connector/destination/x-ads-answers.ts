import {
  at,
  audienceGone,
  type Codes,
  configuration,
  done,
  elsewhere,
  faultOf,
  idAt,
  listAt,
  type Next,
  nameTaken,
  notUnderstood,
  ourBug,
  parseJson,
  permission,
  type Reading,
  refused,
  retry,
  retryAfter,
  type Scene,
  textAt,
  tooLarge,
  untilReset,
} from './answers.ts'
import type { HttpAnswer, Outcome } from './destination.ts'

const token =
  'check the four `credentials` (where the user has withdrawn the token, `tidemark connect` brings a new one) and the clock ' +
  'of this machine, since requests are dated'
const busy = retry('maybe', 'the fault is on the side of X and mostly passes; there is nothing to correct here')
const locked = retry('no', 'another change held a lock, which mostly passes; there is nothing to correct here')
const gone = audienceGone({ keepsNames: true })
const tooMuch = tooLarge('the request is too large: lower `request.max_bytes` of this destination')

/** Every code of X Ads reference 1.2 and 1.6, as it is meant where no users are sent. */
export const codes: Codes = {
  // 400: our parameters. Names and descriptions are the only ones a user writes.
  INVALID_PARAMETER: configuration('check the name and the description of the audience, and `account_id`'),
  MISSING_PARAMETER: ourBug,
  INVALID_USER: permission(
    'the user who granted the token is not known there any more; `tidemark connect` brings a new token',
  ),
  FEATURE_NOT_AVAILABLE: permission('ask X to enable custom audiences for this account'),
  REQUEST_TOO_COMPLEX: ourBug,
  // 401: the token, or a signature that does not fit.
  UNAUTHORIZED_ACCESS: permission(token),
  // 403: who asks. An unknown account is 403 as well, it cannot be told from one of somebody else (1.2).
  UNAUTHORIZED_CLIENT_APPLICATION: permission('the developer app needs approval for the Ads API and for audiences'),
  ACCOUNT_NOT_FOUND: permission(
    'check `account_id` (`tidemark accounts` lists those that the token can see), or let the owner of the account give this user access to it',
  ),
  READONLY_CLIENT_APPLICATION: permission(
    'give the developer app read and write permission, then make a new token with `tidemark connect`',
  ),
  ACTION_NOT_ALLOWED: permission('the user behind the token needs a role on this account that may edit audiences'),
  // 404: without an audience in the path only the account or the address can be meant.
  NOT_FOUND: configuration('check `account_id` and `base_url`'),
  ROUTE_NOT_FOUND: elsewhere,
  // The old noun is documented, today's is not (1.6): both.
  TAILORED_AUDIENCE_NOT_FOUND: gone,
  CUSTOM_AUDIENCE_NOT_FOUND: gone,
  // 405: a method we chose.
  METHOD_NOT_ALLOWED: ourBug,
  // 408: cancelled, perhaps after its effect.
  CANCELLED_REQUEST: busy,
  // 423: somebody else held the lock, so nothing was done.
  LOCK_ACQUISITION_TIMEOUT: locked,
  // 429: not let in.
  TOO_MANY_REQUESTS: retry('no', 'the rate limit is reached; wait, or lower `rate_limit` of this destination'),
  // 500, 503: anything may have happened.
  INTERNAL_ERROR: busy,
  SERVICE_UNAVAILABLE: busy,
  OVER_CAPACITY: busy,
}

/** As `codes`, where the path names an audience. */
export const audienceCodes: Codes = { ...codes, NOT_FOUND: gone }

/** As `codes`, where users are sent: what is invalid then are identifiers, and what is too complex can be halved. */
export const memberCodes: Codes = {
  ...audienceCodes,
  INVALID_PARAMETER: refused('some of the identifiers in the request are not accepted'),
  INVALID_USER: refused('some of the users in the request are not accepted'),
  REQUEST_TOO_COMPLEX: tooMuch,
}

/** What an HTTP status says by itself, where no code is given: the body may be no JSON at all (1.6). */
const statuses: Readonly<Record<number, Next>> = {
  401: permission(token),
  403: permission('check that the developer app and the user behind the token may edit audiences of this account'),
  404: elsewhere,
  405: ourBug,
  413: tooMuch,
  415: ourBug,
  423: locked,
}

interface XError {
  readonly code: string | undefined
  readonly said: string | undefined
  /** The error came from `operation_errors`: the request was read, and its content was refused. */
  readonly ofOperation: boolean
  readonly text: string
}

function errorsOf(json: unknown): readonly XError[] {
  const read = (ofOperation: boolean) => (error: unknown) => ({
    code: idAt(error, 'code'),
    said: textAt(error, 'message'),
    ofOperation,
    text: ['parameter', 'details', 'attribute', 'message'].map((key) => textAt(error, key) ?? '').join(' '),
  })
  // No sample of operation_errors is known (1.4): an array of arrays as in X's other batches, or one of objects, with
  // or without an array of errors in each.
  const ofOperations = listAt(json, 'operation_errors')
    .flatMap((entry) => (Array.isArray(entry) ? entry : (at(entry, 'errors') ?? entry)))
    .filter((entry) => typeof entry === 'object' && entry !== null)
  return [...listAt(json, 'errors').map(read(false)), ...ofOperations.map(read(true))]
}

/** Statuses that mean busy come first; then the code, if there is one; then the status alone (`http_401` in a table). */
function nextOf(status: number, errors: readonly XError[], table: Codes): Next {
  const [error] = errors
  if (status === 429) return table.TOO_MANY_REQUESTS ?? notUnderstood
  if (status === 408 || status >= 500) return busy
  if (status >= 300 && status < 400) return elsewhere
  // The code of a duplicate name is not published, its message is; names of deleted audiences stay taken (1.3).
  if (status === 400 && /already exists/i.test(error?.said ?? '')) {
    return nameTaken(
      'the name is taken, and X keeps the names of deleted audiences too: choose another `audience.name`, or set ' +
        '`audience.adopt: true` if that audience is to be taken over',
    )
  }
  if (error?.ofOperation) return table.INVALID_PARAMETER ?? notUnderstood
  if (error?.code !== undefined && Object.hasOwn(table, error.code)) return table[error.code] ?? notUnderstood
  // A code that no table knows stops, except where the status leaves no doubt that it is about who asks.
  if (error?.code !== undefined && status !== 401 && status !== 403) return notUnderstood
  const key = `http_${status}`
  return (Object.hasOwn(table, key) ? table[key] : statuses[status]) ?? notUnderstood
}

/** Reads an answer of X: `meaning` reads the body of a 2xx without errors, `table` says what to do after a code. */
export function reader<T>(scene: Scene, table: Codes, meaning: (json: unknown) => Reading<T>, rowCount = 0) {
  return (answer: HttpAnswer): Outcome<T> => {
    const json = parseJson(answer.body)
    const errors = errorsOf(json)
    // Not in the reference, but harmless if it is missing: X's support asks for it.
    const requestId = idAt(answer.headers, 'x-transaction-id')
    const good = answer.status >= 200 && answer.status < 300 && errors.length === 0
    const reading: Reading<T> = good
      ? meaning(json)
      : { instead: nextOf(answer.status, errors, table), code: errors[0]?.code ?? `http_${answer.status}` }
    if ('value' in reading) return done(reading.value, requestId)
    const told = { code: reading.code, said: errors[0]?.said, requestId, retryAfterMs: waitOf(answer) }
    return { ok: false, fault: faultOf(reading.instead, scene, { ...told, culpritRows: culpritsOf(errors, rowCount) }) }
  }
}

/** 429: until the reset of the account, else of the user, and no retry-after; 503: `retry-after` (1.6). */
function waitOf(answer: HttpAnswer): number | undefined {
  const { 'x-account-rate-limit-reset': ofAccount, 'x-rate-limit-reset': ofUser } = answer.headers
  if (answer.status === 429) return untilReset(answer, ofAccount) ?? untilReset(answer, ofUser) ?? retryAfter(answer)
  return retryAfter(answer)
}

/** The users an error names, as in `params.users[17].email`. An index of the operation says nothing: there is one. */
function culpritsOf(errors: readonly XError[], rowCount: number): readonly number[] | undefined {
  const named = errors.flatMap(({ text }) =>
    [...text.matchAll(/\busers(?:\[|\.)(\d{1,9})\b/g)].map((m) => Number(m[1])),
  )
  const rows = [...new Set(named)].filter((row) => row < rowCount).sort((a, b) => a - b)
  return rows.length === 0 ? undefined : rows
}
