import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { snowflake } from '../../sql/dialect/snowflake.ts'
import { pythonOf } from '../python/environment.ts'
import { catalogueOf } from './catalogue.ts'

/**
 * `node test/sql/snowflake.ts`: every statement in Snowflake's dialect by sqlglot and a list of functions. Ends with
 * `N of M statements are read as they should be`; a few that it must not take prove that it looks.
 */
const right = Object.values(catalogueOf(snowflake))
  .flat()
  .map((statement) => snowflake.compile(statement).sql)
const wrong = [
  'select a from t except all select a from u',
  'select row_number() over (partition by a) from t',
  'select regexp_matches(a, b) from t',
  'select a::varchar from t',
  'select a from t as sample',
  'select a, exists (select 1 from u where u.a = t.a) as b from t',
  'select from where',
]

const { stdout } = spawnSync(pythonOf('stand-ins'), [join(import.meta.dirname, 'snowflake_lint.py')], {
  encoding: 'utf8',
  input: JSON.stringify([...right, ...wrong]),
  stdio: ['pipe', 'pipe', 2],
  env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
})
const found = JSON.parse(stdout) as readonly (readonly string[])[]
const bad = right.flatMap((text, i) =>
  found[i]?.length === 0 ? [] : [`${found[i]?.join('; ')}\n  ${text.slice(0, 300)}`],
)
const missed = wrong
  .filter((_, i) => found[right.length + i]?.length === 0)
  .map((text) => `taken, and should not be: ${text}`)
for (const line of [...bad, ...missed]) process.stdout.write(`${line}\n`)
const all = right.length + wrong.length
process.stdout.write(`${all - bad.length - missed.length} of ${all} statements are read as they should be\n`)
