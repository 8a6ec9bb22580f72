import { randomUUID } from 'node:crypto'
import { type Activation, columnsOf } from '../config/activation.ts'
import { loadConfiguration, selectActivations, UsageError } from '../config/load.ts'
import type { Log } from '../log.ts'
import { keepSignals } from '../signals.ts'
import { openWarehouse } from '../warehouse/registry.ts'
import { quoted } from './override-command.ts'
import { planned } from './plan.ts'
import type { PlannedActivation } from './plan-document.ts'
import { checkRunKey, type RunOptions, runAs } from './run.ts'
import { type Proposal, withYes } from './with-yes.ts'

export interface EmptyOptions
  extends Omit<RunOptions, 'all' | 'full' | 'retryRefused' | 'overrideGuards' | 'exitCodeWhenUnchanged'> {
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
  return runAs([name], { ...options, ...everybody, runKey, overrideGuards: true }, (activation, log) => {
    warn(activation, log)
    return emptied(activation)
  })
}

const wouldRemove = async (name: string, options: EmptyOptions): Promise<Proposal> => {
  const configuration = await loadConfiguration(options.config, process.env, { credentials: 'may_be_missing' })
  const warehouse = await openWarehouse(configuration.warehouse, { readOnly: true })
  try {
    const [activation] = selectActivations(configuration, [name])
    if (activation === undefined) throw new UsageError(`no activation is named ${name}`)
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
      : [wouldDo(plan), ...notes, `${stays(activation)}`].join('\n'),
    words: nothing ? null : ['empty', plan.activation, '--yes', ...(runKey ? [`--run-key=${quoted(runKey)}`] : [])],
    yesIsEnough: true,
  }
}

const wouldDo = (plan: PlannedActivation): string => {
  const { audience, members_removed: members, identifiers_removed: identifiers, api_calls: calls, quiet_ms } = plan
  const wait = quiet_ms === 0 ? '' : `, after ${Math.ceil(quiet_ms / 1000)} s of quiet time`
  const id = audience.id === null ? '' : ` (${audience.id})`
  return `This would remove ${members} people from the audience "${audience.name}"${id}: ${identifiers} identifiers in ${calls} requests, at least ${plan.seconds} s under the rate limit${wait}.`
}

const stays = ({ name, schedule }: Activation): string =>
  `The audience stays. The next run of ${name}${schedule === null ? '' : ` (${schedule})`} adds the segment again: take it off its schedule first.`

const emptied = (activation: Activation): Activation => {
  const { segment, fields } = activation
  const columns = new Set([segment.memberKey.column, ...fields.flatMap(columnsOf)])
  return { ...activation, segment: { ...segment, source: { nobody: [...columns] }, where: [] } }
}

const warn = ({ name, schedule }: Activation, log: Log): void =>
  log.warn('emptying', {
    activation: name,
    message: `Everybody is removed from the audience of ${name}, and the audience stays. Its next run${schedule === null ? '' : ` (${schedule})`} adds the segment again: take it off its schedule first. Whom the platform refuses to remove is in tidemark.current_rejections.`,
  })
