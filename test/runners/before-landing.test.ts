import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { beforeLanding } from './before-landing.ts'

test('every suite that is kept for a landing is there, once', () => {
  const suites = beforeLanding.flatMap(({ suites }) => suites)
  expect(new Set(suites).size).toBe(suites.length)
  expect(suites.filter((suite) => !existsSync(join(import.meta.dirname, '..', `${suite}.test.ts`)))).toEqual([])
})
