import { describe, expect, test } from '@jest/globals'
import { createLog } from '../connector/log.ts'

const written = (style: 'json' | 'text', message: string): string => {
  let text = ''
  const log = createLog(style, (line) => {
    text += line
  })
  log.error('stopped', { activation: 'a.x', message, '\u001b[31m': message })
  return text
}
/** Colour, a title, a line of its own, C1, text turned around: what a reader's terminal would do. */
const hostile = '\u001b[2J\u001b]0;owned\u0007\r\n{"event":"forged"}\u009b31m\u202e\u2028\u0000'

describe.each(['json', 'text'] as const)('a line of the log as %s', (style) => {
  test('stays one line with nothing in it that acts, whatever a field holds', () => {
    const line = written(style, hostile)
    expect(line.endsWith('\n')).toBe(true)
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
    expect(line).toContain('\\u001b[2J')
  })

  test('shows other text as it is', () => {
    expect(written(style, 'Größe "50" – 人 👨‍👩‍👧')).toContain(
      style === 'json' ? 'Größe \\"50\\" – 人 👨‍👩‍👧' : 'error: Größe "50" – 人 👨‍👩‍👧 activation=a.x',
    )
  })
})

test('JSON stays the JSON it was', () => {
  expect(JSON.parse(written('json', hostile))).toMatchObject({ level: 'error', event: 'stopped', message: hostile })
})
