import { sql } from 'kysely'
import type { Hold } from './control.ts'
import { integer, rowsAtHand, type Scope, type Sql, text } from './scope.ts'
import { publicColumns } from './shared.ts'

export type ReceiptOp = 'add' | 'remove' | 'create_audience' | 'update_audience' | 'adopt_audience'
export type ReceiptStatus = 'accepted' | 'partial' | 'refused' | 'uncertain'

/** The platform's answer to one batch. Times are milliseconds before now, since only the warehouse's clock counts. */
export interface Receipt {
  readonly op: ReceiptOp
  /** 0 for calls about the audience itself. */
  readonly batchNo: number
  readonly members: number
  readonly identifiers: number
  readonly status: ReceiptStatus
  readonly httpStatus: number | null
  readonly platformCode: string | null
  readonly requestId: string | null
  readonly attempts: number
  readonly message: string | null
  readonly sentMsAgo: number
  readonly answeredMsAgo: number | null
}

export interface ReceiptFacts {
  readonly platform: string
  readonly audienceId: string | null
  readonly audienceName: string
}

/** What an answer says; the rest of a receipt is the same for all of a run, or a time by the warehouse's clock. */
const { run_id, activation, platform, audience_id, audience_name, sent_at, answered_at, ...answered } =
  publicColumns.receipts
const receiptColumns = { ...answered, sent_ms: 'integer', answered_ms: 'integer' } as const

/** Receipts of one page; only where the fence still holds, and each (run, batch) once. */
export const insertReceipts = (scope: Scope, hold: Hold, facts: ReceiptFacts, receipts: readonly Receipt[]): Sql => {
  const rows = receipts.map((r) => ({
    receipt_id: `${hold.runId}/${r.op}/${r.batchNo}`,
    op: r.op,
    batch_no: r.batchNo,
    members: r.members,
    identifiers: r.identifiers,
    status: r.status,
    http_status: r.httpStatus,
    platform_code: r.platformCode,
    platform_request_id: r.requestId,
    attempts: r.attempts,
    message: r.message,
    sent_ms: -Math.round(r.sentMsAgo),
    answered_ms: r.answeredMsAgo === null ? null : -Math.round(r.answeredMsAgo),
  }))
  return sql`insert into ${scope.publicTable('receipts')} (receipt_id, run_id, activation, platform, audience_id, audience_name,
  op, batch_no, members, identifiers, status, http_status, platform_code, platform_request_id, attempts, message, sent_at, answered_at)
select n.receipt_id, ${text(hold.runId)}, ${text(scope.activation)}, ${text(facts.platform)}, ${text(facts.audienceId)}, ${text(facts.audienceName)},
  n.op, n.batch_no, n.members, n.identifiers, n.status, n.http_status, n.platform_code, n.platform_request_id, n.attempts,
  n.message, ${scope.dialect.addMs(scope.now, sql`n.sent_ms`)}, ${scope.dialect.addMs(scope.now, sql`n.answered_ms`)}
from ${rowsAtHand(scope, receiptColumns, rows)} as n
where exists (select 1 from ${scope.stateTable('control')} where owner = ${hold.runId} and fence = ${integer(hold.fence)})
  and not exists (select 1 from ${scope.publicTable('receipts')} as r where r.run_id = ${hold.runId} and r.receipt_id = n.receipt_id)`
}

/** What a refusal means for the identifiers of a batch. row 0: the whole batch; without `identifier`: all of the row. */
export interface RefusedRow {
  readonly batchNo: number
  readonly rowNo: number
  readonly outcome: 'refused' | 'unsent' | 'uncertain'
  readonly reason: string
  /** Of the row, the one that was refused; its digest as hex. */
  readonly identifier?: { readonly field: string; readonly digest: string }
}

export const insertRefused = (scope: Scope, refused: readonly RefusedRow[]): Sql => {
  const rows = refused.map(({ identifier, ...r }) => ({
    batch_no: r.batchNo,
    row_no: r.rowNo,
    outcome: r.outcome,
    reason: r.reason,
    field: identifier?.field ?? null,
    digest: identifier?.digest ?? null,
  }))
  return sql`insert into ${scope.runTable('refused')} (batch_no, row_no, outcome, reason, field, digest)
select n.batch_no, n.row_no, n.outcome, n.reason, n.field, ${scope.dialect.fromHex(sql`n.digest`)} from ${rowsAtHand(scope, refusedColumns, rows)} as n`
}

const refusedColumns = {
  batch_no: 'integer',
  row_no: 'integer',
  outcome: 'text',
  reason: 'text',
  field: 'text',
  digest: 'text',
} as const
