import { describe, expect, test } from '@jest/globals'
import { type Destination, type Fault, fieldsByType, type RowLayout } from '../../connector/destination/destination.ts'
import { destinationOf, destinations } from '../../connector/destination/registry.ts'
import { attempt, type Cases, emailDigest, phoneDigest } from './cases.ts'
import { rowText } from './rows.ts'
import { tables as all } from './tables.ts'

test('every destination has its table of cases', () => {
  expect(all.map(({ destination }) => destination)).toEqual(Object.values(destinations))
  for (const [type, destination] of Object.entries(destinations)) expect(destination.type).toBe(type)
  expect(destinationOf('x_ads')).toBe(destinations.x_ads)
  expect(destinationOf('toString')).toBeUndefined()
})

const rowsOfEachKind = [
  ['rows as they are by default', { combinedRows: false }],
  ['combined rows', { combinedRows: true }],
] as const

describe.each(all.map((cases) => [cases.destination.type, cases] as const))('%s', (_type, cases) => {
  const { destination, settings } = cases

  test.each(cases.requests.map((c) => [c.what, c] as const))('request: %s', (_what, { call, baseUrl, expected }) => {
    const account = destination.account({ ...settings, baseUrl: baseUrl ?? settings.baseUrl })
    const { body, ...request } = call(account).request(attempt)
    expect({ ...request, ...(body === undefined ? {} : { body: body.join('') }) }).toEqual(expected)
  })

  test.each(cases.answers.map((c) => [c.what, c] as const))('answer: %s', (_what, { call, answer, expected }) => {
    const outcome = call(destination.account(settings)).read(answer)
    if ('value' in expected) {
      expect(outcome.ok ? { found: outcome.value } : outcome).toEqual({ found: expected.value })
      if (expected.requestId !== undefined) expect(outcome).toHaveProperty('requestId', expected.requestId)
    } else {
      expect(outcome.ok).toBe(false)
      if (outcome.ok) return
      const { message, requestId, said, ...fault } = outcome.fault
      if (said !== undefined) expect(message).toContain(`"${said}"`)
      expect(fault).toEqual({ code: fault.code, ...expected })
      expectSentence(outcome.fault, cases)
    }
  })

  test('every code the reference names has a case', () => {
    const covered = cases.answers.map(({ expected }) => expected.code)
    expect(cases.codes.filter((code) => !covered.includes(code))).toEqual([])
  })

  test('settings', () => {
    for (const good of cases.goodSettings) expect(destination.settings.safeParse(good).success).toBe(true)
    for (const [why, bad] of cases.badSettings) {
      expect([why, destination.settings.safeParse(bad).success]).toEqual([why, false])
    }
    expect(Object.keys(destination.settings.shape)).toEqual(
      expect.arrayContaining([destination.accountKey, 'credentials']),
    )
  })

  test('every field has a place in the layout', () => {
    const types = Object.keys(fieldsByType(destination))
    for (const [, request] of rowsOfEachKind)
      expect(Object.keys(destination.layout('1nmth', request).types)).toEqual(types)
    expect(new Set(types).size).toBe(types.length)
  })

  test.each(rowsOfEachKind)('%s are JSON, and their bytes are what SQL will reckon', (_what, request) => {
    const layout = destination.layout('70"1', request)
    const [first = '', second = ''] = Object.keys(layout.types)
    const members: readonly Readonly<Record<string, readonly string[]>>[] =
      layout.rowPer === 'member' && layout.blank === undefined
        ? [{ [first]: [emailDigest] }, { [first]: [emailDigest, phoneDigest], [second]: [phoneDigest] }]
        : Object.entries(layout.types).map(([type, { digits = 64 }]) => ({ [type]: ['0'.repeat(digits)] }))
    const rows = members.map((member) => rowText(layout, member))
    expect(JSON.parse(`[${rows.join(',')}]`)).toHaveLength(members.length)
    rows.forEach((row, i) => {
      expect(Buffer.byteLength(row)).toBe(bytesOf(layout, members[i] ?? {}))
    })
  })

  test.each(rowsOfEachKind)('%s: an envelope is never larger than the layout says', (_what, request) => {
    const layout = destination.layout('1', request)
    const types = Object.keys(layout.types)
    for (const op of ['add', 'remove'] as const) {
      for (const some of layout.rowPer === 'member' ? [types] : types.map((type) => [type])) {
        expect(envelopeBytes(cases, op, some)).toBeLessThanOrEqual(layout.envelopeBytes)
      }
    }
  })

  test('no message quotes what the platform may not repeat', () => {
    const secret = Object.values(settings.credentials)[0] ?? ''
    const hostile = `\u001b[31mBad\u001b[0m\u0000\r\n key ${secret} for Jo.Doe@Example.com or ${emailDigest} or +4915112345678. ${'word '.repeat(100)}`
    for (const body of [
      { errors: [{ code: 'ACTION_NOT_ALLOWED', message: hostile }] },
      { code: 40001, message: hostile },
    ]) {
      const account = destination.account(settings)
      for (const call of [account.findAudience('a'), account.createAudience({ name: 'a', description: null })]) {
        const outcome = call.read({ status: 403, headers: {}, body: JSON.stringify(body) })
        if (outcome.ok) throw new Error('403 is no success')
        expectSentence(outcome.fault, cases)
        expect(outcome.fault.message).not.toMatch(/example|4798b8|4915|\d{20}/i)
      }
    }
  })

  test('reading never throws', () => {
    const { account } = destination
    const bodies = ['', 'null', '[]', '{"errors":{}}', '{"errors":[null,7]}', '{"operation_errors":[null,[7]]}', '"x"']
    for (const body of [...bodies, '{"code":{}}', '{"data":[null],"code":0}', '{"code":0,"data":{"list":[7]}}']) {
      for (const status of [200, 302, 400, 401, 500, 599, 999]) {
        const mine = account(settings)
        for (const call of [mine.findAudience('a'), mine.createAudience({ name: 'a', description: null })]) {
          expect(typeof call.read({ status, headers: {}, body }).ok).toBe('boolean')
        }
      }
    }
  })
})

