import {
  at,
  audienceGone,
  type Codes,
  configuration,
  done,
  elsewhere,
  faultOf,
  idAt,
  type Next,
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
  untilMidnight,
} from './answers.ts'
import type { HttpAnswer, Outcome } from './destination.ts'

const connectAgain = permission(
  'the token is not valid there (any more): `tidemark connect` brings a new one, to be put into the environment',
)
const throttled = retry('no', 'the rate limit is reached; wait, or lower `rate_limit` of this destination')
/** A second, a minute, a day: how long each limit makes wait (2.2). No header and no code says which of them was met. */
const waitsOf = (answer: HttpAnswer): readonly number[] => [1000, 300_000, Math.max(300_000, untilMidnight(answer))]
const service = retry('maybe', 'the fault is on the side of TikTok and mostly passes; there is nothing to correct here')
/** The auth_code is cancelled, used or expired, or was given for another endpoint (TikTok, "Return codes"). */
const newCode = permission(
  'the auth_code was used, was cancelled or has expired: it is good for once and for one hour. Begin again with `tidemark connect`, and give the new one',
)
const wrongApp = permission('check `app_id` and `secret` of the developer app: they do not belong together')
const tooMany = tooLarge('the request is too large: lower `request.max_rows` of this destination')
const later = retry('no', 'the audience is busy with an earlier change, which passes; there is nothing to correct here')
const addressed = configuration('check `base_url`: the sandbox, for one, knows no audiences')
/** File audiences only, which Tidemark never uses. */
const ofFiles = { ...notUnderstood, advice: 'this answer belongs to file uploads, which were not asked for; report it' }

/** Every code of reference section 2.1, as it is meant where no ids are sent. 0 is success, and only 0. */
export const codes: Codes = {
  // Not seen on audience endpoints. Adding and removing twice is once, and what is made is not asked for twice.
  20001: retry(
    'maybe',
    'it did a part of it and does not say which, so all of it counts as not done and is sent again',
  ),
  // Bad parameters. A user writes the name and the account.
  40000: configuration('check the name of the audience and `advertiser_id`'),
  40002: configuration('check the name of the audience and `advertiser_id`'),
  // No permission.
  40001: permission(
    'the token may not manage audiences of this advertiser; connect again (`tidemark connect`) and grant audience access',
  ),
  // Version, host, route. 40008, 40009 and 40014 are how the sandbox says that it has no such endpoint (2.0).
  40006: addressed,
  40008: addressed,
  40009: addressed,
  40010: addressed,
  40014: addressed,
  40051: addressed,
  40400: addressed,
  // The object does not exist: without an audience in the request that is the advertiser.
  40007: configuration('check `advertiser_id`'),
  // Too many ids, invalid batch size: halves may pass.
  40011: tooMany,
  40061: tooMany,
  // Rate limits: app and endpoint, field value, advertiser.
  40016: throttled,
  40100: throttled,
  40132: throttled,
  40133: throttled,
  // A duplicate request is refused while the first one is on its way, so this one may have been done.
  40050: retry('maybe', 'the same request is still on its way, which passes; there is nothing to correct here'),
  // Not hashed: nothing but digests is ever sent.
  40062: ourBug,
  // Secret mismatch (or an auth_code, see `consentCodes`); auth_code bad or expired.
  40101: wrongApp,
  40110: newCode,
  40115: newCode,
  // Token expired, empty, invalid, of the wrong user.
  40102: connectAgain,
  40104: connectAgain,
  40105: connectAgain,
  40106: connectAgain,
  // App blocked, company mismatch, no permission.
  40113: permission(
    'the developer app is blocked or does not exist: look at it under My Apps of TikTok, and check `app_id` and `secret` where they are set',
  ),
  40119: permission(
    'the developer app and the advertiser belong to different companies; connect with the right one (`tidemark connect`)',
  ),
  40125: permission('the user behind the token has no permission here; let the owner of the advertiser grant it'),
  // Not allow-listed for streaming.
  40118: permission('ask your TikTok representative to allow-list the developer app for the Streaming API'),
  // Task error, not ready, write conflict.
  40200: notUnderstood,
  40201: later,
  40202: later,
  // Advertiser missing, mismatch.
  40300: configuration(
    'there is no such advertiser; check `advertiser_id` (`tidemark accounts` lists those of the token)',
  ),
  40301: permission(
    'the token was granted for other advertisers; check `advertiser_id` (`tidemark accounts` lists those of the token), or connect again',
  ),
  // File signature; file missing, empty, too large, type, calculate_type, expired, invalid.
  40900: ofFiles,
  40905: ofFiles,
  40906: ofFiles,
  40907: ofFiles,
  40908: ofFiles,
  40909: ofFiles,
  40910: ofFiles,
  40914: ofFiles,
  40915: ofFiles,
  // Service errors; all others of 51xxx as well, see `nextOf`.
  50000: service,
  50002: service,
  51003: service,
  51010: service,
  51063: service,
  // Maintenance: the door is shut. Too many requests.
  60001: retry('no', 'the platform is under maintenance, which passes; there is nothing to correct here'),
  61000: throttled,
}

