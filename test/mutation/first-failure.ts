import { TestEnvironment } from 'jest-environment-node'

/** What Jest tells of a test, as far as it matters here. */
interface Told {
  readonly name: string
  readonly test?: { mode?: string | null; readonly errors: readonly unknown[] }
}

/** Leaves out what comes after the first test that fails: a mutant that was noticed need not be noticed again. */
export default class FirstFailure extends TestEnvironment {
  #failed = false

  handleTestEvent = async ({ name, test }: Told): Promise<void> => {
    if (name === 'test_start' && test && this.#failed) test.mode = 'skip'
    if (name === 'test_done' && test && test.errors.length > 0) this.#failed = true
  }
}
