import { describe, expect, test } from '@jest/globals'
import type { PackedRow } from '../../connector/activation/bisect.ts'
import { sendSmaller } from '../../connector/activation/split.ts'
import type { CallResult } from '../../connector/http/call.ts'

const trail = {
  attempts: 1,
  lastStatus: 413,
  lastCode: null,
  requestId: null,
  unanswered: false,
  throttledMs: 0,
  firstStartedAt: 0,
  lastEndedAt: 0,
}
const done: CallResult<void> = { ...trail, kind: 'done', value: undefined }
const tooLarge: CallResult<void> = {
  ...trail,
  kind: 'refused',
  fault: { next: 'refused', tooLarge: true, code: 'http_413', message: 'large' },
}
const bad: CallResult<void> = { ...trail, kind: 'refused', fault: { next: 'refused', code: 'BAD', message: 'bad' } }
const silent: CallResult<void> = {
  ...trail,
  kind: 'given_up',
  applied: 'maybe',
  because: 'attempts',
  fault: { next: 'retry', applied: 'maybe', code: 'no_answer', message: 'none' },
}

const rowsOf = (counts: readonly number[]): readonly PackedRow[] =>
  counts.map((rows, i) => ({ body: String(i), rows, identifiers: rows }))
const ones = (n: number): readonly PackedRow[] => rowsOf(Array.from({ length: n }, () => 1))
/** Takes requests of so many rows at most; `otherwise` by the first row of a request. */
const platform = (most: number, otherwise: Readonly<Record<number, CallResult<void>>> = {}) => {
  const sent: number[][] = []
  const send = async (rows: readonly PackedRow[]): Promise<CallResult<void>> => {
    const numbers = rows.map(({ body }) => Number(body))
    sent.push(numbers)
    const found = numbers.map((n) => otherwise[n]).find((answer) => answer !== undefined)
    return found ?? (rows.reduce((sum, row) => sum + row.rows, 0) > most ? tooLarge : done)
  }
  return { send, sent }
}

const limits = (most: number, tooLargeRows = Number.POSITIVE_INFINITY) => ({ most, tooLarge: tooLargeRows })

describe('rows in smaller requests', () => {
  test('as few as what is known allows, in their order, each row once', async () => {
    const { send, sent } = platform(300)
    const split = await sendSmaller(ones(1000), limits(300), send)
    expect(split).toMatchObject({ done: { kind: 'done' }, refused: [], failure: null, mostRows: null })
    expect(sent.map((rows) => rows.length)).toEqual([300, 300, 300, 100])
    expect(sent.flat()).toEqual(ones(1000).map((_, i) => i))
  })

  test('what is still too large is halved, and nothing is sent twice that was taken', async () => {
    const { send, sent } = platform(120)
    const split = await sendSmaller(ones(1000), limits(500), send)
    const taken = sent.filter((rows) => rows.length <= 120)
    expect(taken.flat()).toEqual(ones(1000).map((_, i) => i))
    // 500, 250 and 125 are too large, 63 and 62 are not.
    expect(new Set(taken.map((rows) => rows.length))).toEqual(new Set([63, 62]))
    expect(split.mostRows).toBe(63)
    expect(split.refused).toEqual([])
  })

  test('rows that stay together are never cut, and count as many as they are', async () => {
    const { send, sent } = platform(10)
    await sendSmaller(rowsOf([4, 4, 4, 9, 1, 12]), limits(10), send)
    expect(sent).toEqual([[0, 1], [2], [3, 4], [5]])
  })

  test('one that is too large by itself is refused, the others go', async () => {
    const { send } = platform(10)
    const split = await sendSmaller(rowsOf([12, 4, 4]), limits(10), send)
    // A member like no other says nothing of the sizes of others.
    expect(split).toMatchObject({ refused: [{ from: 0, to: 1 }], failure: null, mostRows: null })
  })

  test('what is learned is the largest that was not too large, whether its values were taken or not', async () => {
    const send = async (rows: readonly PackedRow[]) => (rows.length > 4 ? tooLarge : rows[0]?.body === '0' ? bad : done)
    expect((await sendSmaller(ones(9), limits(8), send)).mostRows).toBe(4)
    // Where nothing was too large there is nothing to learn, whatever the last part is.
    expect((await sendSmaller(ones(9), limits(4), platform(4, { 0: bad }).send)).mostRows).toBeNull()
  })

  test('the whole that was too large counts, also where its halves pass', async () => {
    expect((await sendSmaller(ones(8), limits(4, 8), platform(4).send)).mostRows).toBe(4)
  })

  test('where not even single rows are taken it stops at the second one, and blames none', async () => {
    const { send, sent } = platform(0)
    const split = await sendSmaller(ones(8), limits(4), send)
    expect(split).toMatchObject({ done: null, refused: [], failure: tooLarge, mostRows: null })
    expect(sent).toEqual([[0, 1, 2, 3], [0, 1], [0], [1]])
    expect(await sendSmaller(ones(1), limits(1), platform(0).send)).toMatchObject({ refused: [], failure: tooLarge })
  })

  test('after two neighbours that are too large what passed before is tried once more: if it passes, they are to blame', async () => {
    const { send, sent } = platform(10)
    const split = await sendSmaller(rowsOf([2, 3, 12, 13, 1]), limits(10), send)
    expect(split).toMatchObject({
      refused: [
        { from: 2, to: 3 },
        { from: 3, to: 4 },
      ],
      failure: null,
    })
    expect(sent).toEqual([[0, 1], [2], [3], [0, 1], [4]])
  })

  test('if not, the platform takes nothing now, and nobody is to blame', async () => {
    let calls = 0
    const send = async (): Promise<CallResult<void>> => (++calls === 1 ? done : tooLarge)
    expect(await sendSmaller(ones(12), limits(4), send)).toMatchObject({ done, refused: [], failure: tooLarge })
    // Four, then four, two, one and one, and the four again.
    expect(calls).toBe(6)
  })

  test('a part that is refused because of values is left to the search for them', async () => {
    const { send } = platform(4, { 5: bad })
    const split = await sendSmaller(ones(12), limits(4), send)
    expect(split).toMatchObject({ refused: [{ from: 4, to: 8, because: bad }], failure: null })
  })

  test('after an answer that says nothing about values nothing more is sent', async () => {
    const { send, sent } = platform(4, { 5: silent })
    const split = await sendSmaller(ones(12), limits(4), send)
    expect(split).toMatchObject({ done: { kind: 'done' }, failure: silent })
    expect(sent).toHaveLength(2)
  })
})
