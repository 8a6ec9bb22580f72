/** A suite of tests in a file, and how long it took. */
export interface Suite {
  /** From the folder `test` on. */
  readonly name: string
  readonly seconds: number
}

/** What came of a runner. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  /** Passed tests of the suite over all warehouses. */
  readonly conforming?: number
  readonly suites?: readonly Suite[]
  /** What it printed. */
  readonly says: string
}

/** One program that tests something, and says how many tests passed and failed. */
export interface Runner {
  readonly name: string
  /** Commands that it needs and npm does not install. */
  readonly needs?: readonly string[]
  /** Where it needs more than commands: why it cannot run here, or null. */
  cannot?(): string | null
  /** The warehouse on which it runs the suite over all warehouses. */
  readonly warehouse?: string
  /** Only where everything is demanded (TIDEMARK_TEST_REQUIRE=all): why a change seldom needs it before its commit. */
  readonly gate?: string
  /** `aloud`: what it says is also written to standard output, at once. */
  run(aloud: boolean): Promise<Outcome>
}
