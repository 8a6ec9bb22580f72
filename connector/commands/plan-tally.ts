import { counted } from '../plural.ts'
import type { Unplannable } from './plan.ts'
import type { PlannedActivation } from './plan-document.ts'

/** How many of the activations of a plan come out how. */
export interface PlanTally {
  readonly activations: number
  readonly to_sync: number
  /** A run would find nothing to do. */
  readonly in_step: number
  readonly guarded: number
  readonly cannot_run: number
}

export const tallyOf = (plans: readonly (PlannedActivation | Unplannable)[]): PlanTally => {
  const outcomes = plans.map((plan) => (plan.error === null ? plan.outcome : 'cannot_run'))
  const of = (outcome: (typeof outcomes)[number]): number => outcomes.filter((one) => one === outcome).length
  return {
    activations: plans.length,
    to_sync: of('to_sync'),
    in_step: of('in_step'),
    guarded: of('guarded'),
    cannot_run: of('cannot_run'),
  }
}

/** `4 activations: 3 to sync, 1 stopped by a guard` */
export const tallyText = ({ activations, to_sync, in_step, guarded, cannot_run }: PlanTally): string => {
  const parts = [
    [to_sync, 'to sync'],
    [in_step, 'in step'],
    [guarded, 'stopped by a guard'],
    [cannot_run, 'not able to run'],
  ] as const
  return `${counted(activations, 'activation')}: ${parts.flatMap(([n, how]) => (n > 0 ? [`${n} ${how}`] : [])).join(', ')}`
}
