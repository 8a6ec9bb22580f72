import { describe, expect, test } from '@jest/globals'
import { destinations } from '../../connector/destination/registry.ts'
import { notUnderstood } from './cases.ts'
import { tables as all } from './tables.ts'

test('every destination is asked', () => expect(all).toHaveLength(Object.keys(destinations).length))

describe.each(all.map((cases) => [cases.destination.type, cases] as const))('%s', (_type, cases) => {
  const account = cases.destination.account(cases.settings)
  const create = account.createAudience({ name: 'a', description: null })
  const add = account.send({ op: 'add', audienceId: '1', types: [], rows: '', rowCount: 2 })
  const answer = (body: string, status = 200) => ({ status, headers: {}, body })
  const made = (id: string) => create.read(answer(cases.created(id)))

  test.each(
    [
      '".."',
      '"."',
      '"../../12345"',
      '"%2e%2e"',
      `"1'; drop table customers; --"`,
      '"a\\"b"',
      '"a\\nb"',
      '"a\\u0000b"',
      '"a\\u202eb"',
      '""',
      `"${'a'.repeat(65)}"`,
      `"${'x'.repeat(10_000)}"`,
      '1.5',
      '-1',
      '1e400',
      '1e30',
      'true',
      'null',
      '{}',
      '["1nmth"]',
    ].map((id) => [id.slice(0, 40), id]),
  )('an audience id must look like one, %s does not', (_shown, id) => {
    const outcome = made(id)
    expect(outcome).toMatchObject({ ok: false, fault: { ...notUnderstood, code: 'unexpected_answer' } })
    expect(JSON.stringify(outcome)).not.toMatch(/drop table|x{65}/)
  })

  test.each([
    ['"1nmth"', '1nmth'],
    ['"7000000000000000001"', '7000000000000000001'],
    ['7000000', '7000000'],
    // JavaScript would round it.
    ['12345678901234567891', '12345678901234567891'],
  ])('%s is an audience id', (text, audienceId) => {
    expect(made(text)).toMatchObject({ value: { audienceId } })
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])(
    'a code that every object has, %s, is one that nobody knows',
    (code) => {
      const success = '{"code":0,"data":{"id":"1","audience_id":"1"}}'
      for (const body of [`{"errors":[{"code":"${code}"}],"code":"${code}"}`, `{"${code}":${success}}`]) {
        for (const status of cases.codeDecidesAt)
          expect(create.read(answer(body, status))).toMatchObject({ ok: false, fault: notUnderstood })
      }
    },
  )

  test.each(['9007199254740993', '1e400', '-1e400', 'NaN', '"2"', '[2]', 'true'])(
    'a count or number of pages that is none, %s, is not understood',
    (number) => {
      const counts = `{"data":{"success_count":${number},"total_count":${number}},"code":1${number}}`
      expect(add.read(answer(counts))).toMatchObject({ ok: false, fault: { next: 'stop', exit: 76 } })
      const page = `{"data":{"list":[],"page_info":{"total_page":${number}}},"code":0,"next_cursor":[${number}]}`
      expect(account.findAudience('a').read(answer(page))).toMatchObject({ ok: false, fault: notUnderstood })
    },
  )

  test('a cursor that fits into no address is not understood', () => {
    for (const cursor of ['"\\ud800"', `"${'c'.repeat(100_000)}"`, '7', '{}']) {
      const page = `{"data":[],"code":1,"next_cursor":${cursor}}`
      expect(account.findAudience('a').read(answer(page))).toMatchObject({ ok: false, fault: notUnderstood })
    }
  })

  test('nesting that no stack holds, half characters and byte order marks are not understood', () => {
    const deep = ['['.repeat(100_000), `${'{"data":['.repeat(50_000)}${']}'.repeat(50_000)}`, '[{"a":'.repeat(150_000)]
    for (const body of [...deep, '\ufeff{"code":0}', '\ufffd{"code":0}', '{"code":0,"message":"\\ud800"']) {
      for (const call of [create, add, account.findAudience('a')])
        expect(call.read(answer(body))).toMatchObject({ ok: false, fault: notUnderstood })
    }
    for (const status of [400, 403])
      expect(create.read(answer('{"message":"\\ud800","errors":[{"message":"\\ud800"}]}', status)).ok).toBe(false)
  })
})
