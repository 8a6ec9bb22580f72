import type { Account, Call, HttpAnswer } from '../../connector/destination/destination.ts'
import {
  type AnswerCase,
  configuration,
  directory,
  type Expected,
  emailDigest,
  gone,
  inspect,
  notUnderstood,
  permission,
  phoneDigest,
  refused,
  retryMaybe,
  retryNo,
  tooLarge,
} from './cases.ts'

const rowsOf = (digest: string) => `[{"id":"${digest}","audience_ids":["7012345678901234567"]}]`

export const create = (account: Account) => account.createAudience({ name: 'High value', description: 'not sent' })
export const find = (account: Account) => account.findAudience('High value')
export const add = (account: Account) =>
  account.send({
    op: 'add',
    audienceId: '7012345678901234567',
    types: ['EMAIL_SHA256'],
    rows: `${rowsOf(emailDigest)},${rowsOf(phoneDigest)}`,
    rowCount: 2,
  })
export const remove = (account: Account) =>
  account.send({
    op: 'remove',
    audienceId: '7012345678901234567',
    types: ['PHONE_SHA256'],
    rows: rowsOf(phoneDigest),
    rowCount: 1,
  })

const list = (account: Account) => directory(account).list()
const facts = (account: Account) => directory(account).facts(['1'])
const size = (account: Account) => inspect(account, '7012345678901234567')
const sized = (details: object) =>
  answered(200, envelope(0, { list: [{ audience_details: { audience_id: '7012345678901234567', ...details } }] }))
const counting = 'TikTok shows no size: it counts for 24 to 48 hours after a change, and needs 1,000 matched people'

