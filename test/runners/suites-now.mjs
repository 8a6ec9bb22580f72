import { appendFileSync } from 'node:fs'

/** A reporter of Jest: notes which suites have begun and which have ended, for who has to say what still ran. */
export default class SuitesNow {
  onTestFileStart({ path }) {
    appendFileSync(process.env.TIDEMARK_TEST_SUITES, `begun ${path}\n`)
  }

  onTestFileResult({ path }) {
    appendFileSync(process.env.TIDEMARK_TEST_SUITES, `ended ${path}\n`)
  }
}
