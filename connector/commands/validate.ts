import { probeFilters, probeSegment } from '../activation/segment.ts'
import type { Exit, RunStopped } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { ConfigurationError, loadConfiguration } from '../config/load.ts'
import type { Problem } from '../config/problems.ts'
import { contractOf } from '../destination/registry.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { type Answer, answerWith } from './document.ts'
import { worstExit } from './summary.ts'

export interface ValidateOptions {
  readonly config: string
  readonly json?: boolean
  readonly warehouse?: boolean
}

/** A segment that an activation cannot read. */
export interface Unreadable {
  readonly activations: readonly string[]
  readonly code: string
  readonly message: string
  readonly exit: Exit
}

/** `tidemark validate`: everything that is wrong with the file, and with --warehouse with the segments, at once. */
export const validate = (options: ValidateOptions): Promise<number> =>
  answerWith('tidemark.validate/1', options, async () => {
    let configuration: Configuration
    try {
      configuration = await loadConfiguration(options.config, process.env)
    } catch (error) {
      if (error instanceof ConfigurationError && options.json) return invalid(error)
      throw error
    }
    const unreadable = options.warehouse ? await probe(configuration) : []
    return answer(options, configuration, unreadable)
  })

const invalid = ({ problems, message, exitCode }: ConfigurationError): Answer => ({
  document: { valid: false, activations: [], problems: problems.map(document), segments: [] },
  text: message,
  exit: exitCode,
})

const document = ({ path, wrong, got, wayOut }: Problem) => ({ path, wrong, got, way_out: wayOut })

const answer = (
  { config, warehouse }: ValidateOptions,
  { activations }: Configuration,
  unreadable: readonly Unreadable[],
): Answer => {
  const count = activations.length === 1 ? '1 activation' : `${activations.length} activations`
  const looked = warehouse ? ', and the warehouse has every relation and column they read, and filters that fit' : ''
  const notes = notesOf(activations)
  const lines = unreadable.map(({ activations: names, message }) => `  ${message} (${names.join(', ')})`)
  return {
    document: {
      valid: unreadable.length === 0,
      activations: activations.map(({ name }) => name),
      problems: [],
      segments: unreadable.map(({ activations: names, code, message }) => ({ activations: names, code, message })),
      notes,
    },
    text:
      unreadable.length === 0
        ? [`${config} is fine: ${count}${looked}.`, ...notes].join('\n')
        : `${config} is well-formed (${count}), but the warehouse does not fit it:\n${lines.join('\n')}`,
    exit: worstExit(unreadable.map(({ exit }) => exit)),
  }
}

/** What is well-formed and may surprise: a sentence for each destination. */
const notesOf = (activations: readonly Activation[]): readonly string[] =>
  [...Map.groupBy(activations, ({ destination }) => destination.name)].flatMap(([name, own]) => {
    const [first] = own
    if (!first) return []
    const { title, audience } = contractOf(first.destination)
    const { canRename, canDescribe } = audience
    const described = own.some((activation) => activation.audience.description !== null)
    const notes = [
      ...(canRename ? [] : ['an audience keeps the name it was made with, and a changed one is an error (exit 78)']),
      ...(canDescribe || !described ? [] : ['descriptions are not sent']),
    ]
    return notes.length === 0 ? [] : [`${name}: on ${title} ${notes.join('; ')}.`]
  })

/** Looks at what every activation reads; what several trip over is said once. */
export const probe = async (configuration: Configuration): Promise<readonly Unreadable[]> => {
  const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
  try {
    const found = new Map<string, { readonly names: string[]; readonly exit: Exit; readonly code: string }>()
    for (const activation of configuration.activations) {
      const stop = await problemOf(activation, warehouse)
      if (!stop) continue
      const same = found.get(stop.message) ?? { names: [], exit: stop.exit, code: stop.code }
      same.names.push(activation.name)
      found.set(stop.message, same)
    }
    return [...found].map(([message, { names, exit, code }]) => ({ activations: names, code, message, exit }))
  } finally {
    await warehouse.close()
  }
}

const problemOf = async (activation: Activation, warehouse: Warehouse): Promise<RunStopped | null> => {
  try {
    await probeSegment({ activation, warehouse })
    await probeFilters({ activation, warehouse })
    return null
  } catch (error) {
    return stopOf(error)
  }
}
