import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { rejectionReason, rejectionReasons } from '../connector/rejection-reasons.ts'
import { duckdb } from '../sql/dialect/duckdb.ts'
import { type Format, type NormalisationRule, normalise } from '../sql/normalise.ts'
import { oneCountry } from '../sql/phone/countries.ts'
import { identifiersPage } from './reasons-table.ts'

/** The table of reasons, and that no reason is missing from it. */
const root = join(import.meta.dirname, '..')
const rules: readonly NormalisationRule[] = ['email', 'phone', 'device_id', 'mobile_ad_id', 'x_user_id', 'handle']
const formats: readonly Format[] = ['auto', 'clear', 'sha256', 'sha512', 'auto_but_sha512', 'auto_sha512']

/** What the SQL of a rule can give as its reason. */
const reasonsOf = (rule: NormalisationRule, format: Format, country?: string): readonly string[] => {
  const known = country === undefined ? undefined : oneCountry(country)
  const mapping = { rule, format, column: sql.id('raw'), ...(known ? { country: known } : {}) }
  const { reason } = normalise(duckdb, mapping).outcome()
  return [...duckdb.compile(sql`select ${reason}`).sql.matchAll(/ '([a-z_0-9]+)'/g)].map(([, name = '']) => name)
}

describe('each reason has a meaning and a way out', () => {
  const ofRules = rules.flatMap((rule) =>
    formats.flatMap((format) => [...reasonsOf(rule, format), ...reasonsOf(rule, format, 'FR')]),
  )
  const ofRuns = ['sql/wanted.ts', 'sql/delta.ts', 'connector/activation/apart.ts'].flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/'(too_many_\w+|null_\w+|shared_\w+|unsupported_\w+)'/g)].map(
      ([, name = '']) => name,
    ),
  )
  test('the SQL gives some', () => {
    expect(ofRules.length).toBeGreaterThan(10)
    expect(new Set(ofRuns)).toEqual(
      new Set(['too_many_identifiers', 'null_member_key', 'shared_by_many', 'unsupported_by_platform']),
    )
  })
  test.each([...new Set([...ofRules, ...ofRuns])])('%s', (name) =>
    expect(Object.keys(rejectionReasons)).toContain(name),
  )
})

test('any other reason is taken for words of the platform', () => {
  for (const name of ['40002: bad value', 'toString', ''])
    expect(rejectionReason(name)).toEqual({
      kind: 'platform',
      meaning: 'is refused for the reason it names',
      wayOut: 'see tidemark.current_rejections',
    })
})

test('docs/identifiers.md shows the table (node test/reasons-table.ts writes it anew)', () => {
  const { stands, made } = identifiersPage()
  expect(stands).toBe(made)
})
