import { sql } from 'kysely'
import { createRunTable, createScratch, integer, type Scope, type Sql, text } from './scope.ts'

/** How a destination writes the rows of a batch, and how much fits into one request. Bytes of UTF-8. */
export interface BatchLayout {
  readonly rowPer: 'member' | 'identifier'
  readonly row: Fence
  readonly types: Readonly<Record<string, Fence>>
  readonly value: Fence
  readonly envelopeBytes: number
}
interface Fence {
  readonly open: string
  readonly close: string
}
export interface BatchLimits {
  readonly maxBytes: number
  /** Absent: only bytes count. */
  readonly maxRows?: number
}

/** Every digest is written as 64 hex characters, so a batch's bytes are known before it is packed. */
const digestBytes = 64
/** Members that one window of the prefix sum covers: a sort of this size stays in memory everywhere. */
const windowMembers = 50_000

const bytes = (fence: Fence): number => Buffer.byteLength(fence.open) + Buffer.byteLength(fence.close)
const comma = 1

/** What travels: every add, and of a removal the row of its smallest member key. */
const travels = sql`(op = 'add' or (op = 'remove' and send_no = member_no))`

/** The batch's field where a batch is of one identifier type, else ''. */
const group = (layout: BatchLayout): Sql => (layout.rowPer === 'identifier' ? sql.id('field') : sql.raw("''"))

/** Bytes of one unit (the identifiers of a member that stay together), its commas included. */
const unitBytes = (layout: BatchLayout): Sql => {
  const value = bytes(layout.value) + digestBytes + comma
  if (layout.rowPer === 'identifier') {
    const perType = Object.entries(layout.types).map(
      ([type, fence]) => sql` when ${text(type)} then ${integer(bytes(fence))}`,
    )
    return sql`sum(${integer(value + bytes(layout.row))} + case field${sql.join(perType, sql``)} end)`
  }
  const perType = Object.entries(layout.types).map(
    ([type, fence]) => sql` + max(case when field = ${type} then ${integer(bytes(fence) + comma)} else 0 end)`,
  )
  return sql`(count(*) * ${integer(value)} + ${integer(bytes(layout.row) + comma)}${sql.join(perType, sql``)})`
}

/**
 * Cuts the delta into batches (design section 3, step 9): numbers come from running sums within windows of members plus
 * a prefix sum over the windows, not from one global sort. Removes have the lower numbers. Makes the run tables
 * `batches(batch_no, op, field, members, identifiers, request_rows, bytes)` and `delta`, which is `delta_rows` with
 * batch_no and row_no (from 1 within the batch) of what travels.
 */
export const cutBatches = (scope: Scope, layout: BatchLayout, limits: BatchLimits, dry: boolean): readonly Sql[] => [
  createScratch(
    scope,
    'units',
    sql`select op, ${group(layout)} as grp, send_no, send_no - mod(send_no, ${integer(windowMembers)}) as part, count(*) as identifiers,
  ${layout.rowPer === 'identifier' ? sql`count(*)` : sql.raw('1')} as request_rows, ${unitBytes(layout)} as bytes
from ${scope.scratch('delta_rows')} where ${travels} group by 1, 2, 3`,
  ),
  createScratch(scope, 'unit_batches', unitBatches(scope, layout, limits)),
  createRunTable(
    scope,
    'batches',
    sql`select row_number() over (order by case op when 'remove' then 0 else 1 end, grp, by_rows, by_bytes) as batch_no, op,
  nullif(grp, '') as field, count(*) as members, cast(sum(identifiers) as bigint) as identifiers,
  cast(sum(request_rows) as bigint) as request_rows, cast(sum(bytes) as bigint) as bytes, grp, by_rows, by_bytes, min(seq) as first_seq
from ${scope.scratch('unit_batches')} group by op, grp, by_rows, by_bytes`,
    dry,
  ),
  createRunTable(
    scope,
    'delta',
    sql`select d.op, d.member_no, d.send_no = d.member_no as leads, d.member_key, d.field, d.digest, d.prior, d.confirmed_before,
  d.waits, d.hold_reason, d.hold_until_at, b.batch_no, u.seq - b.first_seq + 1 as row_no
from ${scope.scratch('delta_rows')} as d
left join ${scope.scratch('unit_batches')} as u on u.send_no = d.send_no and u.op = d.op and u.grp = ${group(layout)}
left join ${scope.runTable('batches')} as b on b.op = u.op and b.grp = u.grp and b.by_rows = u.by_rows and b.by_bytes = u.by_bytes`,
    dry,
  ),
]

