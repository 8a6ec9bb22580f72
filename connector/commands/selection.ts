import { exits, RunStopped } from '../activation/stop.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { ConfigurationError, selectActivations, UsageError } from '../config/load.ts'
import { loadWithMissing, type MissingCredentials } from '../config/missing.ts'

export interface SelectionOptions {
  readonly all?: boolean
}

/** Names or --all, and one of the two. Throws UsageError before anything is read. */
export const checkSelection = (names: readonly string[], { all }: SelectionOptions, verb: string): void => {
  if (names.length === 0 && !all) throw new UsageError(`Name the activations to ${verb}, or say --all.`)
  if (names.length > 0 && all) throw new UsageError('Name activations or say --all, not both.')
}

/** The activations asked for, in the order of the file. Throws UsageError for names that are not in it. */
export const selected = (
  configuration: Configuration,
  names: readonly string[],
  { all }: SelectionOptions,
): readonly Activation[] => (all ? configuration.activations : selectActivations(configuration, names))

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
  const lines = problems.map(({ path, wrong, wayOut }) => `${path} ${wrong}: ${wayOut}`)
  return new RunStopped(exits.configuration, 'credentials_missing', `${lines.join('; ')}.`)
}
