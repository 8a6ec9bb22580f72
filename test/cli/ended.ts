import { expect } from '@jest/globals'
import type { Ended } from './process.ts'
import { summaryOf } from './project.ts'

/** What a terminal or a reader of logs would act on, and what nobody sees: escapes, C1, zero width, bidi, NUL. */
export const acting = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]|\\u(?:00[01]|007f|00[89]|200[b-f]|202|206|feff)/iu

/** One sentence or two, on one line, that ends well, on standard error and in the summary; no stack, no injection. */
export const expectClearError = ({ stdout, stderr, ...ended }: Ended, says: RegExp): void => {
  const summary = summaryOf({ stdout, stderr, ...ended })
  const messages = [summary.error, ...summary.activations.map(({ error }) => error)].flatMap((e) => e?.message ?? [])
  expect(messages.length).toBeGreaterThan(0)
  for (const message of messages) {
    expect(message).toMatch(says)
    expect(message.length).toBeLessThan(600)
  }
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
  expect(stderr).not.toMatch(/\n\s+at |node_modules/)
  for (const line of stderr.trimEnd().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
  expect(stdout + stderr).not.toMatch(acting)
}