const answered = (status: number, body: unknown): HttpAnswer => ({
  status,
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
const envelope = (code: unknown, data: unknown = {}, message = 'Some words') => ({
  code,
  message,
  request_id: '20260822100000ABC',
  data,
})
const returned = (code: number, call: (account: Account) => Call<unknown>, expected: Expected): AnswerCase => ({
  what: `code ${code} to ${call.name} -> ${'next' in expected ? expected.next : 'value'}`,
  call,
  answer: answered(200, envelope(code)),
  expected: { code: String(code), ...expected },
})
/** Answers without a `date`: until 00:00 UTC may be a day. */
const throttled = { ...retryNo, waitsMs: [1000, 300_000, 86_400_000] }
const every = (numbers: readonly number[], expected: Expected): readonly AnswerCase[] =>
  numbers.map((code) => returned(code, add, expected))

/** Every code of 2.1, with the column "action". All arrive with HTTP 200. */
const codes: readonly AnswerCase[] = [
  {
    what: 'code 0',
    call: add,
    answer: answered(200, envelope(0)),
    expected: { value: undefined, requestId: '20260822100000ABC' },
  },
  ...[add, remove, create, find].map((call) => returned(20001, call, retryMaybe)),
  ...every([40000, 40002], refused),
  returned(40000, create, configuration),
  returned(40002, find, configuration),
  returned(40001, add, permission),
  ...every([40006, 40051, 40010, 40400, 40008, 40009, 40014], configuration),
  returned(40007, remove, gone),
  returned(40007, create, configuration),
  ...every([40011, 40061], tooLarge),
  ...every([40016, 40100, 40132, 40133, 61000], throttled),
  {
    what: 'code 40100 at 23:00 UTC: the limit of the day ends in an hour',
    call: add,
    answer: { ...answered(200, envelope(40100)), headers: { date: 'Thu, 26 Nov 2026 23:00:00 GMT' } },
    expected: { ...retryNo, code: '40100', waitsMs: [1000, 300_000, 3_600_000] },
  },
  returned(40050, add, retryMaybe),
  returned(40062, add, notUnderstood),
  ...every([40101, 40110, 40115], permission),
  ...every([40102, 40104, 40105, 40106, 40113, 40119, 40125], permission),
  returned(40118, create, permission),
  returned(40200, add, notUnderstood),
  ...every([40201, 40202], retryNo),
  returned(40300, create, configuration),
  returned(40301, create, permission),
  ...every([40900, 40905, 40906, 40907, 40908, 40909, 40910, 40914, 40915], notUnderstood),
  ...every([50000, 50002, 51003, 51010, 51063, 51999], retryMaybe),
  returned(60001, add, retryNo),
  returned(49999, add, notUnderstood),
  returned(200, add, notUnderstood),
]

const to = (
  call: (account: Account) => Call<unknown>,
  what: string,
  answer: HttpAnswer,
  expected: Expected,
): AnswerCase => ({ what, call, answer, expected })
const answers: readonly AnswerCase[] = [
  to(add, 'an audience in work', answered(200, envelope(40002, {}, 'The audience is not editable')), retryNo),
  to(add, 'the same by its other code', answered(200, envelope(40000, {}, 'The audience is not editable')), retryNo),
  to(add, 'an audience being counted', answered(200, envelope(40000, {}, 'Audience is in process')), retryNo),
  to(add, 'an audience in the making', answered(200, envelope(40002, {}, 'unfinished audience')), retryNo),
  to(add, 'a type it does not know', answered(200, envelope(40002, {}, 'id_schema: An id type is not supported.')), {
    ...refused,
    code: '40002',
    unknownType: true,
  }),
  to(
    add,
    'parameters of another kind',
    answered(200, envelope(40002, {}, 'Content-Type: must be application/json.')),
    refused,
  ),
  to(add, 'the code 0 as text is not the code 0', answered(200, envelope('0')), notUnderstood),
  to(add, 'code 0 without HTTP 200', answered(202, envelope(0)), notUnderstood),
  to(add, 'HTTP 200 and an HTML page', answered(200, '<html>Welcome</html>'), { ...notUnderstood, code: 'http_200' }),
  to(add, 'HTTP 200 and nothing', answered(200, ''), notUnderstood),
  to(add, 'HTTP 301', answered(301, ''), { ...configuration, code: 'http_301' }),
  to(add, 'HTTP 401 with a code', answered(401, envelope(40105)), { ...permission, code: '40105' }),
  to(add, 'HTTP 403', answered(403, ''), permission),
  to(add, 'HTTP 404, as without the slash', answered(404, '404 page not found'), configuration),
  to(add, 'HTTP 408', answered(408, ''), retryMaybe),
  to(add, 'HTTP 413', answered(413, ''), tooLarge),
  to(add, 'HTTP 418', answered(418, ''), notUnderstood),
  to(add, 'HTTP 429', answered(429, ''), throttled),
  to(add, 'HTTP 500', answered(500, ''), retryMaybe),
  to(add, 'HTTP 502 around a code 0', answered(502, envelope(0)), retryMaybe),
  to(create, 'created', answered(200, envelope(0, { audience_id: '7012345678901234567' })), {
    value: { audienceId: '7012345678901234567' },
  }),
  // The sample of the reference shows numbers; this one is beyond what JavaScript can count.
  to(create, 'created, the id a number', answered(200, '{"code":0,"data":{"audience_id":7012345678901234567}}'), {
    value: { audienceId: '7012345678901234567' },
  }),
  to(create, 'created without an id', answered(200, envelope(0)), { ...notUnderstood, code: 'unexpected_answer' }),
  to(
    find,
    'found: the exact name and type only',
    answered(
      200,
      envelope(0, {
        list: [
          { audience_id: '1', name: 'High value', audience_type: 'Partner', create_time: '2026-08-22 10:00:00' },
          { audience_id: '2', name: 'High value', audience_type: 'Customer File', create_time: '2026-08-22 10:00:00' },
          { audience_id: '3', name: 'High value 2', audience_type: 'Partner', create_time: '2026-08-22 10:00:00' },
          { audience_id: '4', name: 'High value', audience_type: 'Partner', create_time: '' },
        ],
        page_info: { page: 1, page_size: 100, total_number: 104, total_page: 2 },
      }),
    ),
    {
      value: {
        matches: [
          { audienceId: '1', createdAt: new Date('2026-08-22T10:00:00Z') },
          { audienceId: '4', createdAt: null },
        ],
        nextCursor: '2',
      },
    },
  ),
  to(find, 'found nothing', answered(200, envelope(0, { list: [], page_info: { page: 1, total_page: 0 } })), {
    value: { matches: [] },
  }),
  to(
    find,
    'found one of the name without an id, which is not nobody',
    answered(200, envelope(0, { list: [{ name: 'High value' }], page_info: { page: 1, total_page: 1 } })),
    { ...notUnderstood, code: 'unexpected_answer' },
  ),
  to(
    find,
    'found another page than the one asked for',
    answered(200, envelope(0, { list: [], page_info: { page: 2, total_page: 2 } })),
    { ...notUnderstood, code: 'unexpected_answer' },
  ),
  to(find, 'found no list', answered(200, envelope(0)), notUnderstood),
  to(
    list,
    'listed',
    answered(
      200,
      envelope(0, {
        list: [
          { advertiser_id: '7000000000000000001', advertiser_name: 'Shop' },
          { advertiser_id: 12, advertiser_name: 7 },
          { advertiser_name: 'Nobody' },
        ],
      }),
    ),
    { value: { accounts: [{ accountId: '7000000000000000001', name: 'Shop' }, { accountId: '12' }] } },
  ),
  to(list, 'listed no list', answered(200, envelope(0, { list: {} })), notUnderstood),
  to(list, 'listed with the wrong app', answered(200, envelope(40115)), { ...permission, code: '40115' }),
  to(
    facts,
    'described',
    answered(200, envelope(0, { list: [{ advertiser_id: '1', name: 'Shop', status: 'STATUS_ENABLE' }] })),
    { value: [{ accountId: '1', name: 'Shop', status: 'STATUS_ENABLE' }] },
  ),
  to(facts, 'described nothing', answered(200, envelope(0)), notUnderstood),
  to(size, 'sized', sized({ cover_num: 4711, is_valid: true, is_expiring: false }), {
    value: { size: 4711, notes: [] },
  }),
  to(size, 'not counted, or too small', sized({ cover_num: 0, is_valid: false }), {
    value: { size: null, notes: [counting] },
  }),
  to(size, 'expires', sized({ cover_num: 4711, is_expiring: true }), {
    value: { size: 4711, notes: ['it expires within 60 days unless an ad uses it'] },
  }),
  to(size, 'counted, and not valid', sized({ cover_num: 900, is_valid: false }), {
    value: {
      size: 900,
      notes: ['no ad can use it yet: TikTok needs 1,000 matched people, and 24 to 48 hours after a change'],
    },
  }),
  to(size, 'the size of another audience', sized({ audience_id: '2', cover_num: 1 }), notUnderstood),
  to(size, 'a size that is no count', sized({ cover_num: '12' }), notUnderstood),
  to(size, 'the size of an audience that is gone', answered(200, envelope(40007)), gone),
]

export const tiktokAdsAnswers: readonly AnswerCase[] = [...codes, ...answers]
