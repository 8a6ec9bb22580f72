import { resolve } from 'node:path'
import type { Destination } from '../destination/destination.ts'
import { destinations as registry } from '../destination/registry.ts'
import type { Activation, Configuration } from './activation.ts'
import { readActivations } from './activations.ts'
import { type Followed, followConnections, type LoadOptions } from './connections.ts'
import { readDestinations } from './destinations.ts'
import { readText } from './file.ts'
import { withIndentation } from './indentation.ts'
import { anyNaming, type Naming, namingOf, storedName } from './names.ts'
import { didYouMean } from './nearest.ts'
import { ConfigurationError, type Problem, Problems, quote, UsageError } from './problems.ts'
import { readMapping } from './read.ts'
import * as schema from './schema.ts'
import { readSegments } from './segments.ts'
import { credentialParts, standIn, warehouseParts, withStandIns } from './stand-ins.ts'
import { type Environment, isMapping, readTree } from './tree.ts'
import { readWarehouse } from './warehouse.ts'

export type { LoadOptions } from './connections.ts'
export { ConfigurationError, UsageError } from './problems.ts'

const destinations: Readonly<Record<string, Destination>> = registry

const notYet = { dbt: 'name relations by relation: schema.table and take it out' }

/**
 * Reads and validates a configuration file. `${NAME}` and connections are taken from `environment`; relative paths start at
 * the file's folder.
 * @throws ConfigurationError with every problem of the file, when there is any.
 */
export async function loadConfiguration(
  file: string,
  given: Environment,
  options: LoadOptions = {},
): Promise<Configuration> {
  const text = await readText(file)
  const environment = withoutSecrets(text, given, options)
  const read = (of: string): Reading => readConfiguration(of, file, environment, options)
  const { problems, configuration } = read(text)
  if (configuration !== undefined) return configuration
  throw new ConfigurationError(
    file,
    withIndentation(text, problems, (of) => problemsOf(() => read(of))),
  )
}

const problemsOf = (read: () => Reading): readonly Problem[] => {
  try {
    return read().problems
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems
    throw error
  }
}

/** What a text says; undefined where there is a problem. */
interface Reading {
  readonly configuration: Configuration | undefined
  readonly problems: readonly Problem[]
}

const readConfiguration = (text: string, file: string, environment: Environment, may: LoadOptions): Reading => {
  const problems = new Problems(file)
  const tree = readTree(text, environment, problems)
  // After a syntax error there is nothing to look at.
  const configuration =
    tree === undefined
      ? undefined
      : readDocument(followConnections(tree, destinations, environment, may, problems), file, problems)
  return { configuration: problems.all.length > 0 ? undefined : configuration, problems: problems.all }
}

const withoutSecrets = (text: string, environment: Environment, may: LoadOptions): Environment => {
  const ofWarehouse = may.warehouse === 'may_be_missing' ? warehouseParts(text) : new Map<string, string>()
  const ofPlatforms = (may.credentials ?? 'needed') !== 'needed' ? credentialParts(text) : new Set<string>()
  return withStandIns(
    text,
    environment,
    (variable) => ofWarehouse.get(variable) ?? (ofPlatforms.has(variable) ? standIn : ''),
  )
}

/** The JSON Schema (draft 7) of `tidemark.yml`, for editors. */
export const jsonSchema = (): Record<string, unknown> => schema.jsonSchemaFor(destinations)

/**
 * The activations of these names, each once, in the order of the file.
 * @throws UsageError that lists all names that are not there, each with those that may be meant.
 */
export function selectActivations(configuration: Configuration, names: readonly string[]): readonly Activation[] {
  const known = configuration.activations.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const lines = unknown.map(
      (name) =>
        `no activation is named ${quote(name)}: ${didYouMean(name, known)}${otherwiseNamed(configuration, name)}`,
    )
    throw new UsageError(lines.join('\n'))
  }
  return configuration.activations.filter(({ name }) => names.includes(name))
}

