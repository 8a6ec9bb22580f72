import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { bisect, bisectBound, type PackedRow, type RefusedPart } from '../../connector/activation/bisect.ts'
import type { CallResult } from '../../connector/http/call.ts'

type Refused = Extract<CallResult<void>, { readonly kind: 'refused' }>
const trail = {
  attempts: 1,
  lastStatus: 400,
  lastCode: null,
  requestId: null,
  unanswered: false,
  throttledMs: 0,
  firstStartedAt: 0,
  lastEndedAt: 0,
}
const refused: Refused = { ...trail, kind: 'refused', fault: { next: 'refused', code: 'BAD', message: 'bad' } }
const done: CallResult<void> = { ...trail, kind: 'done', value: undefined }
const given: CallResult<void> = {
  ...trail,
  kind: 'given_up',
  applied: 'maybe',
  because: 'attempts',
  fault: { next: 'retry', applied: 'maybe', code: 'no_answer', message: 'none' },
}

/** A batch of so many rows that was refused whole. */
const whole = (n: number): readonly RefusedPart[] => [{ from: 0, to: n, because: refused }]
const rowsOf = (n: number, identifiers = 1): readonly PackedRow[] =>
  Array.from({ length: n }, (_, i) => ({ body: String(i + 1), rows: 1, identifiers }))

/** A platform that refuses every request with one of these rows (numbered from 1), and takes the others. */
const platform = (bad: ReadonlySet<number>, ends: (call: number) => CallResult<void> | null = () => null) => {
  const taken = new Set<number>()
  // The request for the whole batch, which was refused before.
  let calls = 1
  const send = async (rows: readonly PackedRow[]): Promise<CallResult<void>> => {
    calls += 1
    expect(rows.length).toBeGreaterThan(0)
    const otherwise = ends(calls)
    if (otherwise) return otherwise
    const numbers = rows.map(({ body }) => Number(body))
    if (numbers.some((n) => bad.has(n))) return refused
    for (const n of numbers) taken.add(n)
    return done
  }
  return { send, taken, calls: () => calls }
}
const bound = (n: number): number => 2 * Math.log2(n) + 2

