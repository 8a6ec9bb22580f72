import { sql } from 'kysely'
import type { Hold } from './control.ts'
import { integer, type Scope, type Sql, text, unionAll } from './scope.ts'

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

/** Receipts of one page; only where the fence still holds, and each (run, batch) once. */
export const insertReceipts = (scope: Scope, hold: Hold, facts: ReceiptFacts, receipts: readonly Receipt[]): Sql => {
  const at = (msAgo: number | null): Sql =>
    msAgo === null ? sql`cast(null as timestamp)` : scope.dialect.addMs(scope.now, integer(-Math.round(msAgo)))
  const rows = receipts.map(
    (
      r,
    ) => sql`select ${`${hold.runId}/${r.op}/${r.batchNo}`} as receipt_id, ${r.op} as op, ${integer(r.batchNo)} as batch_no,
  ${integer(r.members)} as members, ${integer(r.identifiers)} as identifiers, ${r.status} as status,
  ${r.httpStatus === null ? sql`cast(null as bigint)` : integer(r.httpStatus)} as http_status, ${text(r.platformCode)} as platform_code,
  ${text(r.requestId)} as platform_request_id, ${integer(r.attempts)} as attempts, ${text(r.message)} as message,
  ${at(r.sentMsAgo)} as sent_at, ${at(r.answeredMsAgo)} as answered_at`,
  )
  return sql`insert into ${scope.publicTable('receipts')} (receipt_id, run_id, activation, platform, audience_id, audience_name,
  op, batch_no, members, identifiers, status, http_status, platform_code, platform_request_id, attempts, message, sent_at, answered_at)
select n.receipt_id, ${hold.runId}, ${scope.activation}, ${facts.platform}, ${text(facts.audienceId)}, ${facts.audienceName},
  n.op, n.batch_no, n.members, n.identifiers, n.status, n.http_status, n.platform_code, n.platform_request_id, n.attempts,
  n.message, n.sent_at, n.answered_at
from (${unionAll(rows)}) as n
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

export const insertRefused = (scope: Scope, rows: readonly RefusedRow[]): Sql =>
  sql`insert into ${scope.runTable('refused')} (batch_no, row_no, outcome, reason, field, digest) values ${sql.join(
    rows.map(
      ({ identifier: i, ...r }) =>
        sql`(${integer(r.batchNo)}, ${integer(r.rowNo)}, ${r.outcome}, ${r.reason}, ${text(i?.field ?? null)}, ${i ? scope.dialect.fromHex(text(i.digest)) : sql`null`})`,
    ),
  )}`
