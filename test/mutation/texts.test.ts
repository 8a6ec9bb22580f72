import { expect, test } from '@jest/globals'
import { breaks } from '../guarantees/breaks.ts'
import { rules } from '../model/rules.ts'
import { type Replacement, replaced, sourceOf } from './copy.ts'
import { sqlMutants } from './sql-mutants.ts'

/** Whoever moves a text that is replaced somewhere hears of it at once, and not when the long runs are made. */
const applies = (piece: Replacement): void =>
  expect(replaced(sourceOf(piece.file), piece)).not.toBe(sourceOf(piece.file))

test('every mutant of the SQL is there once, and its text stands once in the source', () => {
  expect(new Set(sqlMutants.map(({ name }) => name)).size).toBe(sqlMutants.length)
  expect(sqlMutants.length).toBeGreaterThanOrEqual(40)
  for (const mutant of sqlMutants) applies(mutant)
})

test('so does the text of every rule that is taken out', () => {
  for (const rule of rules) for (const piece of [rule, ...(rule.also ?? [])]) applies(piece)
})

test('each of the nine guarantees has a break, whose text stands there once', () => {
  expect(breaks.map(({ guarantee }) => guarantee)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  for (const piece of breaks) applies(piece)
})