/** How to choose the activations of a segment or destination, where it is the name of one. */
function otherwiseNamed({ activations }: Configuration, name: string): string {
  if (activations.some(({ segment }) => segment.name === name)) return ` All of the segment: --segment ${name}`
  return activations.some(({ destination }) => destination.name === name)
    ? ` All on the destination: --destination ${name}`
    : ''
}

/** Names of segments and of destinations. */
export interface Filters {
  readonly segment?: readonly string[] | undefined
  readonly destination?: readonly string[] | undefined
}

/**
 * The activations of any of these segments that are on any of these destinations; who names none of a kind means all.
 * @throws UsageError that lists all names that are not there, or says that nothing is left.
 */
export function filterActivations(configuration: Configuration, filters: Filters): readonly Activation[] {
  const { segment: segments = [], destination: destinations = [] } = filters
  const knownSegments = [...new Set(configuration.activations.map(({ segment }) => segment.name))]
  const knownDestinations = configuration.destinations.map(({ name }) => name)
  const unknown = [
    ...unknownOf('segment with an activation', segments, knownSegments),
    ...unknownOf('destination', destinations, knownDestinations),
  ]
  if (unknown.length > 0) throw new UsageError(unknown.join('\n'))
  const chosen = configuration.activations.filter(
    ({ segment, destination }) =>
      (segments.length === 0 || segments.includes(segment.name)) &&
      (destinations.length === 0 || destinations.includes(destination.name)),
  )
  if (chosen.length > 0) return chosen
  const of = segments.length === 0 ? '' : ` of ${segments.join(' or ')}`
  throw new UsageError(`no activation${of} is on ${destinations.join(' or ')}; tidemark validate --json lists all`)
}

const unknownOf = (kind: string, names: readonly string[], known: readonly string[]): readonly string[] =>
  names
    .filter((name) => !known.includes(name))
    .map((name) => `no ${kind} is named ${quote(name)}: ${didYouMean(name, known)}`)

function readDocument(followed: Followed, file: string, problems: Problems): Configuration | undefined {
  const { tree, unfollowed, unfollowedWarehouse } = followed
  const read = readMapping(schema.document, tree, [], problems, notYet)
  if (!isMapping(tree)) return undefined
  const warehouse = readWarehouse(tree.warehouse, file, problems, unfollowedWarehouse)
  const run = readMapping(schema.run, tree.run ?? {}, ['run'], problems)
  const entries = readDestinations(tree.destinations, destinations, run.lease_seconds, problems, unfollowed)
  const type = isMapping(tree.warehouse) ? tree.warehouse.type : undefined
  const naming = unfollowedWarehouse !== undefined && type === undefined ? anyNaming : namingOf(type)
  const segments = readSegments(tree.segments, naming, problems)
  const activations = readActivations(segments, entries, problems).map((one) => withColumns(one, naming))
  if (read.version === undefined || warehouse === undefined || run.lease_seconds === undefined) return undefined
  return {
    file: resolve(file),
    warehouse,
    run: { leaseSeconds: run.lease_seconds },
    destinations: [...entries.values()].flatMap(({ settings }) => settings ?? []),
    activations,
    connections: {
      warehouse: followed.warehouse,
      warehouseIsKnown: unfollowedWarehouse === undefined,
      destinations: followed.destinations,
    },
  }
}

/** Columns by the names that the warehouse has for them. */
const withColumns = (activation: Activation, naming: Naming): Activation => {
  const { segment, fields } = activation
  const named = <T extends { readonly column: string }>(of: T): T => ({ ...of, column: storedName(of.column, naming) })
  const memberKey = named(segment.memberKey)
  return {
    ...activation,
    fields: fields.map((field) => {
      const { countryColumn: country } = field
      return { ...named(field), ...(country === undefined ? {} : { countryColumn: storedName(country, naming) }) }
    }),
    segment: { ...segment, memberKey, where: segment.where.map(named) },
  }
}
