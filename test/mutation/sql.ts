import { SourceCopy, type TestReport } from './copy.ts'
import { type SqlMutant, sqlMutants } from './sql-mutants.ts'

/**
 * Makes each mistake of sql-mutants.ts in a copy of the source and demands that the tests named for it notice: that one of
 * them, which passes over the real source, fails because it found something else than it expected. A statement that the
 * warehouse cannot even read proves nothing. `node test/mutation/sql.ts [words of a mutant's name]`
 */
export interface Score {
  readonly killed: number
  readonly of: number
}

const unreadable =
  /A relation or function does not exist|A column does not exist|The SQL cannot be parsed|no_such_(relation|column)|sql_syntax/
/** Failures that are no expectation that was not met. */
const otherwise = /^WarehouseError|Exceeded timeout/

/** Tests that pass over the real source, by file; each file runs once. */
class Baseline {
  readonly #passed = new Map<string, Promise<ReadonlySet<string>>>()

  passing(copy: SourceCopy, file: string): Promise<ReadonlySet<string>> {
    const known = this.#passed.get(file) ?? copy.test(file, '').then(allPass(file))
    this.#passed.set(file, known)
    return known
  }
}

const allPass =
  (file: string) =>
  ({ passed, failed }: TestReport): ReadonlySet<string> => {
    if (failed.length > 0) throw new Error(`${file} fails over the real source:\n${failed[0]?.message}`)
    return new Set(passed)
  }

/** Null: noticed. */
const survival = async (copy: SourceCopy, baseline: Baseline, mutant: SqlMutant): Promise<string | null> => {
  const [file, pattern] = mutant.by
  const passing = await baseline.passing(copy, file)
  const { failed, passed } = await copy.with([mutant], () => copy.test(file, pattern))
  if (failed.length + passed.length === 0) return `no test of ${file} is named ${pattern}`
  if (failed.length === 0) return `${passed.length} tests passed`
  const broken = failed.find(({ message }) => unreadable.test(message))
  if (broken) return `the warehouse cannot read it: ${broken.message.split('\n')[0]}`
  const noticed = failed.filter(({ name, message }) => passing.has(name) && !otherwise.test(message))
  return noticed.length > 0 ? null : `fails otherwise: ${failed[0]?.message.split('\n')[0]}`
}

/** Tries them all, in as many copies at once as there are lanes. */
export const testSql = async (words: string, lanes: number): Promise<Score> => {
  const chosen = sqlMutants.filter(({ name }) => name.includes(words))
  const queue = [...chosen]
  const baseline = new Baseline()
  let survived = 0
  const work = async (): Promise<void> => {
    const copy = new SourceCopy()
    try {
      for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
        const why = await survival(copy, baseline, mutant)
        if (why !== null) survived += 1
        console.log(`${why === null ? 'killed  ' : 'SURVIVED'} ${mutant.name}${why === null ? '' : ` (${why})`}`)
      }
    } finally {
      copy.remove()
    }
  }
  await Promise.all(Array.from({ length: lanes }, work))
  return { killed: chosen.length - survived, of: chosen.length }
}