function expectSentence({ message, code }: Fault, { settings }: Cases): void {
  expect(message).toMatch(/^[^\p{C}]{40,700}\.$/u)
  expect(message).toContain(`(${saidOf(code)}`)
  expect(message).toContain(settings.accountId)
  expect(message).not.toMatch(/[0-9a-f]{32}|@|undefined/)
  for (const secret of Object.values(settings.credentials)) expect(message).not.toContain(secret)
}

/** What a person is told of a code: nobody may take a word of ours for one of the platform's. */
const ours: Readonly<Record<string, string>> = {
  unexpected_answer: 'its answer has another form',
  count_mismatch: 'its count is another',
}
const saidOf = (code: string): string =>
  ours[code] ?? (code.startsWith('http_') ? `HTTP ${code.slice(5)}` : `code ${code}`)

/** The same in lengths only: what SQL adds up without making the text. A digest is 64 characters, SHA-512 twice as many. */
function bytesOf({ row, types, value }: RowLayout, member: Readonly<Record<string, readonly string[]>>): number {
  const length = ({ open, close }: { readonly open: string; readonly close: string }) => Buffer.byteLength(open + close)
  const perType = Object.entries(member).map(
    ([type, digests]) =>
      length(types[type] ?? { open: '', close: '' }) +
      digests.length * ((types[type]?.digits ?? 64) + length(value)) +
      digests.length -
      1,
  )
  return length(row) + perType.reduce((sum, bytes) => sum + bytes, 0) + perType.length - 1
}

function envelopeBytes({ destination, settings }: Cases, op: 'add' | 'remove', types: readonly string[]): number {
  const call = destination.account(settings).send({ op, audienceId: '1', types, rows: '', rowCount: 0 })
  return Buffer.byteLength((call.request(attempt).body ?? []).join(''))
}

test('one e-mail address on X costs 79 bytes with its comma (reference 1.4)', () => {
  const x: Destination = destinations.x_ads
  expect(bytesOf(x.layout('1nmth', { combinedRows: false }), { email: [emailDigest] }) + 1).toBe(79)
})
