import { SourceCopy } from '../mutation/copy.ts'
import { type Rule, rules } from './rules.ts'

/**
 * Takes each rule of rules.ts out of a copy of the source and demands that its fixed history fails, and, of those that
 * matter often, that random ones do too: `npm run model:without [-- words of a rule's name]`. Exit 1 if a rule is not missed.
 */
/** A random history that diverges must come within as many as are played before a landing. */
const histories = process.env.TIDEMARK_MODEL_HISTORIES ?? '340'

interface Verdict {
  readonly fixed: string
  readonly random: string
  readonly missed: boolean
}

const main = async (): Promise<void> => {
  const words = process.argv.slice(2).join(' ')
  const chosen = rules.filter(({ name }) => name.includes(words))
  console.log(`${'without'.padEnd(40)} ${'its fixed history'.padEnd(20)} random histories until one diverges`)
  const verdicts: Verdict[] = []
  for (const rule of chosen) {
    const verdict = await judge(rule)
    console.log(`${rule.name.padEnd(40)} ${verdict.fixed.padEnd(20)} ${verdict.random}`)
    verdicts.push(verdict)
  }
  const survived = verdicts.filter(({ missed }) => !missed).length
  console.log(`${verdicts.length - survived} of ${verdicts.length} rules are missed when they are taken out`)
  process.exitCode = survived === 0 && verdicts.length > 0 ? 0 : 1
}

const copy = new SourceCopy()

const judge = (rule: Rule): Promise<Verdict> =>
  copy.with([rule, ...(rule.also ?? [])], async () => {
    const { failed, passed } = await copy.test('test/model/counterexamples', `^(rules|found) ${rule.name}:`)
    const fixedMissed = failed.length > 0 && passed.length === 0
    const random = rule.often ? await untilDivergence() : null
    return {
      fixed: fixedMissed ? 'diverges' : `SURVIVES (${passed.length} passed)`,
      random: random === null ? '-' : Number.isNaN(random) ? `SURVIVES ${histories}` : String(random),
      missed: fixedMissed && !Number.isNaN(random ?? 0),
    }
  })

/** How many histories were played until one diverged; NaN: none did. */
const untilDivergence = async (): Promise<number> => {
  const { failed, words } = await copy.test('test/model/model', '', {
    TIDEMARK_MODEL_SHRINK: 'no',
    TIDEMARK_MODEL_HISTORIES: histories,
  })
  const [, played] = /model: history (\d+) diverged/.exec(words) ?? []
  if (failed.length === 1 && played === undefined)
    throw new Error(`The model test failed for another reason:\n${words}`)
  return Number(played)
}

try {
  await main()
} finally {
  copy.remove()
}
