import type { Grants } from '../../sql/dialect/dialect.ts'
import type { Configuration, WarehouseSettings } from '../config/activation.ts'
import { loadConfiguration } from '../config/load.ts'
import { namings, storedName } from '../config/names.ts'
import { didYouMean } from '../config/nearest.ts'
import { quote, UsageError } from '../config/problems.ts'
import { loginOf } from '../config/warehouse.ts'
import { dialects } from '../warehouse/registry.ts'
import { answerWith } from './document.ts'

export interface GrantsOptions {
  readonly config: string
  readonly json?: boolean
  readonly role?: string
  readonly reader?: string
  readonly database?: string
}

/** `tidemark grants`: prints what an administrator says once, for the segments of the configuration. It asks no warehouse. */
export const grants = (warehouse: string | undefined, options: GrantsOptions): Promise<number> =>
  answerWith('tidemark.grants/1', options, async () => {
    const configuration = await loadConfiguration(options.config, process.env, {
      credentials: 'may_be_missing',
      accounts: 'may_be_missing',
    })
    const type = typeOf(warehouse, configuration)
    const { grants: write, grantsBeside, compile } = dialects[type]
    if (write === null) {
      const text = `-- A ${type} file has no roles: whoever may read and write the file may do everything in it.`
      return { document: { warehouse: type, statements: [], notes: [] }, text, exit: 0 }
    }
    const wanted = wantedOf(configuration, options, type)
    const statements = write(wanted).map((statement) => compile(statement).sql)
    const notes = [...grantsBeside(wanted), ...notesOf(configuration)]
    const text = [...statements.map((statement) => `${statement};`), ...notes.map((note) => `-- ${note}`)].join('\n')
    return { document: { warehouse: type, statements, notes }, text, exit: 0 }
  })

const typeOf = (warehouse: string | undefined, { warehouse: { type } }: Configuration): WarehouseSettings['type'] => {
  if (warehouse === undefined) return type
  const known = Object.keys(dialects) as WarehouseSettings['type'][]
  const found = known.find((name) => name === warehouse)
  if (found !== undefined) return found
  throw new UsageError(`no warehouse is called ${quote(warehouse)}: ${didYouMean(warehouse, known)}`)
}

const wantedOf = (
  { warehouse, activations }: Configuration,
  options: GrantsOptions,
  type: WarehouseSettings['type'],
): Grants => {
  const relations = activations.flatMap(({ segment: { source } }) => ('relation' in source ? [source.relation] : []))
  const login = loginOf(warehouse, process.env)
  const named = (name: string): string => storedName(name, namings[type])
  return {
    role: named(options.role ?? login.user ?? 'tidemark'),
    reader: options.reader === undefined ? null : named(options.reader),
    database: named(options.database ?? login.database ?? login.user ?? 'tidemark'),
    schema: warehouse.schema,
    relations: [...new Map(relations.map((parts) => [JSON.stringify(parts), parts])).values()],
  }
}

/** What cannot be told from the configuration. */
const notesOf = ({ activations }: Configuration): readonly string[] => {
  const segments = new Map(activations.map(({ segment }) => [segment.name, segment]))
  return [...segments.values()].flatMap(({ name, source }) => {
    if ('sql' in source) return [`Segment ${name} is SQL: grant select on what it reads, and usage on the schemas.`]
    if ('relation' in source && source.relation.length === 1)
      return [`Segment ${name} names no schema: grant usage on the schema in which it is found.`]
    return []
  })
}