describe('bisect', () => {
  test.each([1, 2, 29_999, 30_000, 30_001, 59_999, 60_000])('one bad row of 60,000: number %i', async (bad) => {
    const { send, taken, calls } = platform(new Set([bad]))
    const found = await bisect(rowsOf(60_000), whole(60_000), false, send)
    expect(found).toMatchObject({ culprits: [{ rowNo: bad }], accepted: true, because: null, everything: false })
    expect(taken.size).toBe(59_999)
    expect(calls()).toBeLessThanOrEqual(bound(60_000))
  })

  test('k bad rows among n: found, everybody else accepted, in at most k (2 log2 n + 2) requests', async () => {
    const history = fc.integer({ min: 11, max: 5000 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        bad: fc.uniqueArray(fc.integer({ min: 1, max: n }), { minLength: 1, maxLength: 10 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(history, async ({ n, bad }) => {
        const { send, taken, calls } = platform(new Set(bad))
        const found = await bisect(rowsOf(n), whole(n), false, send)
        expect(found.culprits.map(({ rowNo }) => rowNo).sort((a, b) => a - b)).toEqual([...bad].sort((a, b) => a - b))
        expect([found.because, found.everything]).toEqual([null, false])
        expect(taken.size).toBe(n - bad.length)
        expect(calls()).toBeLessThanOrEqual(bad.length * bound(n))
      }),
      { numRuns: 300, seed: 1 },
    )
  })

  test.each([1, 2, 10])('%i rows, all of them bad: all are culprits', async (n) => {
    const { send, taken } = platform(new Set(rowsOf(n).map(({ body }) => Number(body))))
    const found = await bisect(rowsOf(n), whole(n), false, send)
    expect(found.culprits).toHaveLength(n)
    expect([found.everything, found.accepted, taken.size]).toEqual([false, false, 0])
  })

  test.each([
    [11, 1],
    [4, 3],
    [60_000, 1],
  ])(
    '%i rows of %i identifiers, none accepted: the platform refuses everything, and nobody is blamed',
    async (n, identifiers) => {
      const { send, calls } = platform(new Set(rowsOf(n).map(({ body }) => Number(body))))
      const found = await bisect(rowsOf(n, identifiers), whole(n), false, send)
      expect(found).toMatchObject({ culprits: [], everything: true, accepted: false })
      expect(calls()).toBeLessThanOrEqual(1 + 30 + 16)
    },
  )

  test('a bad row in each of sixteen parts is no such case: one of the rows tried alone is accepted', async () => {
    const bad = new Set(Array.from({ length: 16 }, (_, i) => i * 100 + 57))
    const { send, taken, calls } = platform(bad)
    const found = await bisect(rowsOf(1600), whole(1600), false, send)
    expect(found).toMatchObject({ everything: false, because: null })
    expect(new Set(found.culprits.map(({ rowNo }) => rowNo))).toEqual(bad)
    expect(taken.size).toBe(1584)
    expect(calls()).toBeLessThanOrEqual(16 * bound(1600))
  })

  test('more culprits than the bound allows: it ends, and says that it does not know of the rest', async () => {
    const bad = new Set(Array.from({ length: 1000 }, (_, i) => i * 2 + 1))
    const { send, calls } = platform(bad)
    const found = await bisect(rowsOf(2000), whole(2000), false, send)
    expect(found.because).toBe(refused)
    expect(found.culprits.length).toBeGreaterThan(50)
    expect(calls()).toBe(1 + bisectBound(2000))
  })

  test.each([2, 5, 12, 15])(
    'an answer that fails at request %i ends it: what is not known is not claimed',
    async (at) => {
      const { send, calls } = platform(new Set([700]), (call) => (call === at ? given : null))
      const found = await bisect(rowsOf(1000), whole(1000), false, send)
      expect(calls()).toBe(at)
      expect(found).toMatchObject({ because: given, everything: false, culprits: [] })
    },
  )

  test('too large a request is no matter of values: its halves are accepted, and nobody is blamed', async () => {
    const taken = new Set<string>()
    const found = await bisect(rowsOf(1000), whole(1000), false, async (rows) => {
      if (rows.length > 300) return refused
      for (const { body } of rows) taken.add(body)
      return done
    })
    expect(found).toMatchObject({ culprits: [], because: null, everything: false, accepted: true })
    expect(taken.size).toBe(1000)
  })

  describe('of a batch that was sent in parts', () => {
    const parts = (n: number, size: number): readonly RefusedPart[] =>
      Array.from({ length: n / size }, (_, i) => ({ from: i * size, to: (i + 1) * size, because: refused }))
    const everybody = (n: number) => new Set(rowsOf(n).map(({ body }) => Number(body)))

    test.each([
      [1000, 5],
      [1000, 1],
      [40, 20],
      [12, 6],
    ])(
      '%i rows in parts of %i, all refused: the platform refuses everything, whatever the size of a part',
      async (n, size) => {
        const { send, calls } = platform(everybody(n))
        expect(await bisect(rowsOf(n), parts(n, size), false, send)).toMatchObject({ culprits: [], everything: true })
        expect(calls()).toBeLessThanOrEqual(1 + 30 + 16)
      },
    )

    test('where something was accepted all that are refused alone are culprits', async () => {
      const { send } = platform(everybody(20))
      const found = await bisect(rowsOf(40), [{ from: 0, to: 20, because: refused }], true, send)
      expect(found).toMatchObject({ everything: false, because: null })
      expect(found.culprits.map(({ rowNo }) => rowNo)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1))
    })

    test('the parts share one bound', async () => {
      const bad = new Set(Array.from({ length: 1000 }, (_, i) => i * 2 + 1))
      const { send, calls } = platform(bad)
      const found = await bisect(rowsOf(2000), parts(2000, 100), true, send)
      expect(found.because).toBe(refused)
      expect(calls()).toBe(1 + bisectBound(2000))
    })
  })
})
