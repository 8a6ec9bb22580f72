import { exits, RunStopped } from '../activation/stop.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { ConfigurationError, type Filters, filterActivations, selectActivations, UsageError } from '../config/load.ts'
import { loadWithMissing, type MissingCredentials } from '../config/missing.ts'

/** How commands choose activations, beside their names: the same everywhere. */
export interface SelectionOptions extends Filters {
  readonly all?: boolean
}

const filters = ({ segment = [], destination = [] }: Filters): boolean => segment.length + destination.length > 0

/** Names, --all, or --segment and --destination: at most one of the three. Throws UsageError before anything is read. */
export const checkSelection = (names: readonly string[], options: SelectionOptions): void => {
  if ([names.length > 0, options.all === true, filters(options)].filter(Boolean).length > 1)
    throw new UsageError(
      'Name activations, say --all, or choose by --segment and --destination: one of the three, not both.',
    )
}

/** For a command that never takes all by itself. */
export const demandSelection = (names: readonly string[], options: SelectionOptions, verb: string): void => {
  checkSelection(names, options)
  if (names.length === 0 && !options.all && !filters(options))
    throw new UsageError(`Name the activations to ${verb}, or say --all, --segment or --destination.`)
}

export const noActivation =
  'no segment is activated, so nothing is ever sent: write activate: [DESTINATION] below a segment'

/** The activations asked for, in the order of the file; all where nothing was. Throws UsageError for names not in it. */
export const selected = (
  configuration: Configuration,
  names: readonly string[],
  options: SelectionOptions,
): readonly Activation[] => {
  if (names.length > 0) return selectActivations(configuration, names)
  return filters(options) ? filterActivations(configuration, options) : configuration.activations
}

/** Whether only some of the activations were asked for. */
export const isNarrowed = (names: readonly string[], options: SelectionOptions): boolean =>
  names.length > 0 || filters(options)

/** The configuration with what was asked for and nothing else; as it is where nothing was. */
export const narrowed = (
  configuration: Configuration,
  names: readonly string[],
  options: SelectionOptions,
): Configuration => {
  if (!isNarrowed(names, options)) return configuration
  const activations = selected(configuration, names, options)
  const used = new Set(activations.map(({ destination }) => destination.name))
  return {
    ...configuration,
    activations,
    destinations: configuration.destinations.filter(({ name }) => used.has(name)),
  }
}

/** A configuration, what was chosen of it, and the credentials that are not in the environment. */
export interface Chosen {
  readonly configuration: Configuration
  readonly activations: readonly Activation[]
  readonly missing: MissingCredentials
}

/**
 * For a command that calls platforms. A destination that lacks credentials stops its own activations only; where none of
 * those chosen can do without what is missing, that is a ConfigurationError.
 */
export const configured = async (
  file: string,
  choose: (configuration: Configuration) => readonly Activation[] | Promise<readonly Activation[]>,
): Promise<Chosen> => {
  const { configuration, missing } = await loadWithMissing(file, process.env)
  const activations = await choose(configuration)
  const destinations = new Set(activations.map(({ destination }) => destination.name))
  const problems = [...destinations].map((name) => missing.get(name))
  if (problems.length > 0 && problems.every((all) => all !== undefined))
    throw new ConfigurationError(file, problems.flat())
  return { configuration, activations, missing }
}

/** Why an activation cannot call its platform; null where it has its credentials. */
export const withoutCredentials = (missing: MissingCredentials, { destination }: Activation): RunStopped | null => {
  const problems = missing.get(destination.name)
  if (problems === undefined) return null
  return new RunStopped(exits.configuration, 'credentials_missing', `${problems.map(({ says }) => says).join('; ')}.`)
}
