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

describe('a message of several lines', () => {
  const lines = ['tidemark.yml has 1 problem:', `  version: must be 1; got ${hostile}`]
  const said = (style: 'json' | 'text', fields = {}): string => {
    let text = ''
    const log = createLog(style, (line) => {
      text += line
    })
    log.error('not_started', { message: lines, ...fields })
    return text
  }

  test('has its own line breaks as text, and no others', () => {
    const [first, second, ...rest] = said('text').split('\n')
    expect([first, rest]).toEqual(['error: tidemark.yml has 1 problem:', ['']])
    expect(second).toMatch(/^ {2}version: must be 1; got \\u001b\[2J/)
    expect(second).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
    expect(said('text', { code: 'configuration' })).toMatch(/\n {2}code=configuration\n$/)
  })

  test('stays one line of JSON, the text as it was', () => {
    const line = said('json')
    expect(line.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u202e]/u)
    expect(JSON.parse(line)).toMatchObject({ event: 'not_started', message: lines.join('\n') })
  })
})

test('JSON stays the JSON it was', () => {
  expect(JSON.parse(written('json', hostile))).toMatchObject({ level: 'error', event: 'stopped', message: hostile })
})
