import { describe, expect, test } from '@jest/globals'
import {
  at,
  audienceGone,
  configuration,
  done,
  faultOf,
  idAt,
  listAt,
  type Next,
  nameTaken,
  notUnderstood,
  ourBug,
  parseJson,
  permission,
  refused,
  retry,
  retryAfter,
  secret,
  textAt,
  untilReset,
} from '../../connector/destination/answers.ts'

const scene = { title: 'The Platform', doing: 'add members to audience 7', secrets: ['s3cret-token'] }
const answer = (headers: Readonly<Record<string, string>>) => ({ status: 429, headers, body: '' })

describe('a fault', () => {
  test('says what was asked, what the platform said and what to do', () => {
    expect(faultOf(refused('look at the rows'), scene, { code: 'BAD', said: 'no good' })).toEqual({
      next: 'refused',
      code: 'BAD',
      message: 'The Platform did not add members to audience 7 (code BAD, "no good"): look at the rows.',
      said: 'no good',
    })
  })

  test('of a platform that says nothing has a code only, and nothing that it has not', () => {
    const fault = faultOf(refused('look'), scene, { code: 'BAD' })
    expect(fault.message).toBe('The Platform did not add members to audience 7 (code BAD): look.')
    expect(Object.keys(fault).sort()).toEqual(['code', 'message', 'next'])
  })

  test('names the request and the rows to blame, where they are known', () => {
    expect(faultOf(refused('look'), scene, { code: 'BAD', requestId: 'rq-1', culpritRows: [3] })).toMatchObject({
      requestId: 'rq-1',
      culpritRows: [3],
    })
  })

  test('that may pass waits as long as the answer says, else as long as its code says, else as long as anything', () => {
    const wait = (own?: number, told?: number) =>
      faultOf(retry('no', 'wait', own), scene, { code: 'BUSY', retryAfterMs: told })
    expect(wait(1000, 5)).toMatchObject({ next: 'retry', applied: 'no', retryAfterMs: 5 })
    expect(wait(1000)).toMatchObject({ retryAfterMs: 1000 })
    expect(Object.keys(wait())).not.toContain('retryAfterMs')
    expect(Object.keys(retry('no', 'wait'))).not.toContain('retryAfterMs')
  })

  test('that stops says who has to act', () => {
    const stopOf = (next: Next) => faultOf(next, scene, { code: 'NO' })
    expect(stopOf(permission('ask'))).toMatchObject({ next: 'stop', exit: 77, reason: 'permission' })
    expect(stopOf(nameTaken('choose'))).toMatchObject({ next: 'stop', exit: 78, reason: 'name_taken' })
    expect(stopOf(audienceGone())).toMatchObject({ next: 'stop', exit: 78, reason: 'audience_gone' })
    for (const next of [notUnderstood, ourBug])
      expect(stopOf(next)).toMatchObject({ next: 'stop', exit: 76, reason: 'not_understood' })
    expect(faultOf(configuration('correct it'), scene, { code: 'NO' })).toMatchObject({
      next: 'stop',
      exit: 78,
      reason: 'configuration',
    })
  })
})

test('success has the id of its request where there is one', () => {
  expect(done(7, 'rq')).toEqual({ ok: true, value: 7, requestId: 'rq' })
  expect(Object.keys(done(7, undefined))).toEqual(['ok', 'value'])
})

describe('an answer in JSON', () => {
  test('keeps the digits of ids that are too long for a number', () => {
    expect(parseJson('{"id":7000000000000000001,"n":12,"share":0.5,"t":"1"}')).toEqual({
      id: '7000000000000000001',
      n: 12,
      share: 0.5,
      t: '1',
    })
  })

  test('is nothing where it is none', () => expect(parseJson('<html>')).toBeUndefined())

  test('is read along a path of its own keys', () => {
    const tree = { a: [{ b: 'x' }], n: 7, none: null }
    expect(at(tree, 'a', 0, 'b')).toBe('x')
    expect([at(tree, 'a', 1), at(tree, 'none', 'b'), at(tree, 'n', 'b'), at(tree, 'toString')]).toEqual(
      Array(4).fill(undefined),
    )
    expect([textAt(tree, 'a', 0, 'b'), textAt(tree, 'n')]).toEqual(['x', undefined])
    expect([listAt(tree, 'a'), listAt(tree, 'n')]).toEqual([[{ b: 'x' }], []])
  })

  test('has ids of so many plain characters', () => {
    const ids = [7, 'a.b:c-d_1', 'x'.repeat(64), 'x'.repeat(65), '', 'a b', 'a/b', true, { toString: () => 'a' }]
    expect(ids.map((id) => idAt({ id }, 'id'))).toEqual(['7', 'a.b:c-d_1', 'x'.repeat(64), ...Array(6).fill(undefined)])
  })
})

describe('how long to wait', () => {
  const date = 'Thu, 01 Jan 2026 00:00:00 GMT'
  const at2026 = Date.parse(date) / 1000
  test('until a time that the platform gives, by its own clock', () => {
    expect(untilReset(answer({ date }), String(at2026 + 90))).toBe(90_000)
    expect(untilReset(answer({ date }), String(at2026 - 90))).toBe(0)
  })
  test.each([undefined, '', 'soon', '12x', 'x12', '1234567890123', '-5'])('unless it is none: %j', (seconds) => {
    expect(untilReset(answer({ date }), seconds)).toBeUndefined()
  })
  test('unless its clock is not known', () => expect(untilReset(answer({}), String(at2026))).toBeUndefined())

  test.each<[string | undefined, number | undefined]>([
    ['7', 7000],
    ['120', 120_000],
    ['Thu, 01 Jan 2026 00:01:30 GMT', 90_000],
    ['soon', undefined],
    ['7 seconds', undefined],
    ['x7', undefined],
    [undefined, undefined],
  ])('retry-after: %j is %j', (header, ms) => {
    expect(retryAfter(answer({ date, ...(header === undefined ? {} : { 'retry-after': header }) }))).toBe(ms)
  })
})

test('a credential is visible ASCII, all of it', () => {
  const valid = ['a', '!~', 'a b', ' a', 'a\n', '', 'ä', 7].map((value) => secret.safeParse(value).success)
  expect(valid).toEqual([true, true, ...Array(6).fill(false)])
})
