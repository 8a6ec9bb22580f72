import type { Account } from '../../connector/destination/destination.ts'
import { type AnswerCase, directory, gone, inspect, notUnderstood, permission, refused, retryMaybe } from './cases.ts'
import { answered, create, error, find, sending, update } from './x-ads-calls.cases.ts'

const counts = (success: unknown, total: unknown) => ({
  request: { params: { account_id: '18ce54d4x5t', custom_audience_id: '1nmth' } },
  data: { success_count: success, total_count: total },
})
const itemError = { code: 'INVALID_PARAMETER', message: 'Expected a SHA-256 hash', parameter: 'email' }
const sends: readonly AnswerCase[] = [
  sending('both counts equal the users sent', answered(200, counts(2, 2), { 'x-transaction-id': '9f8e7d' }), {
    value: undefined,
    requestId: '9f8e7d',
  }),
  sending('one user too few', answered(200, counts(1, 2)), { ...retryMaybe, code: 'count_mismatch' }),
  sending('a total too small', answered(200, counts(1, 1)), { ...retryMaybe, code: 'count_mismatch' }),
  sending('counts of somebody else', answered(200, counts(3, 3)), { ...notUnderstood, code: 'unexpected_answer' }),
  sending('counts as text', answered(200, counts('2', '2')), notUnderstood),
  sending('no counts', answered(200, { data: {} }), notUnderstood),
  sending('200 and an HTML page', answered(200, '<html>Welcome</html>'), {
    ...notUnderstood,
    code: 'unexpected_answer',
  }),
  sending('200 with errors', answered(200, { ...counts(2, 2), ...error('INVALID_PARAMETER') }), refused),
  sending('operation_errors as an array of arrays', answered(400, { operation_errors: [[itemError]] }), {
    ...refused,
    code: 'INVALID_PARAMETER',
  }),
  sending(
    'operation_errors as an array of objects',
    answered(400, { operation_errors: [{ index: 0, ...itemError }] }),
    {
      ...refused,
      code: 'INVALID_PARAMETER',
    },
  ),
  sending(
    'operation_errors with errors in each object, beside an error of the request',
    answered(400, { ...error('INVALID_PARAMETER'), operation_errors: [{ index: 0, errors: [itemError] }] }),
    refused,
  ),
  sending('an operation refused with a code of its own', answered(400, { operation_errors: [[{ code: 'HASH' }]] }), {
    ...refused,
    code: 'HASH',
  }),
  sending(
    'an error that names its users, one of them beyond those sent',
    answered(400, {
      operation_errors: [
        [
          { ...itemError, parameter: 'params.users[1].email[0]' },
          { ...itemError, parameter: 'users[7]' },
          { ...itemError, parameter: 'params.users.1.phone_number' },
        ],
      ],
    }),
    { ...refused, culpritRows: [1] },
  ),
]

const object = { id: '1nmth', name: 'High value', created_at: '2026-08-22T10:00:00Z', deleted: false }
const audienceAnswers: readonly AnswerCase[] = [
  {
    what: 'created',
    call: create,
    answer: answered(200, { data: object }),
    expected: { value: { audienceId: '1nmth' } },
  },
  {
    what: 'created, 201',
    call: create,
    answer: answered(201, { data: object }),
    expected: { value: { audienceId: '1nmth' } },
  },
  { what: 'created without an id', call: create, answer: answered(200, { data: {} }), expected: notUnderstood },
  {
    what: 'an id that is a path',
    call: create,
    answer: answered(200, { data: { id: '../x' } }),
    expected: notUnderstood,
  },
  {
    what: 'a name that is taken',
    call: create,
    answer: answered(400, error('INVALID_PARAMETER', 'Entity already exists CustomAudience')),
    expected: { next: 'stop', exit: 78, reason: 'name_taken' },
  },
  {
    what: 'a new name that is taken, with an unknown code',
    call: update,
    answer: answered(400, error('DUPLICATE', 'Entity already exists CustomAudience')),
    expected: { next: 'stop', exit: 78, reason: 'name_taken', code: 'DUPLICATE' },
  },
  { what: 'updated', call: update, answer: answered(200, { data: object }), expected: { value: undefined } },
  {
    what: 'updated something else',
    call: update,
    answer: answered(200, { data: { ...object, id: '2abc' } }),
    expected: notUnderstood,
  },
  {
    what: 'found: the exact name only, none that was deleted',
    call: find,
    answer: answered(200, {
      data: [
        object,
        { ...object, id: '2', name: 'high value' },
        { ...object, id: '3', name: 'High value 2' },
        { ...object, id: '4', deleted: true },
        { ...object, id: '5', created_at: 'yesterday' },
      ],
      next_cursor: null,
    }),
    expected: {
      value: {
        matches: [
          { audienceId: '1nmth', createdAt: new Date('2026-08-22T10:00:00Z') },
          { audienceId: '5', createdAt: null },
        ],
      },
    },
  },
  {
    what: 'found nothing on this page',
    call: find,
    answer: answered(200, { data: [], next_cursor: '8x7v00oow' }),
    expected: { value: { matches: [], nextCursor: '8x7v00oow' } },
  },
  { what: 'found no list', call: find, answer: answered(200, {}), expected: notUnderstood },
]

