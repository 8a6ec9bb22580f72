import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { endAll, stillRunning } from './runners/child.ts'
import { suitesNow } from './runners/jest.ts'
import { asked, everything, first, kept, lanes, last } from './runners/list.ts'
import type { Outcome, Runner, Suite } from './runners/runner.ts'
import { exceptions } from './warehouse/exceptions.ts'

/**
 * The one test command: `npm test` runs what a change needs before its commit. With TIDEMARK_TEST_REQUIRE=all everything is
 * run, and a missing tool is a failure. It ends with `N passed, N failed` over all runners.
 */
const total = { passed: 0, failed: 0 }
const leftOut: string[] = []
const conforming: string[] = []
const suites: Suite[] = []
/** Everything is ended: nothing more is begun. */
let givenUp = false

/**
 * Of the whole, in minutes: where something waits for ever, this ends it and says what. On two cores everything takes 58, and
 * a landing is given 90; what is run before a commit takes a third of its limit.
 */
const limitMinutes = Number(process.env.TIDEMARK_TEST_MINUTES ?? (everything ? 85 : 30))

async function main(): Promise<void> {
  mkdirSync(join(import.meta.dirname, '..', '.cache'), { recursive: true })
  const limit = setTimeout(() => giveUp(`not over after ${limitMinutes} minutes`), limitMinutes * 60_000)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => giveUp(signal))
  await inOrder(first)
  const busy = lanes.filter((lane) => lane.some(isWanted))
  await Promise.all(busy.map((lane) => inOrder(lane, busy.length > 1)))
  await inOrder(last)
  clearTimeout(limit)
  if (!givenUp) tell()
}

function tell(): void {
  if (asked.length > 0 && total.passed + total.failed <= 2) {
    process.stdout.write(`no test is in ${asked.join(' ')}\n`)
    total.failed += 1
  }
  for (const line of conforming) process.stdout.write(`${line}\n`)
  for (const { warehouse, what, why, covered } of exceptions)
    process.stdout.write(`not on ${warehouse}: ${what}, for ${why}; covered by: ${covered}\n`)
  const slowest = suites.toSorted((a, b) => b.seconds - a.seconds).slice(0, 10)
  process.stdout.write('the slowest suites:\n')
  for (const { name, seconds } of slowest) process.stdout.write(`${seconds.toFixed(1).padStart(8)} s  ${name}\n`)
  if (kept.length > 0)
    leftOut.push(`${kept.length} suites of Jest (TIDEMARK_TEST_REQUIRE=all runs them): ${kept.join(' ')}`)
  for (const name of leftOut) process.stdout.write(`left out: ${name}\n`)
  if (everything) total.failed += leftOut.length
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
  process.exitCode = total.failed === 0 ? 0 : 1
}

const isWanted = ({ gate }: Runner): boolean => everything || asked.length > 0 || gate === undefined

async function inOrder(runners: readonly Runner[], sideBySide = false): Promise<void> {
  for (const runner of runners) {
    if (givenUp) return
    const { name, needs = [], gate, warehouse } = runner
    const missing = needs.filter((command) => !exists(command))
    const why = missing.length > 0 ? `needs ${missing.join(' and ')}` : (runner.cannot?.() ?? null)
    if (!isWanted(runner)) {
      leftOut.push(`${name} (TIDEMARK_TEST_REQUIRE=all runs it: ${gate})`)
    } else if (why !== null) {
      leftOut.push(`${name} (${why})`)
    } else {
      process.stdout.write(`\n== ${name}${sideBySide ? ' …' : ''}\n`)
      const from = performance.now()
      const outcome = await runner.run(!sideBySide)
      count(outcome, name, warehouse)
      // Where several run at once, what each says is told when it has ended.
      const seconds = Math.round((performance.now() - from) / 1000)
      if (sideBySide) process.stdout.write(`\n== ${name}\n${outcome.says}\n`)
      process.stdout.write(`== ${name}: ${outcome.passed} passed, ${outcome.failed} failed, ${seconds} s\n`)
    }
  }
}

function count({ passed, failed, conforming: on, suites: some = [] }: Outcome, name: string, warehouse?: string): void {
  total.passed += passed
  total.failed += failed
  suites.push(...some.map((suite) => ({ ...suite, name: `${suite.name} (${name})` })))
  if (warehouse !== undefined) conforming.push(`suite over all warehouses on ${warehouse}: ${on} passed`)
}

/** Ends everything, says what still ran, and fails. */
async function giveUp(why: string): Promise<void> {
  givenUp = true
  process.stdout.write(`\nended: ${why}; still running:\n`)
  for (const { name, words } of stillRunning()) {
    const now = name.startsWith('jest ') ? suitesNow(name.slice('jest '.length)) : []
    process.stdout.write(`  ${words}${now.length > 0 ? `: ${now.join(', ')}` : ''}\n`)
  }
  await endAll()
  process.stdout.write(`\n${total.passed} passed, ${total.failed + 1} failed\n`)
  process.exit(1)
}

function exists(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined
}

await main()
