import type { Destination, DestinationSettings } from '../destination/destination.ts'
import { destinations as registry } from '../destination/registry.ts'
import { readDestinations } from './destinations.ts'
import { readText } from './file.ts'
import { didYouMean } from './nearest.ts'
import { ConfigurationError, Problems, quote, UsageError } from './problems.ts'
import { credentialVariables, given, withStandIns } from './stand-ins.ts'
import { type Environment, isMapping, readTree } from './tree.ts'

/** One destination before anybody has consented: what is not in the environment yet is left out of its credentials. */
export interface AppSettings {
  readonly settings: DestinationSettings
  /** The variable of the environment that each credential is read from, where it is read from one. */
  readonly variables: Readonly<Record<string, string>>
}

const destinations: Readonly<Record<string, Destination>> = registry

/**
 * Reads one entry of `destinations`, whatever else is wrong with the file.
 * @throws ConfigurationError with the problems of that entry; UsageError where there is none of that name.
 */
export async function loadApp(file: string, environment: Environment, name: string): Promise<AppSettings> {
  const text = await readText(file)
  const settings = readEntry(file, text, withStandIns(text, environment), name)
  const variables = credentialVariables(text)[name] ?? {}
  const set = Object.entries(settings.credentials).filter(([key]) => {
    const variable = variables[key]
    return variable === undefined || given(environment, variable) !== undefined
  })
  return { settings: { ...settings, credentials: Object.fromEntries(set) }, variables }
}

/**
 * The same, with all that it needs from the environment; what others need may be missing there.
 * @throws ConfigurationError with the problems of that entry; UsageError where there is none of that name.
 */
export const loadDestination = async (
  file: string,
  environment: Environment,
  name: string,
): Promise<DestinationSettings> => readEntry(file, await readText(file), environment, name)

const readEntry = (file: string, text: string, environment: Environment, name: string): DestinationSettings => {
  const problems = new Problems(file)
  const tree = readTree(text, environment, problems)
  const entries = readDestinations(isMapping(tree) ? tree.destinations : tree, destinations, undefined, problems)
  const entry = entries.get(name)
  const place = `destinations.${name}`
  const ofEntry = problems.all.filter(
    ({ path }) => tree === undefined || path === place || path.startsWith(`${place}.`),
  )
  if (ofEntry.length > 0) throw new ConfigurationError(file, ofEntry)
  if (entry?.settings === undefined)
    throw new UsageError(`no destination is named ${quote(name)}: ${didYouMean(name, [...entries.keys()])}`)
  return entry.settings
}
