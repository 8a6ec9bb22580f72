import { counted } from '../plural.ts'
import type { Row } from '../warehouse/warehouse.ts'
import type { ActivationStatus } from './status-document.ts'

/** What happens next with an activation, in sentences for a person. */
export const next = (status: Omit<ActivationStatus, 'next'>, control: Row): string => {
  const run = `tidemark run ${status.activation}`
  if (status.running?.alive) return `A run is at work (${status.running.run_id}).`
  const wait = status.quiet_ms > 0 ? `, after ${Math.ceil(status.quiet_ms / 1000)} s of quiet time` : ''
  if (control.run_open === 'true')
    return `A run did not come to its end; the next one settles what it had sent and goes on${wait}: ${run}`
  if (control.audience_intent != null)
    return `The answer to the creation of the audience was lost; the next run looks whether it came to be${wait}: ${run}`
  const [last] = status.runs
  if (last?.error) return `${afterFailure(last.error.code, run)}${wait === '' ? '' : ` It starts to send${wait}.`}`
  const unconfirmed = status.ledger?.unconfirmed ?? 0
  if (unconfirmed > 0)
    return `${counted(unconfirmed, 'identifier is', 'identifiers are')} unconfirmed; the next run sends or removes ${unconfirmed === 1 ? 'it' : 'them'} again${wait}.`
  if (control.first_synced_at == null) return `The next run is a first sync${wait}: ${run}`
  const due = status.due.members > 0 ? ` and looks at ${counted(status.due.members, 'member')} due` : ''
  return `The next run sends what changed in the segment${due}${wait}.`
}

const afterFailure = (code: string, run: string): string =>
  code === 'guard'
    ? `A guard stopped the last run: look at the segment, then run again: ${run}`
    : `The last run failed: do first what its message says, then: ${run}`