const list = (account: Account) => directory(account).list()
const facts = (account: Account) => directory(account).facts(['18ce54d4x5t'])
const accessed = (permissions: unknown) => answered(200, { data: { user_id: '7', permissions } })
const accountAnswers: readonly AnswerCase[] = [
  {
    what: 'listed: accounts with what X says of them, none that was deleted',
    call: list,
    answer: answered(200, {
      data: [
        { id: '18ce54d4x5t', name: 'Shop', approval_status: 'ACCEPTED', deleted: false },
        { id: '2', name: 'Gone', approval_status: 'ACCEPTED', deleted: true },
        { id: '3', name: null },
        { id: '../users' },
      ],
      next_cursor: '8x7v00oow',
    }),
    expected: {
      value: {
        accounts: [{ accountId: '18ce54d4x5t', name: 'Shop', status: 'ACCEPTED' }, { accountId: '3' }],
        nextCursor: '8x7v00oow',
      },
    },
  },
  { what: 'listed no list', call: list, answer: answered(200, { data: {} }), expected: notUnderstood },
  {
    what: 'a user who may edit',
    call: facts,
    answer: accessed(['ANALYST', 'AD_MANAGER']),
    expected: { value: [{ accountId: '18ce54d4x5t', permissions: ['ANALYST', 'AD_MANAGER'], mayEdit: true }] },
  },
  {
    what: 'a user who may only look',
    call: facts,
    answer: accessed(['CAMPAIGN_ANALYST', 7]),
    expected: { value: [{ accountId: '18ce54d4x5t', permissions: ['CAMPAIGN_ANALYST'], mayEdit: false }] },
  },
  { what: 'no permissions said', call: facts, answer: accessed(undefined), expected: notUnderstood },
  {
    what: 'permissions of an account that is not theirs',
    call: facts,
    answer: answered(403, error('ACCOUNT_NOT_FOUND')),
    expected: { ...permission, code: 'ACCOUNT_NOT_FOUND' },
  },
]

const size = (account: Account) => inspect(account, '1nmth')
const sized = (audience_size: unknown, reasons_not_targetable: unknown, id = '1nmth') =>
  answered(200, { data: { id, audience_size, reasons_not_targetable } })
const working = 'X is working on changes, which takes 6 to 8 hours'
const tooSmall =
  'X has matched fewer than 100 users who were active in the last 90 days, so no ad can use it yet; right after an upload that is normal'
const sizeAnswers: readonly AnswerCase[] = [
  { what: 'sized', call: size, answer: sized(4711, []), expected: { value: { size: 4711, notes: [] } } },
  {
    what: 'not counted yet',
    call: size,
    answer: sized(null, ['PROCESSING', 'TOO_SMALL']),
    expected: { value: { size: null, notes: [working, tooSmall] } },
  },
  {
    what: 'a reason that nobody knows, and one that is none',
    call: size,
    answer: sized(7, ['UNDER_REVIEW', 'a "b"', 7]),
    expected: {
      value: { size: 7, notes: ['no ad can use it yet (UNDER_REVIEW)', 'no ad can use it yet (X says no reason)'] },
    },
  },
  { what: 'the size of another audience', call: size, answer: sized(7, [], '2'), expected: notUnderstood },
  { what: 'a size that is no count', call: size, answer: sized('7', []), expected: notUnderstood },
  {
    what: 'the size of an audience that is gone',
    call: size,
    answer: answered(404, error('CUSTOM_AUDIENCE_NOT_FOUND')),
    expected: gone,
  },
]

export const xAdsAnswers: readonly AnswerCase[] = [...sends, ...audienceAnswers, ...accountAnswers, ...sizeAnswers]
