/** Files that are mutated, and the tests that have to notice. Jest loads all of a room's tests for every mutant. */
export interface Room {
  readonly name: string
  readonly files: readonly string[]
  /** Globs of test files. */
  readonly tests: readonly string[]
}

export const rooms: readonly Room[] = [
  { name: 'http', files: ['connector/http/{channel,gate,transport}.ts'], tests: ['test/http/*.test.ts'] },
  { name: 'answers', files: ['connector/destination/answers.ts'], tests: ['test/destination/*.test.ts'] },
  { name: 'bisect', files: ['connector/activation/bisect.ts'], tests: ['test/activation/bisect.test.ts'] },
  { name: 'guards', files: ['connector/activation/guards.ts'], tests: ['test/activation/guards.test.ts'] },
  { name: 'config', files: ['connector/config/*.ts'], tests: ['test/config/*.test.ts'] },
]
