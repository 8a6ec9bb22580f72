import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scriptOf } from '../../connector/warehouse/bigquery-script.ts'
import { bigquery } from '../../sql/dialect/bigquery.ts'
import { catalogueOf } from './catalogue.ts'

/**
 * `node test/sql/googlesql.ts`: Google's own analyzer over every statement in BigQuery's dialect, in their order, and over
 * transactions as scripts. Ends with `N of M statements are read as they should be`; a few that it must not take prove that it looks.
 */
const folder = join(import.meta.dirname, 'googlesql')
const cache = join(import.meta.dirname, '..', '..', '.cache')

const wrong = [
  'select member_key from `tidemark_state`.`ledger_members_people-tiktok` except select member_key from `tidemark`.`membership_events`',
  'update `tidemark`.`runs` set status = null',
  "select 'it''s'",
  'select nothing from `tidemark`.`runs`',
  'select no_such_function(1)',
  'select cast(1 as varchar)',
  'begin transaction; update `t` set a = 1 where true; commit transaction; if then',
]

/** What segments of the catalogue read. */
const columns = `(id string, \`work email\` string, phone string, country string, spent float64, orders int64, active bool,
  left_at timestamp, ${Array.from({ length: 12 }, (_, n) => `c${n} ${n === 3 ? 'bytes' : 'string'}`).join(', ')})`
const sources = [
  // An open delta that a migration changes.
  'create table tidemark_state.`delta_rows-people-tiktok-8` (hold_until_at timestamp, hold_reason string)',
  `create table shop.people ${columns}`,
  `create table people ${columns}`,
]

const all = Object.values(catalogueOf(bigquery)).flat()
const transaction = scriptOf(bigquery, [
  ...all.slice(0, 3),
  ...all.slice(-2).map((statement) => ({ statement, exactly: 1 })),
]).sql
const right = [...sources, ...all.map((statement) => bigquery.compile(statement).sql), transaction]

/** Jars of the versions in pom.xml, fetched once (100 MB). */
const libraries = (): string => {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, 'pom.xml')))
    .digest('hex')
    .slice(0, 16)
  const ready = join(cache, `googlesql-${digest}`)
  if (!existsSync(ready)) {
    const made = `${ready}.${process.pid}`
    const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${made}`]
    const { status } = spawnSync('mvn', ['-q', '-B', '-f', join(folder, 'pom.xml'), ...goal], {
      stdio: ['ignore', 2, 2],
    })
    if (status !== 0) throw new Error('mvn could not fetch the analyzer')
    // Of another system; this one's would not be found beside it.
    for (const jar of readdirSync(made).filter((name) => name.includes('-darwin-'))) rmSync(join(made, jar))
    renameSync(made, ready)
  }
  return ready
}

const answers = (statements: readonly string[]): readonly string[] => {
  const work = mkdtempSync(join(tmpdir(), 'tidemark-googlesql-'))
  try {
    const file = join(work, 'statements.sql')
    writeFileSync(file, statements.join('\n;;\n'))
    const { stdout } = spawnSync(
      'java',
      ['-Xmx1g', '-cp', join(libraries(), '*'), join(folder, 'Analyze.java'), file],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 2],
      },
    )
    return stdout.trimEnd().split('\n')
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const given = answers([...right, ...wrong])
const refused = right.filter((_, i) => given[i] !== 'OK')
for (const text of refused) process.stdout.write(`${given[right.indexOf(text)]}\n  ${text.slice(0, 300)}\n`)
for (const [i, text] of wrong.entries())
  if (!given[right.length + i]?.startsWith('NO')) process.stdout.write(`taken, and should not be: ${text}\n`)
const seen = wrong.filter((_, i) => given[right.length + i]?.startsWith('NO')).length
process.stdout.write(
  `${right.length - refused.length + seen} of ${right.length + wrong.length} statements are read as they should be\n`,
)
