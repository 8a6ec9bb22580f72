// What the tables of X Ads share: calls to ask, and answers to give.
import type { Account, Call, HttpAnswer } from '../../connector/destination/destination.ts'
import { type AnswerCase, type Expected, emailDigest, phoneDigest } from './cases.ts'

export const create = (account: Account) => account.createAudience({ name: 'High value', description: null })
export const find = (account: Account) => account.findAudience('High value')
export const update = (account: Account): Call<unknown> => {
  if (account.updateAudience === undefined) throw new Error('X audiences can be renamed')
  return account.updateAudience('1nmth', { name: 'High value', description: null })
}
export const rows = `{"email":["${emailDigest}"]},{"email":["${emailDigest}"],"phone_number":["${phoneDigest}"]}`
export const batch = { audienceId: '1nmth', types: ['email', 'phone_number'], rows, rowCount: 2 }
export const add = (account: Account) => account.send({ op: 'add', ...batch })
export const remove = (account: Account) => account.send({ op: 'remove', ...batch })

export const answered = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})
export const error = (code: string, message = 'Something is wrong') => ({
  errors: [{ code, message }],
  request: { params: {} },
})
export const sending = (what: string, answer: HttpAnswer, expected: Expected): AnswerCase => ({
  what,
  call: add,
  answer,
  expected,
})
