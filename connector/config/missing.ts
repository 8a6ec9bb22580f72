import { basename } from 'node:path'
import type { Configuration } from './activation.ts'
import { ConfigurationError, type LoadOptions, loadConfiguration } from './load.ts'
import { type Problem, placeText } from './problems.ts'
import type { Environment } from './tree.ts'

/** A credential whose variable is not set, and the words for it where no file has been named before. */
export interface MissingCredential extends Problem {
  readonly says: string
}

/** Destination -> a problem for each of its credentials whose variable is not set; who has all of them is not in it. */
export type MissingCredentials = ReadonlyMap<string, readonly MissingCredential[]>

/**
 * A configuration, and the credentials that the environment lacks: a destination that lacks some stops its own activations
 * and no others. An account that its connection would have named is made up, unless `accounts` are needed.
 * Throws ConfigurationError where anything else is wrong.
 */
export async function loadWithMissing(
  file: string,
  environment: Environment,
  accounts: LoadOptions['accounts'] = 'may_be_missing',
): Promise<{ readonly configuration: Configuration; readonly missing: MissingCredentials }> {
  try {
    return { configuration: await loadConfiguration(file, environment), missing: new Map() }
  } catch (error) {
    if (!(error instanceof ConfigurationError) || !error.problems.every(isOfCredential)) throw error
    // Where something else is wrong too, all of it is said at once.
    const configuration = await loadConfiguration(file, environment, { credentials: 'may_be_missing', accounts }).catch(
      () => {
        throw error
      },
    )
    const lacking = error.problems.map((problem) => ({ ...problem, says: sayMissing(file, problem) }))
    return { configuration, missing: Map.groupBy(lacking, ({ path }) => ofCredential.exec(path)?.[1] ?? '') }
  }
}

const sayMissing = (file: string, problem: Problem): string =>
  `${basename(file)}, ${placeText(problem)} ${problem.wrong}: ${problem.wayOut}`

const ofCredential = /^destinations\.([^.[]+)\.(?:credentials\.|connection$)/
const isOfCredential = ({ path }: Problem): boolean => ofCredential.test(path)