/** A unit's batch is named by how often each limit, less what the largest unit may overhang, fits before its end. */
const unitBatches = (scope: Scope, layout: BatchLayout, limits: BatchLimits): Sql => {
  const units = scope.scratch('units')
  const fits = (limit: number, column: string): Sql =>
    sql`(select greatest(1, ${integer(limit)} - max(${sql.id(column)}) + 1) from ${units})`
  const label = (sum: string, limit: Sql): Sql => sql`${sql.id(sum)} - 1 - mod(${sql.id(sum)} - 1, ${limit})`
  const before = (column: string): Sql =>
    sql`coalesce(sum(${sql.id(column)}) over (partition by op, grp order by part rows between unbounded preceding and 1 preceding), 0)`
  const running = (column: Sql): Sql => sql`sum(${column}) over (partition by u.op, u.grp, u.part order by u.send_no)`
  return sql`with parts as (select op, grp, part, count(*) as units, sum(request_rows) as request_rows, sum(bytes) as bytes from ${units} group by 1, 2, 3),
starts as (select op, grp, part, ${before('units')} as units, ${before('request_rows')} as request_rows, ${before('bytes')} as bytes from parts),
sums as (select u.op, u.grp, u.send_no, u.identifiers, u.request_rows, u.bytes,
  cast(s.units + ${running(sql.raw('1'))} as bigint) as seq,
  cast(s.request_rows + ${running(sql`u.request_rows`)} as bigint) as sum_rows,
  cast(s.bytes + ${running(sql`u.bytes`)} as bigint) as sum_bytes
  from ${units} as u join starts as s on s.op = u.op and s.grp = u.grp and s.part = u.part)
select op, grp, send_no, identifiers, request_rows, bytes, seq,
  ${limits.maxRows === undefined ? sql.raw('0') : label('sum_rows', fits(limits.maxRows, 'request_rows'))} as by_rows,
  ${label('sum_bytes', fits(limits.maxBytes - layout.envelopeBytes, 'bytes'))} as by_bytes
from sums`
}

/** All batches in the order they are sent; few and narrow. */
export const listBatches = (scope: Scope): Sql =>
  sql`select cast(b.batch_no as varchar) as batch_no, op, field, cast(members as varchar) as members,
  cast(identifiers as varchar) as identifiers, cast(request_rows as varchar) as request_rows, cast(bytes as varchar) as bytes
from ${scope.runTable('batches')} as b order by b.batch_no`

/**
 * The rows of the batches from `first` to `last`, one result row per batch: batch_no, the text of all its rows as the
 * destination writes them, and how many they are. No member key is in it.
 */
export const packBatches = (scope: Scope, layout: BatchLayout, first: number, last: number): Sql => {
  const { dialect } = scope
  const value = sql`${text(layout.value.open)} || ${dialect.toHex(sql.id('digest'))} || ${text(layout.value.close)}`
  const travelling = sql`from ${scope.runTable('delta')} where batch_no between ${integer(first)} and ${integer(last)} and leads`
  const fence = (side: 'open' | 'close'): Sql =>
    sql`case field${sql.join(
      Object.entries(layout.types).map(([type, f]) => sql` when ${text(type)} then ${text(f[side])}`),
      sql``,
    )} end`
  const rows =
    layout.rowPer === 'identifier'
      ? sql`select batch_no, ${fence('open')} || ${value} || ${fence('close')} as body ${travelling}`
      : sql`select batch_no, ${dialect.joinTexts(sql.id('body'))} as body from (
  select batch_no, row_no, ${fence('open')} || ${dialect.joinTexts(value)} || ${fence('close')} as body ${travelling} group by batch_no, row_no, field) as t
group by batch_no, row_no`
  return sql`select cast(batch_no as varchar) as batch_no, cast(count(*) as varchar) as request_rows,
  ${dialect.joinTexts(sql`${text(layout.row.open)} || body || ${text(layout.row.close)}`)} as body
from (${rows}) as r group by batch_no`
}
