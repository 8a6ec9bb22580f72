import type { Account, Call } from '../../connector/destination/destination.ts'
import {
  type AnswerCase,
  configuration,
  type Expected,
  gone,
  notUnderstood,
  permission,
  refused,
  retryMaybe,
  retryNo,
  tooLarge,
} from './cases.ts'
import { add, answered, create, error, find, remove, sending, update } from './x-ads-calls.cases.ts'

const refusal = (
  status: number,
  code: string,
  call: (account: Account) => Call<unknown>,
  expected: Expected,
): AnswerCase => ({
  what: `${status} ${code} to ${call.name} -> ${'next' in expected ? expected.next : 'value'}`,
  call,
  answer: answered(status, error(code)),
  expected: { code, ...expected },
})

/** Every code of 1.2 and 1.6, to the calls where it means something of its own. */
const codes: readonly AnswerCase[] = [
  refusal(400, 'INVALID_PARAMETER', add, refused),
  refusal(400, 'INVALID_PARAMETER', create, configuration),
  refusal(400, 'MISSING_PARAMETER', add, notUnderstood),
  refusal(400, 'INVALID_USER', remove, refused),
  refusal(400, 'INVALID_USER', find, permission),
  refusal(400, 'FEATURE_NOT_AVAILABLE', create, permission),
  refusal(400, 'REQUEST_TOO_COMPLEX', add, tooLarge),
  refusal(400, 'REQUEST_TOO_COMPLEX', find, notUnderstood),
  refusal(401, 'UNAUTHORIZED_ACCESS', add, permission),
  refusal(403, 'UNAUTHORIZED_CLIENT_APPLICATION', add, permission),
  refusal(403, 'ACCOUNT_NOT_FOUND', create, permission),
  refusal(403, 'READONLY_CLIENT_APPLICATION', add, permission),
  refusal(403, 'ACTION_NOT_ALLOWED', update, permission),
  refusal(404, 'NOT_FOUND', add, gone),
  refusal(404, 'NOT_FOUND', update, gone),
  refusal(404, 'NOT_FOUND', create, configuration),
  refusal(404, 'ROUTE_NOT_FOUND', add, configuration),
  refusal(404, 'TAILORED_AUDIENCE_NOT_FOUND', add, gone),
  refusal(404, 'CUSTOM_AUDIENCE_NOT_FOUND', remove, gone),
  refusal(405, 'METHOD_NOT_ALLOWED', add, notUnderstood),
  refusal(408, 'CANCELLED_REQUEST', add, retryMaybe),
  refusal(423, 'LOCK_ACQUISITION_TIMEOUT', add, retryNo),
  refusal(429, 'TOO_MANY_REQUESTS', add, retryNo),
  refusal(500, 'INTERNAL_ERROR', add, retryMaybe),
  refusal(503, 'SERVICE_UNAVAILABLE', add, retryMaybe),
  refusal(503, 'OVER_CAPACITY', create, retryMaybe),
  refusal(400, 'SOMETHING_NEW', add, notUnderstood),
  refusal(401, 'SOMETHING_NEW', add, permission),
  refusal(504, 'SOMETHING_NEW', add, retryMaybe),
]

const bare = (status: number, expected: Expected, body = '<html>no</html>'): AnswerCase => ({
  what: `${status} without JSON -> ${'next' in expected ? expected.next : 'value'}`,
  call: add,
  answer: answered(status, body),
  expected: { code: `http_${status}`, ...expected },
})
const statuses: readonly AnswerCase[] = [
  bare(302, configuration),
  bare(400, notUnderstood),
  bare(401, permission),
  bare(403, permission),
  bare(404, configuration),
  bare(408, retryMaybe),
  bare(413, tooLarge),
  bare(415, notUnderstood),
  bare(418, notUnderstood),
  bare(423, retryNo),
  bare(429, retryNo, ''),
  bare(500, retryMaybe),
  bare(502, retryMaybe),
  bare(504, retryMaybe),
]

const date = 'Fri, 14 Oct 2011 20:09:18 GMT'
const waits: readonly AnswerCase[] = [
  sending(
    '429 waits for the reset of the account, before that of the user',
    answered(429, error('TOO_MANY_REQUESTS'), {
      date,
      'x-account-rate-limit-reset': '1318622988',
      'x-rate-limit-reset': '1318623858',
    }),
    { ...retryNo, retryAfterMs: 30_000 },
  ),
  sending(
    '429 waits for the reset of the user if that is all there is',
    answered(429, '', { date, 'x-rate-limit-reset': '1318622960' }),
    { ...retryNo, retryAfterMs: 2000 },
  ),
  sending('429 with a reset that has passed', answered(429, '', { date, 'x-rate-limit-reset': '1318622000' }), {
    ...retryNo,
    retryAfterMs: 0,
  }),
  sending('429 with a reset, but no date', answered(429, '', { 'x-rate-limit-reset': '1318622960' }), retryNo),
  sending('503 with retry-after in seconds', answered(503, '', { 'retry-after': '7' }), {
    ...retryMaybe,
    retryAfterMs: 7000,
  }),
  sending(
    '503 with retry-after as a date',
    answered(503, '', { date, 'retry-after': 'Fri, 14 Oct 2011 20:10:18 GMT' }),
    { ...retryMaybe, retryAfterMs: 60_000 },
  ),
  // The older forms of a date that RFC 9110 asks to understand.
  ...['Friday, 14-Oct-11 20:10:18 GMT', 'Fri Oct 14 20:10:18 2011'].map((when) =>
    sending(`503 with retry-after ${when}`, answered(503, '', { date, 'retry-after': when }), {
      ...retryMaybe,
      retryAfterMs: 60_000,
    }),
  ),
  sending(
    '429 waits for the reset of the user where that of the account is none',
    answered(429, '', { date, 'x-account-rate-limit-reset': 'NaN', 'x-rate-limit-reset': '1318622960' }),
    { ...retryNo, retryAfterMs: 2000 },
  ),
  // Nobody waits for years, and a negative wait is none: then the own pauses count.
  ...['NaN', '-1318622960', '1318622960000', '1.5', '', '1618622960', '99999999999'].map((reset) =>
    sending(`429 with a reset of "${reset}"`, answered(429, '', { date, 'x-rate-limit-reset': reset }), retryNo),
  ),
  ...['-5', '1.5', '5s', 'NaN', '', 'soon', '86401', '999999999', '99999999999', 'Fri, 14 Oct 2061 20:10:18 GMT'].map(
    (wait) => sending(`503 with retry-after "${wait}"`, answered(503, '', { date, 'retry-after': wait }), retryMaybe),
  ),
]

export const xAdsCodes: readonly AnswerCase[] = [...codes, ...statuses, ...waits]
