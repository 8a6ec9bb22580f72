import { classifying, type Kind } from './classify.ts'

/**
 * What a SQLSTATE, or the beginning of one, says about the next step (PostgreSQL documentation, appendix "PostgreSQL Error
 * Codes"); the first that fits. Texts of errors can quote rows and go nowhere.
 */
const states: readonly (readonly [state: string, kind: Kind])[] = [
  ['08', ['later', 'warehouse_unreachable', 'PostgreSQL cannot be reached']],
  ['28', ['permission', 'warehouse_login', 'PostgreSQL refused user or password']],
  ['3D000', ['configuration', 'no_such_database', 'There is no such database']],
  [
    '42501',
    ['permission', 'warehouse_permission', 'The PostgreSQL user may not do this; tidemark grants prints what it needs'],
  ],
  ['25006', ['later', 'warehouse_read_only', 'The PostgreSQL server only reads: it is a standby, or fails over']],
  [
    '25P',
    ['later', 'warehouse_cancelled', 'PostgreSQL ended a transaction that took too long, or in which something failed'],
  ],
  ['2BP01', ['configuration', 'warehouse_depends', 'Something of others depends on it']],
  ['53100', ['later', 'warehouse_disk', 'The disk of the PostgreSQL server is full']],
  ['53300', ['later', 'warehouse_connections', 'PostgreSQL has no connection left']],
  ['53', ['later', 'warehouse_memory', 'PostgreSQL ran out of memory or another resource']],
  ['55P03', ['later', 'warehouse_busy', 'Another session holds a lock for longer than warehouse.lock_timeout_ms']],
  [
    '57014',
    ['later', 'warehouse_cancelled', 'PostgreSQL broke the statement off: by statement_timeout, or somebody did'],
  ],
  ['57', ['later', 'warehouse_unreachable', 'PostgreSQL is being stopped or started']],
  ['40', ['later', 'warehouse_conflict', 'Another transaction changed the same rows']],
  ['42601', ['statement', 'sql_syntax', 'The SQL cannot be parsed, or there is more than one statement']],
  ['42P01', ['statement', 'no_such_relation', 'A relation does not exist']],
  ['3F000', ['statement', 'no_such_relation', 'A schema does not exist']],
  ['42883', ['statement', 'no_such_column', 'A function or operator does not exist for these types']],
  ['42703', ['statement', 'no_such_column', 'A column does not exist']],
  ['42P18', ['statement', 'no_such_column', 'A column has a type that does not fit']],
  ['42P02', ['statement', 'sql_parameters', 'There is a parameter ($1 or ?) that nothing fills']],
  ['428', ['statement', 'no_such_column', 'A column has a type that does not fit']],
  ['22', ['statement', 'sql_value', 'A value does not fit its type']],
  ['0A000', ['statement', 'sql_extension', 'PostgreSQL has no such feature']],
  ['42P06', ['bug', 'warehouse_exists', 'A schema is there already']],
  ['42P07', ['bug', 'warehouse_exists', 'A table is there already']],
  ['42710', ['bug', 'warehouse_exists', 'Something of that name is there already']],
  ['58', ['later', 'warehouse_disk', 'PostgreSQL cannot read or write its files']],
]

/** Of the connection, before any SQLSTATE: what Node and the driver say. */
const unreachable: Kind = ['later', 'warehouse_unreachable', 'PostgreSQL cannot be reached']
const network =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|EADDR)|connection terminated|client has encountered a connection error|timeout expired|client was closed/i
const tls = /self.signed|certificate|ssl|tls|altnames/i
const raced = /tuple concurrently (updated|deleted)/

/** A unique index of the catalogue: two sessions made the same thing at once. */
const inCatalogue = /^pg_/

interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly constraint?: unknown
  readonly severity?: unknown
}

const kindOf = (thrown: Thrown | null): Kind => {
  const [code, message] = [String(thrown?.code ?? ''), String(thrown?.message ?? '')]
  if (thrown?.severity !== undefined) {
    if (code === '42601' && message.includes('multiple commands'))
      return ['statement', 'sql_several', 'There is more than one statement']
    // Poolers say this code of whatever they refuse.
    if (code === '08P01' && message.startsWith('bind message supplies'))
      return ['statement', 'sql_parameters', 'There is a parameter ($1 or ?) that nothing fills']
    if (code === '23505' && inCatalogue.test(String(thrown.constraint ?? '')))
      return ['bug', 'warehouse_exists', 'Something of that name is there already']
    if (code === 'XX000' && raced.test(message))
      return ['later', 'warehouse_conflict', 'Another session changed the same thing']
    const found = states.find(([state]) => code.startsWith(state))
    return found?.[1] ?? ['statement', 'sql_refused', `PostgreSQL refused a statement (SQLSTATE ${code})`]
  }
  if (network.test(code) || network.test(message)) return unreachable
  if (tls.test(code) || tls.test(message))
    return ['configuration', 'warehouse_tls', 'No TLS connection came about that meets warehouse.sslmode']
  return ['bug', 'warehouse_error', 'The PostgreSQL driver failed']
}

/** What `work` gives. Throws WarehouseError in place of whatever the driver throws. */
export const classified = classifying((error) => kindOf(error as Thrown | null))
