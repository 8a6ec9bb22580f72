import type { Status } from '../activation/stop.ts'
import type { ActivationSummary } from '../activation/summary.ts'
import { counted } from '../plural.ts'
import type { RunSummary } from './summary.ts'
import { movement, renderTable, withoutEmpty } from './table.ts'

/** What a run says to a person in place of its summary. `errors`: also why activations stopped, where no log says it. */
export const accountOf = (summary: RunSummary, { errors }: { readonly errors: boolean }): string => {
  const { activations, error } = summary
  if (activations.length === 0) return errors && error ? error.message : ''
  const stops = errors
    ? activations.flatMap((one) => (one.error ? [`${one.activation}: ${one.error.code}: ${one.error.message}`] : []))
    : []
  return [renderTable(withoutEmpty(activations.map(rowOf))), ...stops, statuses(activations)].join('\n')
}

const rowOf = (one: ActivationSummary) => ({
  activation: one.activation,
  status: one.status,
  segment: one.segment_members,
  members: movement(one.members_added, one.members_removed),
  identifiers: movement(one.identifiers_added, one.identifiers_removed),
  'sent again': one.identifiers_resent || null,
  rejected: one.identifiers_rejected || null,
  requests: one.api_calls,
})

/** `4 activations: 3 succeeded, 1 guarded` */
const statuses = (activations: readonly ActivationSummary[]): string => {
  const same = Map.groupBy(activations, ({ status }): Status => status)
  return `${counted(activations.length, 'activation')}: ${[...same].map(([status, { length }]) => `${length} ${status}`).join(', ')}`
}
