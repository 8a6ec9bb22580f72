import { randomUUID } from 'node:crypto'
import { type Activation, columnsOf } from '../config/activation.ts'
import type { Log } from '../log.ts'
import { checkRunKey, type RunOptions, runAs } from './run.ts'

export type EmptyOptions = Omit<
  RunOptions,
  'all' | 'full' | 'retryRefused' | 'overrideGuards' | 'exitCodeWhenUnchanged'
>

/**
 * `tidemark empty`: removes everybody from the audience of an activation and keeps the audience. It is a run over a segment
 * with nobody in it, so that everything that holds for a run holds for it; the segment itself is not read. Returns the exit
 * code.
 */
export const empty = async (name: string, options: EmptyOptions): Promise<number> => {
  checkRunKey(options.runKey)
  // A key of its own kind: one that a run has used is another thing that was done.
  const runKey = `empty/${options.runKey ?? randomUUID()}`
  return runAs(
    [name],
    { ...options, runKey, full: true, retryRefused: true, overrideGuards: true },
    (activation, log) => {
      warn(activation, log)
      return emptied(activation)
    },
  )
}

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
