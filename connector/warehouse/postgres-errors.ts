import { quote } from '../config/problems.ts'
import { inOurWords, type Kind } from './classify.ts'
import { atServer, kindOfConnection, type Target } from './postgres-unreachable.ts'
import { type Detail, isOfTheUser } from './warehouse.ts'

/**
 * What a SQLSTATE, or the beginning of one, says about the next step (PostgreSQL documentation, appendix "PostgreSQL Error
 * Codes"); the first that fits. Texts of errors can quote rows and go nowhere.
 */
const states: readonly (readonly [state: string, kind: Kind])[] = [
  ['08', ['later', 'warehouse_unreachable', 'PostgreSQL cannot be reached']],
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

const raced = /tuple concurrently (updated|deleted)/

/** A unique index of the catalogue: two sessions made the same thing at once. */
const inCatalogue = /^pg_/

interface Thrown {
  readonly code?: unknown
  readonly message?: unknown
  readonly constraint?: unknown
  readonly severity?: unknown
  readonly position?: unknown
}

/** What was said, and over which connection. */
export interface Saying {
  readonly target: Target
  /** The statement, and what stands before it in what the server reads. */
  readonly statement?: string
  readonly before?: string
}

const kindOf = (thrown: Thrown | null, step: string, saying: Saying): Kind => {
  const ofConnection = kindOfConnection(thrown, saying.target)
  if (ofConnection) return ofConnection
  const [code, message] = [String(thrown?.code ?? ''), String(thrown?.message ?? '')]
  if (thrown?.severity === undefined) return ['bug', 'warehouse_error', 'The PostgreSQL driver failed']
  if (code === '42501') return lacksRight(message, step, saying.target)
  const [fault, word, says] = kindOfState(code, message, String(thrown.constraint ?? ''))
  const unreachable = word === 'warehouse_unreachable' || word === 'warehouse_connections'
  if (unreachable) return [fault, word, `${says} (${atServer(saying.target)})`]
  const offset = offsetIn(saying, Number(thrown.position))
  return [fault, word, says, offset === undefined ? {} : { offset }]
}

const kindOfState = (code: string, message: string, constraint: string): Kind => {
  if (code === '42601' && message.includes('multiple commands'))
    return ['statement', 'sql_several', 'There is more than one statement']
  // Poolers say this code of whatever they refuse.
  if (code === '08P01' && message.startsWith('bind message supplies'))
    return ['statement', 'sql_parameters', 'There is a parameter ($1 or ?) that nothing fills']
  if (code === '23505' && inCatalogue.test(constraint))
    return ['bug', 'warehouse_exists', 'Something of that name is there already']
  if (code === 'XX000' && raced.test(message))
    return ['later', 'warehouse_conflict', 'Another session changed the same thing']
  const found = states.find(([state]) => code.startsWith(state))
  return found?.[1] ?? ['statement', 'sql_refused', `PostgreSQL refused a statement (SQLSTATE ${code})`]
}

/** PostgreSQL counts from 1, and in characters of Unicode. */
const offsetIn = ({ statement = '', before = '' }: Saying, position: number): number | undefined => {
  if (!(position > before.length)) return undefined
  return [...statement].slice(0, position - 1 - [...before].length).join('').length
}

/** `permission denied for table people`, in the language of the server: elsewhere than in English nothing is named. */
const denied = /^permission denied for ([a-z ]+) "?([^"\n]+?)"?$/

const lacksRight = (message: string, step: string, { user }: Target): Kind => {
  const [, kind, name] = denied.exec(message) ?? []
  const what =
    kind === undefined || name === undefined
      ? ''
      : ` ${kind === 'database' ? 'to make schemas in' : 'to'} the ${kind} ${quote(name)}`
  const says = `The PostgreSQL user ${quote(user ?? '')} has not the right${what} that this needs`
  const detail: Detail = isOfTheUser(step)
    ? {
        about: `cannot be read: the PostgreSQL user ${quote(user ?? '')} has not the right${what}`,
        wayOut: grantWayOut(kind, user ?? ''),
      }
    : { wayOut: '`tidemark grants` prints the rights that runs need.' }
  return ['permission', 'warehouse_permission', says, detail]
}

const grantWayOut = (kind: string | undefined, user: string): string => {
  if (kind === 'schema') return `Grant usage on the schema, and select on what is read in it, to ${quote(user)}.`
  return `Grant select on it to ${quote(user)}. If it had the right before, dbt has probably built the relation anew, and a new one is without grants: write \`grants: { select: [${user}] }\` in the dbt configuration of the model, or let the owner of the relations run \`alter default privileges in schema … grant select on tables to …\` once.`
}

/** What `work` gives. Throws WarehouseError in place of whatever the driver throws. */
export const classified = <T>(step: string, saying: Saying, work: () => Promise<T>): Promise<T> =>
  inOurWords(step, (thrown) => kindOf(thrown as Thrown | null, step, saying), work)
