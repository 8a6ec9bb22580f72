/** What the words of the output mean, once: `--help` says it, and the README has the same table. */
export const words = {
  kept: 'an identifier that its member wants no longer: another member has it, or its removal waits',
  'held back': 'an identifier that is wanted and not sent: it is in quarantine, or shared by many',
  'shared by many': 'wanted by more than 20 members, so no person: held back, and counted again a day later',
  'sent again': 'the platform has it: sent for --full, a renewal, or since one removed had part of it too',
  due: 'a member who is looked at again without a change: a renewal or a wait has come to its end',
  quarantine: 'what the platform refused is neither sent nor removed again for quarantine_days (30)',
} as const

/** For the end of a `--help`: these words, or all. */
export const explained = (...some: readonly (keyof typeof words)[]): string =>
  ['Words:', ...entries(some).map(([word, meaning]) => `  ${word.padEnd(15)} ${meaning}`)].join('\n')

const entries = (some: readonly string[]): readonly [string, string][] =>
  Object.entries(words).filter(([word]) => some.length === 0 || some.includes(word))
