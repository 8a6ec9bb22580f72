import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { generatedFiles } from './generate.ts'

describe('the generated files are those of the installed library (npm run numbering-plans writes them anew)', () => {
  const folder = join(import.meta.dirname, '..', '..', 'sql', 'phone')
  test.each(Object.entries(generatedFiles()))('%s', (name, text) => {
    expect(readFileSync(join(folder, name), 'utf8')).toBe(text)
  })
})
