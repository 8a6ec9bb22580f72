import { expect, test } from '@jest/globals'
import { replaced, sourceOf } from './copy.ts'
import { sqlMutants } from './sql-mutants.ts'

test('every mutant of the SQL is there once, and its text stands once in the source', () => {
  expect(new Set(sqlMutants.map(({ name }) => name)).size).toBe(sqlMutants.length)
  expect(sqlMutants.length).toBeGreaterThanOrEqual(40)
  for (const mutant of sqlMutants) expect(replaced(sourceOf(mutant.file), mutant)).not.toBe(sourceOf(mutant.file))
})
