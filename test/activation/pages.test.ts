import { describe, expect, test } from '@jest/globals'
import type { Batch } from '../../connector/activation/cut.ts'
import { groupBatches, rangeOf } from '../../connector/activation/pages.ts'

const batch = (batchNo: number, bytes = 1): Batch => ({
  batchNo,
  op: 'add',
  type: null,
  members: 1,
  identifiers: 1,
  rows: 1,
  bytes,
  firstUnit: `${batchNo}0`,
  lastUnit: `${batchNo}9`,
})
const cut = (batches: readonly Batch[], requestsPerSecond: number, concurrency = 1) =>
  groupBatches(batches, { requestsPerSecond, concurrency }).map(({ batches: group, mark }) => [
    group.map(({ batchNo }) => batchNo).join(' '),
    mark,
  ])
const some = (n: number, bytes?: number): readonly Batch[] => Array.from({ length: n }, (_, i) => batch(i + 1, bytes))
const mb = 1_000_000

describe('groups of batches', () => {
  test('are none of none', () => expect(cut([], 1)).toEqual([]))

  test('stand under marks that cover half a minute of paced requests', () => {
    expect(cut(some(7), 0.1)).toEqual([
      ['1 2 3', 3],
      ['4 5 6', 6],
      ['7', 7],
    ])
    // 0.11 a second are 3.3 in half a minute: a whole number, upwards.
    expect(cut(some(5), 0.11)).toEqual([
      ['1 2 3 4', 4],
      ['5', 5],
    ])
  })

  test('cover at least as many batches as fly at once', () => {
    expect(cut(some(5), 0.01, 4)).toEqual([
      ['1 2 3 4', 4],
      ['5', 5],
    ])
  })

  test('are cut by bytes under one mark: the first is small, so that sending begins early', () => {
    // 5 MB: one batch of 4; then 16 MB: four of them.
    expect(cut(some(7, 4 * mb), 1)).toEqual([
      ['1', 7],
      ['2 3 4 5', 7],
      ['6 7', 7],
    ])
  })

  test('hold exactly as much as there is room for, and one batch at least', () => {
    expect(cut([batch(1, 2.5 * mb), batch(2, 2.5 * mb), batch(3, 1)], 1)).toEqual([
      ['1 2', 3],
      ['3', 3],
    ])
    expect(cut([batch(1, 90 * mb), batch(2, 90 * mb)], 1)).toEqual([
      ['1', 2],
      ['2', 2],
    ])
  })
})

test('neighbouring batches stand between the first unit of the first and the last of the last', () => {
  expect(rangeOf(some(3))).toEqual({ first: 1, last: 3, firstUnit: '10', lastUnit: '39' })
  expect(() => rangeOf([])).toThrow('a batch at least')
})
