import { testSql } from './sql.ts'
import { percent, testTypescript } from './typescript.ts'

/**
 * Mutation testing: mistakes in the SQL, listed by hand, all of which have to be noticed, and mistakes that Stryker makes
 * in the TypeScript of the core. `npm run mutate [-- sql [words of a name] | -- typescript [rooms]]`. Exit 1 where a mistake
 * in the SQL was not noticed, or more than 15 % of those in the TypeScript.
 */
const leastShare = 0.85
const lanes = Number(process.env.TIDEMARK_MUTATION_LANES ?? 2)
const [only, ...words] = process.argv.slice(2)
const short: string[] = []

if (only !== 'typescript') {
  const score = await testSql(words.join(' '), lanes)
  console.log(`SQL: ${score.killed} of ${score.of} mutants killed, ${percent(score)}`)
  if (score.killed < score.of || score.of === 0) short.push('SQL')
}
if (only !== 'sql') {
  const score = await testTypescript(words, lanes)
  console.log(`TypeScript: ${score.killed} of ${score.of} mutants killed, ${percent(score)}`)
  if (score.of === 0 || score.killed < leastShare * score.of) short.push('TypeScript')
}
for (const name of short) console.log(`${name} falls short`)
process.exitCode = short.length === 0 ? 0 : 1
