import { classifying, type Kind } from './classify.ts'

const login: Kind = ['permission', 'warehouse_login', 'Snowflake refused user, password, key or token']
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
  [/^39\d{4}$/, login],
  [
    /^0*(3001|3011|3041)$/,
    ['permission', 'warehouse_permission', 'The Snowflake role may not do this; tidemark grants prints what it needs'],
  ],
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

/** Of the connection, before any code: what Node says. */
const network = /ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|socket hang up|network|timeout/i
const conflict = /deadlock|concurrent|transaction conflict/i

interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
}

const kindOf = (thrown: Thrown | null): Kind => {
  const [code, message] = [String(thrown?.code ?? ''), String(thrown?.message ?? '')]
  if (conflict.test(message)) return ['later', 'warehouse_conflict', 'Another transaction changed the same rows']
  const found = codes.find(([form]) => form.test(code))
  if (found) return found[1]
  if (network.test(code) || network.test(message)) return unreachable
  if (/^\d{6}$/.test(code)) return ['statement', 'sql_refused', `Snowflake refused a statement (error ${code})`]
  return ['bug', 'warehouse_error', 'The Snowflake driver failed']
}

/** What `work` gives. Throws WarehouseError in place of whatever the driver throws. */
export const classified = classifying((error) => kindOf(error as Thrown | null))
