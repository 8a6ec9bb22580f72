import type { Destination, DestinationSettings } from '../destination/destination.ts'
import { destinations as registry } from '../destination/registry.ts'
import { followConnections, type LoadOptions } from './connections.ts'
import { readDestinations } from './destinations.ts'
import { readText } from './file.ts'
import { didYouMean } from './nearest.ts'
import { ConfigurationError, Problems, quote, UsageError } from './problems.ts'
import { credentialVariables, given, standIn, withStandIns } from './stand-ins.ts'
import { type Environment, isMapping, readTree } from './tree.ts'

/** One destination before anybody has consented: what is not in the environment yet is left out of its credentials. */
export interface AppSettings {
  readonly settings: DestinationSettings
  /** The variable of the environment that each credential is read from, where it is read from one. */
  readonly variables: Readonly<Record<string, string>>
  /** The id of the connection that gives them. */
  readonly connection: string | null
}

const destinations: Readonly<Record<string, Destination>> = registry

/**
 * Reads one entry of `destinations`, whatever else is wrong with the file.
 * @throws ConfigurationError with the problems of that entry; UsageError where there is none of that name.
 */
export async function loadApp(file: string, environment: Environment, name: string): Promise<AppSettings> {
  const text = await readText(file)
  const { settings, connection } = readEntry(file, text, withStandIns(text, environment), name, {
    credentials: 'may_be_incomplete',
    accounts: 'may_be_missing',
  })
  const variables = credentialVariables(text)[name] ?? {}
  const set = Object.entries(settings.credentials).filter(([key, value]) => {
    if (value === standIn) return false
    const variable = variables[key]
    return variable === undefined || given(environment, variable) !== undefined
  })
  return { settings: { ...settings, credentials: Object.fromEntries(set) }, variables, connection }
}

/**
 * The same, with all that it needs from the environment; what others need may be missing there.
 * @throws ConfigurationError with the problems of that entry; UsageError where there is none of that name.
 */
export const loadDestination = async (
  file: string,
  environment: Environment,
  name: string,
): Promise<DestinationSettings> => readEntry(file, await readText(file), environment, name).settings

const readEntry = (
  file: string,
  text: string,
  environment: Environment,
  name: string,
  may: LoadOptions = {},
): Pick<AppSettings, 'settings' | 'connection'> => {
  const problems = new Problems(file)
  const written = readTree(text, environment, problems)
  const followed = followConnections(written, destinations, environment, may, problems)
  const { tree, unfollowed } = followed
  const entries = readDestinations(
    isMapping(tree) ? tree.destinations : tree,
    destinations,
    undefined,
    problems,
    unfollowed,
  )
  const entry = entries.get(name)
  const place = `destinations.${name}`
  const ofEntry = problems.all.filter(
    ({ path }) => tree === undefined || path === place || path.startsWith(`${place}.`),
  )
  if (ofEntry.length > 0) throw new ConfigurationError(file, ofEntry)
  if (entry?.settings === undefined)
    throw new UsageError(`no destination is named ${quote(name)}: ${didYouMean(name, [...entries.keys()])}`)
  return { settings: entry.settings, connection: followed.destinations[name] ?? null }
}
