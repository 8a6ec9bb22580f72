import { counted } from '../plural.ts'
import type { Unplannable } from './plan.ts'
import { type PlannedActivation, takesOver } from './plan-document.ts'
import { statementsText } from './recorder.ts'
import { renderTable } from './table.ts'

/** The plan of one activation for a person. */
export const planText = (plan: PlannedActivation | Unplannable): string => {
  if (plan.error !== null) return `${plan.activation} cannot run: ${plan.error.message}`
  const parts = [
    heading(plan),
    former(plan),
    counts(plan),
    requests(plan),
    ...warnings(plan),
    ...guards(plan),
    ...plan.notes,
  ]
  if (plan.statements)
    parts.push(
      `Statements (run in this order in one session; what a run keeps as tables is scratch here):\n\n${statementsText(plan.statements)}`,
    )
  return parts.filter((part) => part !== '').join('\n')
}

const heading = (plan: PlannedActivation): string => {
  const { audience } = plan
  const which = {
    none: `audience "${audience.name}"${audience.id === null ? '' : ` (${audience.id})`}`,
    create: `makes the audience "${audience.name}"`,
    look_for: `looks for the audience "${audience.name}"`,
    update: `renames or describes the audience "${audience.name}" (${audience.id ?? ''})`,
  }[audience.call]
  const kind = plan.full ? 'everybody (--full)' : plan.first_sync ? 'first sync' : 'changes'
  return `${plan.activation}: ${kind}, ${which}`
}

const former = ({ takes_over: taken }: PlannedActivation): string =>
  taken === null ? '' : `  ${takesOver(taken.members, taken.activation)}`

const counts = (plan: PlannedActivation): string => {
  if (plan.changed_members === 0) return '  Nothing changed: nobody would be added or removed.'
  const row = (what: string, members: number | null, identifiers: number | null) => ({ what, members, identifiers })
  const rejections = Object.entries(plan.rejections).map(([reason, n]) => row(`rejected: ${reason}`, null, n))
  return renderTable([
    row('in the segment', plan.segment_members, null),
    row('with a valid identifier', plan.reachable_members, null),
    row('changed since the last run', plan.changed_members, null),
    row('added', plan.members_added, plan.identifiers_added),
    row('removed', plan.members_removed, plan.identifiers_removed),
    ...(
      [
        ['sent again', plan.identifiers_resent],
        ['kept', plan.identifiers_kept],
        ['held back', plan.identifiers_held],
      ] as const
    ).flatMap(([what, n]) => (n > 0 ? [row(what, null, n)] : [])),
    ...rejections,
  ])
}

const requests = (plan: PlannedActivation): string => {
  if (plan.api_calls === 0) return '  No request to the platform.'
  const wait = plan.quiet_ms === 0 ? '' : `, after ${Math.ceil(plan.quiet_ms / 1000)} s of quiet time`
  const total = `  ${counted(plan.api_calls, 'request')} in all, about ${size(plan.bytes)}; at least ${plan.seconds} s under the rate limit${wait}.`
  if (plan.requests.length === 0) return total
  const rows = plan.requests.map(({ op, field, ...rest }) => ({ operation: op, field: field ?? 'all', ...rest }))
  return `${renderTable(rows)}\n${total}`
}

const size = (bytes: number): string =>
  bytes < 10_000
    ? counted(bytes, 'byte')
    : bytes < 10_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${Math.round(bytes / 1e6)} MB`

const guards = (plan: PlannedActivation): readonly string[] =>
  plan.guards.map((guard) => `  A guard would stop the run (exit 65): ${guard}.`)

const warnings = (plan: PlannedActivation): readonly string[] =>
  plan.warnings.map((warning) => `  Warning: ${warning}.`)
