import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runJest } from '../jest.ts'
import { type Rule, rules } from './rules.ts'

/**
 * Takes each rule of rules.ts out of a copy of the source and demands that its fixed history fails, and, of those that
 * matter often, that random ones do too: `npm run model:without [-- words of a rule's name]`. Exit 1 if a rule is not missed.
 */
const root = join(import.meta.dirname, '..', '..')
/** A random history that diverges must come within as many as `npm test` plays. */
const histories = process.env.TIDEMARK_MODEL_HISTORIES ?? '300'

interface Verdict {
  readonly fixed: string
  readonly random: string
  readonly missed: boolean
}

const main = (): void => {
  const words = process.argv.slice(2).join(' ')
  const chosen = rules.filter(({ name }) => name.includes(words))
  console.log(`${'without'.padEnd(40)} ${'its fixed history'.padEnd(20)} random histories until one diverges`)
  const verdicts = chosen.map((rule) => {
    const verdict = judge(rule)
    console.log(`${rule.name.padEnd(40)} ${verdict.fixed.padEnd(20)} ${verdict.random}`)
    return verdict
  })
  const survived = verdicts.filter(({ missed }) => !missed).length
  console.log(`${verdicts.length - survived} of ${verdicts.length} rules are missed when they are taken out`)
  process.exitCode = survived === 0 && verdicts.length > 0 ? 0 : 1
}

const judge = (rule: Rule): Verdict => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-without-'))
  try {
    copy(folder)
    takeOut(rule, folder)
    const { numFailedTests: failed, numPassedTests: passed } = jest(
      folder,
      'counterexamples',
      `^(rules|found) ${rule.name}:`,
    )
    const fixedMissed = failed > 0 && passed === 0
    const random = rule.often ? untilDivergence(folder) : null
    return {
      fixed: fixedMissed ? 'diverges' : `SURVIVES (${passed} passed)`,
      random: random === null ? '-' : Number.isNaN(random) ? `SURVIVES ${histories}` : String(random),
      missed: fixedMissed && !Number.isNaN(random ?? 0),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const copy = (folder: string): void => {
  for (const name of ['sql', 'connector', 'test', 'package.json', 'jest.config.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
}

const takeOut = (rule: Rule, folder: string): void => {
  for (const { file, text, without } of [rule, ...(rule.also ?? [])]) {
    const path = join(folder, file)
    const source = readFileSync(path, 'utf8')
    const times = source.split(text).length - 1
    if (times !== 1)
      throw new Error(`Rule "${rule.name}" stands ${times} times in ${file}; bring rules.ts up to date: ${text}`)
    writeFileSync(
      path,
      source.replace(text, () => without),
    )
  }
}

/** How many histories were played until one diverged; NaN: none did. */
const untilDivergence = (folder: string): number => {
  const { numFailedTests, words } = jest(folder, 'model')
  const [, played] = /model: history (\d+) diverged/.exec(words) ?? []
  if (numFailedTests === 1 && played === undefined)
    throw new Error(`The model test failed for another reason:\n${words}`)
  return Number(played)
}

const jest = (folder: string, file: string, pattern = '') => {
  const report = join(folder, 'jest.json')
  const { stderr } = runJest([`test/model/${file}`, '-t', pattern, '--json', `--outputFile=${report}`], {
    cwd: folder,
    env: { ...process.env, TIDEMARK_MODEL_SHRINK: 'no', TIDEMARK_MODEL_HISTORIES: histories },
  })
  const counts = JSON.parse(readFileSync(report, 'utf8')) as {
    readonly numPassedTests: number
    readonly numFailedTests: number
    readonly numRuntimeErrorTestSuites: number
  }
  if (counts.numRuntimeErrorTestSuites > 0) throw new Error(`The tests could not start:\n${stderr}`)
  return { ...counts, words: stderr }
}

main()
