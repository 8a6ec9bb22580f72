import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { compare, isEqual, persons } from '../../connector/demo/check.ts'
import { type Customer, customers, placeholderEmail } from '../../connector/demo/customers.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const customer = (row: Partial<Customer>): Customer => ({
  customerId: 1,
  email: null,
  phone: null,
  country: 'FR',
  lifetimeValue: 900,
  newsletter: true,
  ...row,
})
const emails = (...addresses: string[]): Set<string> => new Set(addresses.map((text) => `email ${sha256(text)}`))
const phones = (...numbers: string[]): Set<string> => new Set(numbers.map((text) => `phone_number ${sha256(text)}`))

describe('the independent check', () => {
  const rows = [customer({ email: ' Anna@Example.org' }), customer({ customerId: 2, email: 'ben@example.org' })]

  test('holds where the platform has exactly the members', () => {
    expect(compare('newsletter.x', rows, emails('anna@example.org', 'ben@example.org'))).toEqual({
      activation: 'newsletter.x',
      expected: 2,
      missing: 0,
      unexpected: 0,
    })
  })

  test('fails where one is missing, and where one is too many', () => {
    const missing = compare('newsletter.x', rows, emails('anna@example.org'))
    expect(missing).toMatchObject({ missing: 1, unexpected: 0 })
    expect(isEqual(missing)).toBe(false)
    const other = compare('newsletter.x', rows, emails('anna@example.org', 'ben@example.org', 'carl@example.org'))
    expect(other).toMatchObject({ missing: 0, unexpected: 1 })
    expect(isEqual(other)).toBe(false)
  })

  test('fails where a digest stands under the wrong type', () => {
    const held = new Set([...emails('anna@example.org')].map((one) => one.replace('email', 'phone_number')))
    expect(compare('newsletter.x', rows.slice(0, 1), held)).toMatchObject({ missing: 1, unexpected: 1 })
  })

  test('knows who belongs to a segment', () => {
    const members = [
      customer({ customerId: 1, email: 'a@example.org', lifetimeValue: 500 }),
      customer({ customerId: 2, email: 'b@example.org', lifetimeValue: 499.99 }),
      customer({ customerId: 3, email: 'c@example.org', lifetimeValue: null }),
      customer({ customerId: 4, email: 'd@example.org', country: 'GB' }),
      customer({ customerId: null, email: 'e@example.org' }),
    ]
    expect(compare('high_value.x', members, emails('a@example.org'))).toMatchObject({ missing: 0, unexpected: 0 })
  })

  test('leaves out what more than 20 members share', () => {
    const sharing = (count: number): Customer[] =>
      Array.from({ length: count }, (_, n) => customer({ customerId: n + 1, email: placeholderEmail }))
    expect(compare('newsletter.x', sharing(20), emails(placeholderEmail))).toMatchObject({ missing: 0, unexpected: 0 })
    expect(compare('newsletter.x', sharing(21), new Set())).toMatchObject({ expected: 0, missing: 0 })
    // A second row of a member is not a second member.
    const twice = [...sharing(20), ...sharing(20)]
    expect(compare('newsletter.x', twice, emails(placeholderEmail))).toMatchObject({ missing: 0, unexpected: 0 })
  })

  test.each([
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['612345678', 'FR', '+33612345678'],
    ['+33 (0)6 12 34 56 78', 'GB', '+33612345678'],
    ['07700 900123', 'GB', '+447700900123'],
    ['(0151) 23456789', 'DE', '+4915123456789'],
    ['0049-151-23456789', 'FR', '+4915123456789'],
    ['(415) 555-2671', 'US', '+14155552671'],
    ['1 415 555 2671', 'US', '+14155552671'],
    ['+1 415\u00a0555 2671', 'FR', '+14155552671'],
  ] as const)('reads %s of %s as %s', (phone, country, number) => {
    expect(compare('newsletter.x', [customer({ phone, country })], phones(number))).toMatchObject({
      missing: 0,
      unexpected: 0,
    })
  })

  test.each(['', ' ', 'n/a', '12345', '+33 6 12', '06 12 34 56 78 / 06 98 76 54 32', '3.36123E+10', '000000', '-'])(
    'reads no phone in %j',
    (phone) => {
      expect(compare('newsletter.x', [customer({ phone })], new Set())).toMatchObject({ expected: 0 })
    },
  )

  test('takes digests as they are, in lower case', () => {
    const digest = sha256('anna@example.org')
    const hashed = [customer({ email: digest.toUpperCase() })]
    expect(compare('newsletter.x', hashed, emails('anna@example.org'))).toMatchObject({ missing: 0, unexpected: 0 })
  })
})

describe('customers', () => {
  test('are the same every time', () => {
    expect([...customers(500)]).toEqual([...customers(500)])
    expect([...customers(10, 501)][0]).not.toEqual([...customers(10)][0])
  })

  test('are what tables really hold', () => {
    const rows = [...customers(5000)]
    const has = (fits: (row: Customer) => boolean): boolean => rows.some(fits)
    expect(has(({ email }) => email === null)).toBe(true)
    expect(has(({ email }) => email === '')).toBe(true)
    expect(has(({ email }) => /^\s+\S+@/.test(email ?? ''))).toBe(true)
    expect(has(({ email }) => /\+shop@/.test(email ?? ''))).toBe(true)
    expect(has(({ email }) => /^[A-Z0-9]{64}$/.test(email ?? ''))).toBe(true)
    expect(has(({ phone }) => /^[0-9a-f]{64}$/.test(phone ?? ''))).toBe(true)
    expect(has(({ customerId }) => customerId === null)).toBe(true)
    expect(rows.filter(({ email }) => email === placeholderEmail).length).toBeGreaterThan(100)
    const keys = rows.map(({ customerId }) => customerId)
    expect(new Set(keys).size).toBeLessThan(keys.length)
  })

  test('share phones, and a shared one belongs to one person', () => {
    const rows = [...customers(5000)]
    const known = persons(rows, new Map())
    const owners = Map.groupBy(known, ([, person]) => person)
    expect([...owners.values()].some((digests) => digests.length > 1)).toBe(true)
    expect(known.get(sha256(placeholderEmail))).toBeUndefined()
  })
})
