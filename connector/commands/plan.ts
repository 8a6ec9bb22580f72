import { suffixOf } from '../activation/context.ts'
import { type PlanRequest, planActivation } from '../activation/plan.ts'
import type { Exit } from '../activation/stop.ts'
import { stopOf } from '../activation/stop-of.ts'
import type { Activation, Configuration } from '../config/activation.ts'
import { loadConfiguration } from '../config/load.ts'
import { contractOf } from '../destination/registry.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import type { Warehouse } from '../warehouse/warehouse.ts'
import { answerWith } from './document.ts'
import { type PlannedActivation, planDocument } from './plan-document.ts'
import { tallyOf, tallyText } from './plan-tally.ts'
import { planText } from './plan-text.ts'
import { recording } from './recorder.ts'
import { clockOffset } from './run-all.ts'
import { demandSelection, type SelectionOptions, selected } from './selection.ts'
import { worstExit } from './summary.ts'

export interface PlanOptions extends SelectionOptions {
  readonly config: string
  readonly json?: boolean
  readonly full?: boolean
  readonly secondAudience?: boolean
  readonly sql?: boolean
  readonly detailedExitcode?: boolean
}

/** With --detailed-exitcode: a run would not just find everything in step. As of terraform. */
const changes = 2

/** An activation whose run could not even begin. */
export interface Unplannable {
  readonly activation: string
  readonly error: { readonly code: string; readonly message: string }
}
type Planned = { readonly document: PlannedActivation | Unplannable; readonly exit: 0 | Exit }

/** `tidemark plan`: what a run would do. Takes no lease, calls no platform, leaves nothing in the warehouse. */
export const plan = async (names: readonly string[], options: PlanOptions): Promise<number> => {
  demandSelection(names, options, 'plan')
  return answerWith('tidemark.plan/1', options, async () => {
    const configuration = await loadConfiguration(options.config, process.env, { credentials: 'may_be_missing' })
    const chosen = selected(configuration, names, options)
    const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
    try {
      const all: Planned[] = []
      for (const activation of chosen) all.push(await planOne(configuration, warehouse, activation, options))
      const activations = all.map(({ document }) => document)
      const totals = tallyOf(activations)
      const exit = worstExit(all.map((one) => one.exit))
      const somethingToDo = totals.in_step < totals.activations
      return {
        document: { activations, totals },
        text: [...activations.map(planText), tallyText(totals)].join('\n\n'),
        exit: exit === 0 && options.detailedExitcode && somethingToDo ? changes : exit,
      }
    } finally {
      await warehouse.close()
    }
  })
}

const planOne = async (
  configuration: Configuration,
  warehouse: Warehouse,
  activation: Activation,
  options: PlanOptions,
): Promise<Planned> => {
  try {
    return { document: await planned(configuration, warehouse, activation, options), exit: 0 }
  } catch (error) {
    const { exit, code, message } = stopOf(error)
    return { document: { activation: activation.name, error: { code, message } }, exit }
  }
}

/** Throws RunStopped where its run could not even begin. */
export const planned = async (
  configuration: Configuration,
  warehouse: Warehouse,
  activation: Activation,
  options: Pick<PlanOptions, 'full' | 'sql' | 'secondAudience'> & Pick<PlanRequest, 'retryRefused'>,
): Promise<PlannedActivation> => {
  const destination = contractOf(activation.destination)
  // Scratch tables belong to a connection: each activation has its own.
  const connection = await warehouse.another()
  const secrets = configuration.destinations.flatMap(({ credentials }) => Object.values(credentials))
  const recorded = recording(connection, secrets)
  const { full = false, retryRefused = false, secondAudience = false } = options
  const inFile = configuration.activations.map(({ name }) => name)
  const asked = { full, retryRefused, secondAudience, inFile }
  const request = { activation, destination, schema: configuration.warehouse.schema, ...asked }
  try {
    const result = await planActivation(
      { ...request, ...clockOffset(), warehouse: recorded.warehouse },
      suffixOf(activation.name),
    )
    const document = planDocument(activation, destination, full, result)
    return options.sql ? { ...document, statements: recorded.statements } : document
  } finally {
    await connection.close()
  }
}
