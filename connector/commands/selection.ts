import type { Activation, Configuration } from '../config/activation.ts'
import { selectActivations, UsageError } from '../config/load.ts'

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
