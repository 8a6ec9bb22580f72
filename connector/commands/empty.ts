import { randomUUID } from 'node:crypto'
import { type Activation, type Configuration, columnsOf } from '../config/activation.ts'
import { loadConfiguration } from '../config/load.ts'
import type { Log } from '../log.ts'
import { counted } from '../plural.ts'
import { keepSignals } from '../signals.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import { quoted } from './override-command.ts'
import { planned } from './plan.ts'
import type { PlannedActivation } from './plan-document.ts'
import { checkRunKey, type RunOptions, runAs } from './run.ts'
import type { SelectionOptions } from './selection.ts'
import { activationToEmpty } from './stored.ts'
import { type Proposal, withYes } from './with-yes.ts'

export interface EmptyOptions
  extends Omit<
    RunOptions,
    keyof SelectionOptions | 'full' | 'retryRefused' | 'overrideGuards' | 'exitCodeWhenUnchanged'
  > {
  readonly yes?: boolean
}

/** Whoever waits for a removal that was refused is asked for again, too. */
const everybody = { full: true, retryRefused: true } as const

/**
 * `tidemark empty`: removes everybody from the audience of an activation and keeps the audience. It is a run over a segment
 * with nobody in it, so that everything that holds for a run holds for it; the segment itself is not read. Returns the exit
 * code.
 */
export const empty = async (name: string, options: EmptyOptions): Promise<number> => {
  checkRunKey(options.runKey)
  return withYes('tidemark.empty/1', options, {
    look: () => wouldRemove(name, options),
    act: () => remove(name, options),
  })
}

const remove = (name: string, options: EmptyOptions): Promise<number> => {
  keepSignals()
  // A key of its own kind: one that a run has used is another thing that was done.
  const runKey = `empty/${options.runKey ?? randomUUID()}`
  return runAs({ ...options, ...everybody, runKey, overrideGuards: true }, async (configuration, log) => {
    const activation = await lookedUp(configuration, name)
    warn(activation, log)
    return [emptied(activation)]
  })
}

/** The warehouse is opened only for whoever has left the file. */
const lookedUp = async (configuration: Configuration, name: string): Promise<Activation> => {
  const configured = configuration.activations.find((activation) => activation.name === name)
  if (configured !== undefined) return configured
  const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
  try {
    return await activationToEmpty(configuration, warehouse, name)
  } finally {
    await warehouse.close()
  }
}

const wouldRemove = async (name: string, options: EmptyOptions): Promise<Proposal> => {
  const configuration = await loadConfiguration(options.config, process.env, { credentials: 'may_be_missing' })
  const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
  try {
    const activation = await activationToEmpty(configuration, warehouse, name)
    const plan = await planned(configuration, warehouse, emptied(activation), everybody)
    return proposalOf(activation, plan, options)
  } finally {
    await warehouse.close()
  }
}

const proposalOf = (activation: Activation, plan: PlannedActivation, { runKey }: EmptyOptions): Proposal => {
  const { audience, members_removed, identifiers_removed, batches, api_calls, bytes, seconds, quiet_ms, notes } = plan
  const nothing = plan.changed_members === 0 && notes.length === 0
  const figures = { members_removed, identifiers_removed, batches, api_calls, bytes, seconds, quiet_ms, notes }
  return {
    document: { activation: activation.name, audience: { id: audience.id, name: audience.name }, ...figures },
    text: nothing
      ? `Nobody is in the audience of ${activation.name}: there is nobody to remove.`
      : [wouldDo(plan), ...notes, `The audience stays.${returns(activation)}`].join('\n'),
    words: nothing ? null : ['empty', plan.activation, '--yes', ...(runKey ? [`--run-key=${quoted(runKey)}`] : [])],
    yesIsEnough: true,
  }
}

const wouldDo = (plan: PlannedActivation): string => {
  const { audience, members_removed: members, identifiers_removed: identifiers, api_calls: calls, quiet_ms } = plan
  const wait = quiet_ms === 0 ? '' : `, after ${Math.ceil(quiet_ms / 1000)} s of quiet time`
  const id = audience.id === null ? '' : ` (${audience.id})`
  return `This would remove ${counted(members, 'person', 'people')} from the audience "${audience.name}"${id}: ${counted(identifiers, 'identifier')} in ${counted(calls, 'request')}, at least ${plan.seconds} s under the rate limit${wait}.`
}

/** Whoever has left the file has no next run. */
const returns = ({ segment, schedule }: Activation): string =>
  'nobody' in segment.source
    ? ''
    : ` Its next run${schedule === null ? '' : ` (${schedule})`} adds the segment again: take it off its schedule first.`

const emptied = (activation: Activation): Activation => {
  const { segment, fields } = activation
  const columns = new Set([segment.memberKey.column, ...fields.flatMap(columnsOf)])
  return { ...activation, segment: { ...segment, source: { nobody: [...columns] }, where: [] } }
}

const warn = (activation: Activation, log: Log): void =>
  log.warn('emptying', {
    activation: activation.name,
    message: `Everybody is removed from the audience of ${activation.name}, and the audience stays.${returns(activation)} Whom the platform refuses to remove is in tidemark.current_rejections.`,
  })
