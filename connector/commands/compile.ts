import { createHash } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { exits, RunStopped } from '../activation/stop.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { isConnectionVariable } from '../config/airflow-variable.ts'
import { accountOfConnection } from '../config/destinations.ts'
import { loadConfiguration, UsageError } from '../config/load.ts'
import { quote } from '../config/problems.ts'
import { writtenRelation } from '../config/relation.ts'
import { counted } from '../plural.ts'
import { connectorVersion } from '../version.ts'
import { type Answer, answerWith } from './document.ts'
import { noActivation } from './selection.ts'

export interface CompileOptions {
  readonly config: string
  readonly json?: boolean
  readonly output?: string
  readonly check?: boolean
}

const stale = 1
const standardOutput = '-'

/**
 * `tidemark compile`: what an orchestrator makes its tasks of, as one JSON file. It says the same of the same configuration,
 * wherever it is made: connections are named and not followed, and no time stands in it.
 */
export const compile = (options: CompileOptions): Promise<number> =>
  answerWith('tidemark.compile/1', { json: options.json || options.output === standardOutput }, async () => {
    const { config, output = join(dirname(config), 'activations.json'), check } = options
    if (output === standardOutput && check)
      throw new UsageError('--check compares with a file: name it with --output FILE, not with -.')
    const configuration = await loadConfiguration(config, withoutConnections(process.env), {
      credentials: 'may_be_missing',
      warehouse: 'may_be_missing',
      accounts: 'may_be_missing',
    })
    const folder = output === standardOutput ? dirname(config) : dirname(output)
    const compiled = await compiledOf(configuration, folder)
    if (output === standardOutput) return { document: compiled, text: '', exit: 0 }
    const text = `${JSON.stringify(compiled, null, 2)}\n`
    const before = await readFile(output, 'utf8').catch(() => undefined)
    if (before !== text && !check) await replace(output, text)
    return answer(options, output, configuration.activations.length, before === text)
  })

const answer = ({ config, check }: CompileOptions, output: string, count: number, same: boolean): Answer => {
  const what = `${output} ${check || same ? 'has' : 'is written:'}`
  const warning = count === 0 ? `\nWarning: ${noActivation}.` : ''
  const text =
    check && !same
      ? `${output} is not what ${config} says now: tidemark compile writes it anew.`
      : `${what} ${counted(count, 'activation')}${same ? ', as the configuration says' : ''}.${warning}`
  const document = { output, activations: count, changed: !same, written: !same && !check }
  return { document, text, exit: check && !same ? stale : 0 }
}

/** They hold accounts and secrets; what a file says must not depend on whether they are there. */
const withoutConnections = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !isConnectionVariable(name)))

/** The content of the file; `folder` is where it lies, for its path to the configuration. */
const compiledOf = async (configuration: Configuration, folder: string): Promise<object> => {
  const { file, warehouse, connections } = configuration
  return {
    schema: 'tidemark.activations/1',
    connector_version: connectorVersion(),
    config: relative(resolve(folder), file).split(sep).join('/'),
    config_sha256: createHash('sha256')
      .update(await readFile(file))
      .digest('hex'),
    lease_seconds: configuration.run.leaseSeconds,
    warehouse: {
      type: connections.warehouseIsKnown ? warehouse.type : null,
      connection: connections.warehouse,
    },
    activations: configuration.activations.map((activation) => entryOf(activation, connections)),
  }
}

const entryOf = (activation: Activation, connections: Configuration['connections']): object => {
  const { name, segment, destination, audience, schedule, airflow } = activation
  const connection = connections.destinations[destination.name]
  const hasAccount = destination.accountId !== accountOfConnection(destination.name)
  return {
    activation: name,
    segment: segment.name,
    destination: destination.name,
    platform: destination.type,
    account_id: hasAccount ? destination.accountId : null,
    relation: 'relation' in segment.source ? writtenRelation(segment.source.relation) : null,
    model: null,
    description: audience.description ?? segment.description,
    schedule,
    // A connection may name account, address and warehouse: without it the hash would not be the one of runs.
    config_hash: connection === undefined && connections.warehouseIsKnown ? activation.configHash : null,
    connections: [connections.warehouse, connection].filter((id) => id != null),
    airflow,
  }
}

/** Replaced whole: whoever parses DAGs meanwhile reads the old file or the new one. */
const replace = async (file: string, text: string): Promise<void> => {
  const partial = `${file}.${process.pid}.partial`
  try {
    await writeFile(partial, text)
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined)
    const why = (error as NodeJS.ErrnoException).code ?? 'an error'
    const message = `${quote(file, 500)} cannot be written (${why}): make its folder, or name another with --output FILE.`
    throw new RunStopped(exits.configuration, 'file_not_written', message)
  }
}
