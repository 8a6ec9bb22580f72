// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables as they stand in a file
import { describe, expect, test } from '@jest/globals'
import { shownLine } from '../../connector/config/shown-line.ts'

const shown = (text: string): string => {
  const lines = text.split('\n')
  return shownLine(lines, lines.length - 1)
}

describe('a line is shown', () => {
  test.each([
    'version: 1',
    '  path: shop.duckdb',
    '    relation: main.customers',
    '    activate: [x, tiktok]',
    '      - column: value',
    '  high_value:',
    '  path shop.duckdb',
    'version:1',
    '    credentials:',
    '      consumer_key: "${X_CONSUMER_KEY}"',
    "      access_token: '${A}${B}'",
    '    credentials: { access_token: "${A}", secret: ${B} }',
  ])('%s', (line) => {
    expect(shown(line)).toBe(`\`${line}\``)
  })

  test('also an item of a list', () => {
    expect(shown('    activate:\n      - tiktok')).toBe('`      - tiktok`')
  })

  test('without what acts on a terminal, without its remark, and no further than it is read', () => {
    expect(shown('path: a\u001b[2J # canary')).toBe('`path: a\\u001b[2J`')
    expect(shown('\tpath: a')).toBe('`→path: a`')
    expect(shown(`path: ${'x'.repeat(200)}`)).toHaveLength(102)
  })
})

describe('a line that may hold a secret', () => {
  const withoutValue = / \(its value is not shown, since it may be a secret\)$/
  test.each([
    '  password: canary',
    '  pasword: canary',
    '  connection_string: "canary"',
    '      consumer_key: canary',
    '      consumer_key: "x${X_CONSUMER_KEY}canary"',
    '  unknown: canary',
    '{ type: postgres, password: canary }',
    'type: postgres # password\n  password: canary',
    'warehouse: { type: postgres, password: canary }',
    'base_url: http://canary.example',
    'path: md:shop?motherduck_token=canary',
    'where: canary@example.com',
    'default_country: 33canary33644771003',
    '    sql: select canary',
    'credentials:\n  type: canary',
    'credentials:\n  nested:\n    type: canary',
    'credential:\n  type: canary',
    'private_key: >\n    canary',
    'private_key: "canary\n    type canary',
    'token: |\n  - canary',
    'Canary-1: canary',
    'canary',
    '  - canary canary',
  ])('%j', (text) => {
    expect(shown(text).replace(withoutValue, '')).not.toContain('canary')
  })

  test('is shown up to its value', () => {
    expect(shown('  password: canary')).toBe('`  password: …` (its value is not shown, since it may be a secret)')
    expect(shown('private_key: >\n  MII')).toBe('a line that is not shown, since it may hold a secret')
  })
})
