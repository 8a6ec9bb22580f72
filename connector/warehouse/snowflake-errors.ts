import type { SnowflakeSettings } from '../config/activation.ts'
import { quote } from '../config/problems.ts'
import { inOurWords, type Kind } from './classify.ts'
import { atAccount, kindOfLogin, kindOfWay, roleOf, type Thrown } from './snowflake-unreachable.ts'
import { offsetOf } from './text-place.ts'
import { isOfTheUser } from './warehouse.ts'

const unreachable: Kind = ['later', 'warehouse_unreachable', 'Snowflake cannot be reached']
const cancelled: Kind = [
  'later',
  'warehouse_cancelled',
  'Snowflake broke a statement off: it took too long, or somebody did',
]

/** What an error code says about the next step, by the code that Snowflake sends or the driver has for itself. */
const codes: readonly (readonly [code: RegExp, kind: Kind])[] = [
  [/^40(1|2)\d{3}$/, unreachable],
  [
    /^4040(01|02|03|04|05|06|07|08|26|27|28|29|59|60|61|62)$/,
    ['configuration', 'warehouse_settings', 'The Snowflake driver does not accept the settings of the connection'],
  ],
  [/^(404|405|406|407|408)\d{3}$/, unreachable],
  [
    /^39011[0-9]$|^390(103|104|105)$|^390318$/,
    ['later', 'warehouse_unreachable', 'The session of Snowflake has ended'],
  ],
  [/^390(189|190|201|900)$/, ['configuration', 'no_such_database', 'There is no such role, warehouse or account']],
  [
    /^0*(2003|2043)$/,
    ['statement', 'no_such_relation', 'A relation or schema does not exist, or the role may not see it'],
  ],
  [/^0*2002$/, ['bug', 'warehouse_exists', 'Something of that name is there already']],
  [/^0*904$/, ['statement', 'no_such_column', 'A column does not exist']],
  [/^0*(1044|1045|2140|2141|2146)$/, ['statement', 'sql_extension', 'Snowflake has no such function for these types']],
  [/^0*(8)$/, ['statement', 'sql_several', 'There is more than one statement']],
  [/^0*(2049|2044)$/, ['statement', 'sql_parameters', 'There is a parameter (? or :1) that nothing fills']],
  [/^0*(1003|1001|1007)$/, ['statement', 'sql_syntax', 'The SQL cannot be parsed']],
  [
    /^0*(606|90105|90106|90109)$/,
    [
      'configuration',
      'warehouse_settings',
      'No warehouse, database or schema is in use: write warehouse.warehouse and warehouse.database, and let an administrator run what tidemark grants prints',
    ],
  ],
  [
    /^0*(90073|90077|2040)$/,
    ['later', 'warehouse_quota', 'The credits of the Snowflake warehouse are used up, or it is suspended'],
  ],
  [/^0*625$/, ['later', 'warehouse_busy', 'Another session holds a lock for longer than warehouse.lock_timeout_ms']],
  [/^0*(604|630)$/, cancelled],
  [/^0*(1000183|100183|100357|1300|300002)$/, ['later', 'warehouse_unreachable', 'Snowflake could not do it now']],
  [
    /^0*1000\d\d$|^0*(100035|100037|100038|100039|100046|100051|100069|100071|100078|100132)$/,
    ['statement', 'sql_value', 'A value does not fit its type'],
  ],
]

const conflict = /deadlock|concurrent|transaction conflict/i
const lacksRight = /^0*(3001|3011|3041)$/
const notFound = /^0*(2003|2043)$/

/** To whom something was said, and the statement. */
export interface Saying {
  readonly settings: SnowflakeSettings
  readonly statement?: string
}

const kindOf = (thrown: Thrown | null, step: string, { settings, statement }: Saying): Kind => {
  const [code, message] = [String(thrown?.code ?? ''), String(thrown?.message ?? '')]
  if (conflict.test(message)) return ['later', 'warehouse_conflict', 'Another transaction changed the same rows']
  const ofWay = kindOfWay(thrown, settings)
  if (ofWay) return ofWay
  if (lacksRight.test(code)) return refusedRight(message, step, settings)
  const [fault, word, says] = kindOfCode(code) ?? (/^39\d{4}$/.test(code) ? kindOfLogin(settings) : unknown(code))
  if (['warehouse_unreachable', 'no_such_database', 'warehouse_settings'].includes(word))
    return [fault, word, `${says} (${atAccount(settings)})`]
  if (word === 'warehouse_login') return kindOfLogin(settings)
  const about = notFound.test(code) && isOfTheUser(step) ? missing(message, settings) : {}
  const offset = statement === undefined ? undefined : offsetIn(message, statement)
  return [fault, word, says, offset === undefined ? about : { offset, ...about }]
}

const kindOfCode = (code: string): Kind | undefined => codes.find(([form]) => form.test(code))?.[1]

const unknown = (code: string): Kind =>
  /^\d{6}$/.test(code)
    ? ['statement', 'sql_refused', `Snowflake refused a statement (error ${code})`]
    : ['bug', 'warehouse_error', 'The Snowflake driver failed']

/** Snowflake counts lines from 1 and positions from 0. */
const offsetIn = (message: string, statement: string): number | undefined => {
  const [, line, position] = /\bline (\d+) at position (\d+)/.exec(message) ?? []
  return line === undefined ? undefined : offsetOf(statement, Number(line), Number(position), { from: 0 })
}

const kept =
  'If it had the right before, dbt has probably built the relation anew, and a new one is without grants: write `grants` or `copy_grants: true` in the dbt configuration of the model, or say `grant select on future tables in schema … to role …` once (and on future views).'

/** `Insufficient privileges to operate on table 'PEOPLE'` */
const refusedRight = (message: string, step: string, settings: SnowflakeSettings): Kind => {
  const [, kind, name] = /operate on ([\w ]+?) '([^'\n]+)'/.exec(message) ?? []
  const what = kind === undefined || name === undefined ? '' : ` to the ${kind.toLowerCase()} ${quote(name)}`
  const lacks = `${roleOf(settings)} has not the right${what}`
  const detail = isOfTheUser(step)
    ? { about: `cannot be read: ${lacks} that this needs`, wayOut: `Grant it. ${kept}` }
    : { wayOut: '`tidemark grants` prints the rights that runs need.' }
  return ['permission', 'warehouse_permission', `In Snowflake ${lacks} that this needs`, detail]
}

/** `Object 'DB.SHOP.PEOPLE' does not exist or not authorized.` Snowflake does not say which of both. */
const missing = (message: string, settings: SnowflakeSettings): { about?: string; wayOut?: string } => {
  const [, name] = /'([^'\n]+)' does not exist/.exec(message) ?? []
  if (name === undefined) return {}
  const about = `reads ${quote(name)}, which does not exist, or which ${roleOf(settings)} may not see`
  return { about, wayOut: `Correct the name, build it first, or grant select on it. ${kept}` }
}

/** What `work` gives. Throws WarehouseError in place of whatever the driver throws. */
export const classified = <T>(step: string, saying: Saying, work: () => Promise<T>): Promise<T> =>
  inOurWords(step, (thrown) => kindOf(thrown as Thrown | null, step, saying), work)
