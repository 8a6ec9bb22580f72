import type { Row } from '../warehouse/warehouse.ts'
import type { Exit, RunStopped, Status } from './stop.ts'

/** One entry of `activations` in the summary (design section 6); the field names are the contract's. */
export interface ActivationSummary {
  readonly activation: string
  readonly run_id: string
  readonly status: Status
  readonly audience_id: string | null
  readonly segment_members: number | null
  readonly reachable_members: number | null
  readonly members_added: number
  readonly members_removed: number
  readonly identifiers_added: number
  readonly identifiers_removed: number
  readonly identifiers_resent: number
  readonly identifiers_rejected: number
  readonly batches: number
  readonly api_calls: number
  readonly duration_ms: number
  readonly error: { readonly code: string; readonly message: string } | null
}

/** How one activation ended: what is printed, its exit code, and whether anything was to do. */
export interface ActivationResult {
  readonly summary: ActivationSummary
  readonly exit: 0 | Exit
  readonly unchanged: boolean
}

const count = (row: Row, column: string): number => Number(row[column] ?? 0)
const countOrNull = (row: Row, column: string): number | null => (row[column] == null ? null : Number(row[column]))

/** The summary of an attempt from its row in `runs`. */
export const summaryOf = (row: Row): ActivationSummary => ({
  activation: row.activation ?? '',
  run_id: row.run_id ?? '',
  status: (row.status ?? 'failed') as Status,
  audience_id: row.audience_id ?? null,
  segment_members: countOrNull(row, 'segment_members'),
  reachable_members: countOrNull(row, 'reachable_members'),
  members_added: count(row, 'members_added'),
  members_removed: count(row, 'members_removed'),
  identifiers_added: count(row, 'identifiers_added'),
  identifiers_removed: count(row, 'identifiers_removed'),
  identifiers_resent: count(row, 'identifiers_resent'),
  identifiers_rejected: count(row, 'identifiers_rejected'),
  batches: count(row, 'batches'),
  api_calls: count(row, 'api_calls'),
  duration_ms: count(row, 'duration_ms'),
  error: row.error_code == null ? null : { code: row.error_code, message: row.error_message ?? '' },
})

/** Of an attempt that could not write a row: the lease was held, the warehouse could not be opened. */
export const summaryWithoutRow = (
  activation: string,
  runId: string,
  startedAt: number,
  stop: RunStopped,
  apiCalls = 0,
): ActivationSummary => ({
  activation,
  run_id: runId,
  status: stop.status,
  audience_id: null,
  segment_members: null,
  reachable_members: null,
  members_added: 0,
  members_removed: 0,
  identifiers_added: 0,
  identifiers_removed: 0,
  identifiers_resent: 0,
  identifiers_rejected: 0,
  batches: 0,
  api_calls: apiCalls,
  duration_ms: Math.round(performance.now() - startedAt),
  error: { code: stop.code, message: stop.message },
})