const badAudience = configuration(
  'check the name of the audience and `advertiser_id`; an advertiser may also have as many custom audiences as TikTok allows (400): delete one there that no ad uses',
)
/** As `codes`, where an audience is made. */
export const creationCodes: Codes = { ...codes, 40000: badAudience, 40002: badAudience }

const badApp = configuration('check `app_id` and `secret` of the developer app')
/** As `codes`, where the developer app proves who it is. */
export const appCodes: Codes = { ...codes, 40000: badApp, 40002: badApp }

const badExchange = configuration('check `app_id` and `secret` of the developer app, and the auth_code')
/** As `codes`, where an auth_code is exchanged. */
export const consentCodes: Codes = {
  ...codes,
  40000: badExchange,
  40002: badExchange,
  40101: permission(
    '`app_id` and `secret` do not belong together, or the auth_code is not one of this developer app: check both, and begin again with `tidemark connect`, for an auth_code is good for once and for one hour',
  ),
}

const badIds = refused('some of the ids in the request are not accepted')

/** As `codes`, where an audience is named: what does not exist is the audience. */
export const audienceCodes: Codes = { ...codes, 40007: audienceGone() }

const badIdsOrRows = refused(
  'some of the ids in the request are not accepted; where all are refused, the platform may not take several types in one request: take `request.combined_rows` out',
)

/** As `audienceCodes`, where ids of so many types are sent: bad parameters are bad ids then. */
export const memberCodes = (types: number): Codes => {
  const bad = types > 1 ? badIdsOrRows : badIds
  return { ...audienceCodes, 40000: bad, 40002: bad }
}

/** What an HTTP status other than 200 says, where the body gives no code: it was not the API that answered. */
const statuses: Readonly<Record<number, Next>> = {
  401: connectAgain,
  403: permission('something on the way to the platform forbids it; check proxies and `base_url`'),
  404: elsewhere,
  405: ourBug,
  413: { ...tooMany, advice: 'the request is too large: lower `request.max_bytes` of this destination' },
  415: ourBug,
}

function nextOf(status: number, code: string | undefined, said: string, table: Codes): Next {
  if (status === 408 || status >= 500) return service
  if (status === 429) return throttled
  if (status >= 300 && status < 400) return elsewhere
  // Bad parameters are also said of an audience that is still being processed (2.1).
  if ((code === '40000' || code === '40002') && /not editable|process|unfinished/i.test(said)) return later
  const known = code !== undefined && Object.hasOwn(table, code) ? table[code] : undefined
  // In whatever words: no answer to an unknown type is published.
  if (known?.next === 'refused' && /id_schema|id type/i.test(said)) return { ...known, unknownType: true }
  if (known !== undefined) return known
  if (code !== undefined && /^51\d{3}$/.test(code)) return service
  if (status !== 200 && (code === undefined || code === '0')) return statuses[status] ?? notUnderstood
  return notUnderstood
}

/** Reads an answer: HTTP 200 and code 0, nothing else is success (2.0). `meaning` reads the body of a success. */
export function reader<T>(scene: Scene, table: Codes, meaning: (json: unknown) => Reading<T>) {
  return (answer: HttpAnswer): Outcome<T> => {
    const json = parseJson(answer.body)
    const requestId = idAt(json, 'request_id')
    const code = idAt(json, 'code')
    const said = textAt(json, 'message')
    const reading: Reading<T> =
      answer.status === 200 && at(json, 'code') === 0
        ? meaning(json)
        : { instead: nextOf(answer.status, code, said ?? '', table), code: code ?? `http_${answer.status}` }
    if ('value' in reading) return done(reading.value, requestId)
    const told = { code: reading.code, said, requestId, retryAfterMs: retryAfter(answer) }
    const instead = reading.instead === throttled ? { ...throttled, waitsMs: waitsOf(answer) } : reading.instead
    return { ok: false, fault: faultOf(instead, scene, told) }
  }
}
