import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Destination, DestinationSettings } from '../destination/destination.ts'
import { destinations as registry } from '../destination/registry.ts'
import type { Activation, Configuration } from './activation.ts'
import { readActivations } from './activations.ts'
import { readDestinations } from './destinations.ts'
import { didYouMean } from './nearest.ts'
import { ConfigurationError, Problems, quote, UsageError } from './problems.ts'
import { readMapping } from './read.ts'
import * as schema from './schema.ts'
import { readSegments } from './segments.ts'
import { type Environment, isMapping, readTree } from './tree.ts'
import { readWarehouse } from './warehouse.ts'

export { ConfigurationError, UsageError } from './problems.ts'

const maxFileBytes = 1_000_000
const destinations: Readonly<Record<string, Destination>> = registry

const notYet = { dbt: 'name relations by relation: schema.table and take it out' }

/**
 * Reads and validates a configuration file. `${NAME}` is taken from `environment`; relative paths start at the file's
 * folder.
 * @throws ConfigurationError with every problem of the file, when there is any.
 */
export async function loadConfiguration(file: string, environment: Environment): Promise<Configuration> {
  const text = await readText(file)
  const problems = new Problems(file)
  const tree = readTree(text, environment, problems)
  // After a syntax error there is nothing to look at.
  if (tree === undefined) throw new ConfigurationError(file, problems.all)
  const configuration = readDocument(tree, file, problems)
  if (problems.all.length > 0 || configuration === undefined) throw new ConfigurationError(file, problems.all)
  return configuration
}

/** The JSON Schema (draft 7) of `tidemark.yml`, for editors. */
export const jsonSchema = (): Record<string, unknown> => schema.jsonSchemaFor(destinations)

/**
 * The activations of these names, each once, in the order of the file.
 * @throws UsageError that lists all names that are not there, each with the nearest one that is.
 */
export function selectActivations(configuration: Configuration, names: readonly string[]): readonly Activation[] {
  const known = configuration.activations.map(({ name }) => name)
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length > 0) {
    const lines = unknown.map((name) => `no activation is named ${quote(name)}: ${didYouMean(name, known)}`)
    throw new UsageError(lines.join('\n'))
  }
  return configuration.activations.filter(({ name }) => names.includes(name))
}

/**
 * The destination of this name.
 * @throws UsageError that names the nearest one that is there.
 */
export function selectDestination({ destinations: known }: Configuration, name: string): DestinationSettings {
  const found = known.find((destination) => destination.name === name)
  if (found !== undefined) return found
  const names = known.map((destination) => destination.name)
  throw new UsageError(`no destination is named ${quote(name)}: ${didYouMean(name, names)}`)
}

function readDocument(tree: unknown, file: string, problems: Problems): Configuration | undefined {
  const read = readMapping(schema.document, tree, [], problems, notYet)
  if (!isMapping(tree)) return undefined
  const warehouse = readWarehouse(tree.warehouse, file, problems)
  const run = readMapping(schema.run, tree.run ?? {}, ['run'], problems)
  const entries = readDestinations(tree.destinations, destinations, run.lease_seconds, problems)
  const segments = readSegments(tree.segments, problems)
  const activations = readActivations(segments, entries, problems)
  if (read.version === undefined || warehouse === undefined || run.lease_seconds === undefined) return undefined
  return {
    file: resolve(file),
    warehouse,
    run: { leaseSeconds: run.lease_seconds },
    destinations: [...entries.values()].flatMap(({ settings }) => settings ?? []),
    activations,
  }
}

async function readText(file: string): Promise<string> {
  const wrongFile = (wrong: string, got: string, wayOut: string) =>
    new ConfigurationError(file, [{ path: '(the whole file)', wrong, got, wayOut }])
  const bytes = await readBytes(file).catch((error: NodeJS.ErrnoException) => {
    const wayOut = 'write one (see the README) or name it with --config FILE'
    if (error.code === 'ENOENT') throw wrongFile('is not there', 'no file', wayOut)
    throw wrongFile('cannot be read', error.code ?? 'an error', 'make it readable or name another with --config FILE')
  })
  if (bytes.length > maxFileBytes)
    throw wrongFile(`must be at most ${maxFileBytes} bytes`, 'more', 'leave out what is not configuration')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw wrongFile('is not UTF-8 text', 'other bytes', 'save it as UTF-8')
  }
}

/** One byte more than allowed at most, however long the file: it may be a device that never ends. */
async function readBytes(file: string): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const buffer = new Uint8Array(maxFileBytes + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
      length += bytesRead
      if (bytesRead === 0 || length === buffer.length) return buffer.subarray(0, length)
    }
  } finally {
    await handle.close()
  }
}
