import { checkFormer } from '../activation/former.ts'
import { type Surprise, surprises } from '../activation/sample.ts'
import { probeFilters, probeSegment } from '../activation/segment.ts'
import type { Exit, RunStopped } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import { formerOf } from '../activation/take-over.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { ConfigurationError, loadConfiguration } from '../config/load.ts'
import { loadWithMissing } from '../config/missing.ts'
import type { Problem } from '../config/problems.ts'
import { contractOf } from '../destination/registry.ts'
import { counted } from '../plural.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { type Answer, answerWith } from './document.ts'
import { nothingToTakeOver, takesOver } from './plan-document.ts'
import { clockOffset } from './run-all.ts'
import { checkSelection, isNarrowed, narrowed, noActivation, type SelectionOptions } from './selection.ts'
import { worstExit } from './summary.ts'

export interface ValidateOptions extends SelectionOptions {
  readonly config: string
  readonly json?: boolean
  readonly warehouse?: boolean
  readonly credentials?: boolean
}

/** A segment that an activation cannot read. */
export interface Unreadable {
  readonly activations: readonly string[]
  readonly code: string
  readonly message: string
  readonly exit: Exit
}

/**
 * `tidemark validate`: everything that is wrong with the file, and with --warehouse with the segments, at once. The file is
 * always read whole; only what is looked at beyond it is of the activations that were chosen.
 */
export const validate = async (names: readonly string[], options: ValidateOptions): Promise<number> => {
  checkSelection(names, options)
  return answerWith('tidemark.validate/1', options, async () => {
    let configuration: Configuration
    try {
      configuration = await loaded(names, options)
    } catch (error) {
      if (error instanceof ConfigurationError && options.json) return invalid(error)
      throw error
    }
    const probed = options.warehouse ? await probe(configuration) : nothingProbed
    const warnings = [...nothingActivated(configuration), ...probed.warnings]
    return answer(options, configuration, { ...probed, warnings })
  })
}

const loaded = async (names: readonly string[], options: ValidateOptions): Promise<Configuration> => {
  const { config, credentials } = options
  if (!credentials) {
    const others = options.warehouse ? 'needed' : 'may_be_missing'
    const may = { credentials: 'may_be_missing', warehouse: others, accounts: others } as const
    return narrowed(await loadConfiguration(config, process.env, may), names, options)
  }
  const { configuration, missing } = await loadWithMissing(config, process.env)
  const chosen = narrowed(configuration, names, options)
  const lacking = isNarrowed(names, options)
    ? chosen.destinations.flatMap(({ name }) => missing.get(name) ?? [])
    : [...missing.values()].flat()
  if (lacking.length > 0) throw new ConfigurationError(config, lacking)
  return chosen
}

const invalid = ({ problems, message, exitCode }: ConfigurationError): Answer => ({
  document: { valid: false, activations: [], problems: problems.map(document), segments: [], warnings: [] },
  text: message,
  exit: exitCode,
})

const document = ({ path, line, column, wrong, got, wayOut }: Problem) => ({
  path,
  line: line ?? null,
  column: column ?? null,
  wrong,
  got,
  way_out: wayOut,
})

const answer = (
  { config, warehouse }: ValidateOptions,
  { activations }: Configuration,
  { unreadable, warnings, names }: Probed,
): Answer => {
  const count = counted(activations.length, 'activation')
  const looked = warehouse ? ', and the warehouse has every relation and column they read, and filters that fit' : ''
  const notes = [...notesOf(activations), ...names]
  const lines = unreadable.map(({ activations: names, message }) => `  ${message} (${names.join(', ')})`)
  const surprising = warnings.map((warning) => `Warning: ${warningText(warning)}.`)
  return {
    document: {
      valid: unreadable.length === 0,
      activations: activations.map(({ name }) => name),
      problems: [],
      segments: unreadable.map(({ activations: names, code, message }) => ({ activations: names, code, message })),
      warnings,
      notes,
    },
    text: (unreadable.length === 0
      ? [`${config} is fine: ${count}${looked}.`, ...surprising, ...notes]
      : [`${config} is well-formed (${count}), but the warehouse does not fit it:`, ...lines, ...surprising]
    ).join('\n'),
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

/** What the warehouse says of a configuration. */
export interface Probed {
  readonly unreadable: readonly Unreadable[]
  readonly warnings: readonly ProbeWarning[]
  /** Sentences about names that activations had. */
  readonly names: readonly string[]
}
const nothingProbed: Probed = { unreadable: [], warnings: [], names: [] }

/** What a run of these activations would do and its user may not mean. */
export interface ProbeWarning {
  readonly activations: readonly string[]
  readonly code: Surprise['code'] | 'no_activation'
  readonly field: string | null
  readonly message: string
}

export const warningText = ({ activations, message }: ProbeWarning): string =>
  activations.length === 0 ? message : `${message} (${activations.join(', ')})`

/** A file with no activation is a file of which nothing ever arrives. */
const nothingActivated = ({ activations }: Configuration): readonly ProbeWarning[] =>
  activations.length > 0 ? [] : [{ activations: [], code: 'no_activation', field: null, message: noActivation }]

/** Looks at what every activation reads, and at a sample of it; what several trip over is said once. */
export const probe = async (configuration: Configuration): Promise<Probed> => {
  const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
  try {
    const stops: (readonly [string, RunStopped])[] = []
    const found: (readonly [string, Surprise])[] = []
    const names: string[] = []
    for (const activation of configuration.activations) {
      try {
        for (const surprise of await look(activation, warehouse)) found.push([activation.name, surprise])
        names.push(...(await lookAtNames(configuration, warehouse, activation)))
      } catch (error) {
        stops.push([activation.name, stopOf(error)])
      }
    }
    return {
      unreadable: once(stops).map(([{ exit, code, message }, activations]) => ({ activations, code, message, exit })),
      warnings: once(found).map(([{ code, field, message }, activations]) => ({ activations, code, field, message })),
      names,
    }
  } finally {
    await warehouse.close()
  }
}

/** Those of one message together, with the names of all who share it. */
const once = <One extends { readonly message: string }>(
  all: readonly (readonly [string, One])[],
): readonly (readonly [One, readonly string[]])[] =>
  [...Map.groupBy(all, ([, { message }]) => message).values()].flatMap((same) =>
    same[0] === undefined ? [] : [[same[0][1], same.map(([name]) => name)] as const],
  )

/** Throws what stops a run. */
const look = async (activation: Activation, warehouse: Warehouse): Promise<readonly Surprise[]> => {
  await probeSegment({ activation, warehouse })
  await probeFilters({ activation, warehouse })
  return surprises({ activation, destination: contractOf(activation.destination), warehouse })
}

/** What is still held under a name that the activation had, or may have had. Throws what stops a run. */
const lookAtNames = async (
  { activations, warehouse: { schema } }: Configuration,
  warehouse: Warehouse,
  activation: Activation,
): Promise<readonly string[]> => {
  const inFile = activations.map(({ name }) => name)
  const request = { activation, warehouse, schema, inFile, ...clockOffset() }
  const former = await formerOf(request)
  const left = await checkFormer(request)
  const { name, renamedFrom } = activation
  return [
    ...(former === null ? [] : [`${name}: ${takesOver(former.members, former.name)}.`]),
    ...(former !== null || renamedFrom === undefined ? [] : [`${name}: ${nothingToTakeOver(renamedFrom)}`]),
    ...(left === null ? [] : [`${left}.`]),
  ]
}
