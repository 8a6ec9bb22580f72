import { sql } from 'kysely'
import { createRunTable } from './run-tables.ts'
import { createScratch, integer, type Scope, type Sql, text } from './scope.ts'

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

/** A lane holds what may share a batch: one operation, and one identifier type where a batch is of one type. */
const laneWidth = 1_000_000_000_000

interface Lane {
  readonly op: 'remove' | 'add'
  readonly type: string | null
}

/** Lanes in the order they are sent: removes first. */
const lanes = (layout: BatchLayout): readonly Lane[] => {
  const types = layout.rowPer === 'identifier' ? Object.keys(layout.types) : [null]
  return (['remove', 'add'] as const).flatMap((op) => types.map((type) => ({ op, type })))
}

/** The number of a unit (the identifiers of a member that stay together): its lane and its member in one integer. */
const unit = (layout: BatchLayout): Sql => {
  const cases = lanes(layout).map(({ op, type }, lane) => {
    const ofType = type === null ? sql`` : sql` and field = ${type}`
    return sql` when op = ${op}${ofType} then ${integer(lane * laneWidth)}`
  })
  return sql`(case${sql.join(cases, sql``)} end + send_no)`
}

/** Bytes of one unit with the comma behind it: there are as many commas as values, wherever they stand. */
const unitBytes = (layout: BatchLayout): Sql => {
  const value = bytes(layout.value) + digestBytes + comma
  if (layout.rowPer === 'identifier') {
    const perType = Object.entries(layout.types).map(
      ([type, fence]) => sql` when ${text(type)} then ${integer(bytes(fence))}`,
    )
    return sql`sum(${integer(value + bytes(layout.row))} + case field${sql.join(perType, sql``)} end)`
  }
  const perType = Object.entries(layout.types).map(
    ([type, fence]) => sql` + max(case when field = ${type} then ${integer(bytes(fence))} else 0 end)`,
  )
  return sql`(count(*) * ${integer(value)} + ${integer(bytes(layout.row))}${sql.join(perType, sql``)})`
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
    sql`select ${unit(layout)} as unit, count(*) as identifiers,
  ${layout.rowPer === 'identifier' ? sql`count(*)` : sql.raw('1')} as request_rows, ${unitBytes(layout)} as bytes
from ${scope.scratch('delta_rows')} where ${travels} group by 1`,
  ),
  createScratch(scope, 'unit_sums', unitSums(scope, layout, limits)),
  ...createRunTable(scope, 'batches', batches(scope, layout), dry),
  createScratch(
    scope,
    'unit_batches',
    sql`select u.unit, b.batch_no, u.seq - b.first_seq + 1 as row_no from ${scope.scratch('unit_sums')} as u
join ${scope.runTable('batches')} as b on b.lane = u.lane and b.cut = u.cut`,
  ),
  ...createRunTable(
    scope,
    'delta',
    sql`select d.op, d.member_no, d.send_no = d.member_no as leads, d.member_key, d.field, d.digest, d.prior, d.confirmed_before,
  d.waits, d.hold_reason, d.hold_until_at, u.batch_no, u.row_no
from (select *, ${unit(layout)} as unit from ${scope.scratch('delta_rows')}) as d
left join ${scope.scratch('unit_batches')} as u on u.unit = d.unit`,
    dry,
  ),
]

/**
 * What a unit takes of a request, and how much a request takes of it. Rows where no unit takes a larger part of the bytes
 * than of the rows, bytes where none takes a larger part of the rows, so that the requests are as few as that one limit
 * allows; the larger part, over a common denominator, only where units differ in it.
 */
const sizes = ({ envelopeBytes }: BatchLayout, { maxBytes, maxRows }: BatchLimits) => {
  const forRows = maxBytes - envelopeBytes
  if (maxRows === undefined) return { size: sql`bytes`, limit: integer(forRows), bound: sql`'bytes'` }
  const ofBytes = sql`bytes * ${integer(maxRows)}`
  const ofRows = sql`request_rows * ${integer(forRows)}`
  return {
    bound: sql`case when max(${ofBytes} - ${ofRows}) <= 0 then 'rows' when min(${ofBytes} - ${ofRows}) >= 0 then 'bytes' else 'both' end`,
    size: sql`case bound when 'rows' then request_rows when 'bytes' then bytes else greatest(${ofBytes}, ${ofRows}) end`,
    limit: sql`case bound when 'rows' then ${integer(maxRows)} when 'bytes' then ${integer(forRows)} else ${integer(maxRows)} * ${integer(forRows)} end`,
  }
}

/** A unit's batch is named by how often the limit, less what the largest unit may overhang, fits before its end. */
const unitSums = (scope: Scope, layout: BatchLayout, limits: BatchLimits): Sql => {
  const { size, limit, bound } = sizes(layout, limits)
  const before = (column: string): Sql =>
    sql`coalesce(sum(${sql.id(column)}) over (partition by lane order by part rows between unbounded preceding and 1 preceding), 0)`
  const running = (column: Sql): Sql => sql`sum(${column}) over (partition by u.part order by u.unit)`
  const start = (width: number): Sql => sql`unit - mod(unit, ${integer(width)})`
  return sql`with placed as (select *, ${start(laneWidth)} as lane, ${start(windowMembers)} as part from ${scope.scratch('units')}),
bounds as (select lane, ${bound} as bound from placed group by lane),
u as (select p.*, b.bound, ${size} as size from placed as p join bounds as b on b.lane = p.lane),
fits as (select lane, greatest(1, ${limit} - max(size) + 1) as fit from u group by lane, bound),
parts as (select lane, part, count(*) as units, sum(size) as size from u group by lane, part),
starts as (select lane, part, ${before('units')} as units, ${before('size')} as size from parts),
sums as (select u.unit, u.lane, u.identifiers, u.request_rows, u.bytes,
  cast(s.units + ${running(sql.raw('1'))} as bigint) as seq, cast(s.size + ${running(sql`u.size`)} as bigint) as sum_size
  from u join starts as s on s.part = u.part)
select s.unit, s.lane, s.identifiers, s.request_rows, s.bytes, s.seq, s.sum_size - 1 - mod(s.sum_size - 1, f.fit) as cut
from sums as s join fits as f on f.lane = s.lane`
}

const batches = (scope: Scope, layout: BatchLayout): Sql => {
  const ofLane = (value: (lane: Lane) => string | null): Sql =>
    sql`case lane${sql.join(
      lanes(layout).map((lane, n) => sql` when ${integer(n * laneWidth)} then ${text(value(lane))}`),
      sql``,
    )} end`
  return sql`select row_number() over (order by lane, cut) as batch_no, ${ofLane((l) => l.op)} as op,
  ${ofLane((l) => l.type)} as field, count(*) as members, cast(sum(identifiers) as bigint) as identifiers,
  cast(sum(request_rows) as bigint) as request_rows, cast(sum(bytes) as bigint) as bytes, lane, cut, min(seq) as first_seq
from ${scope.scratch('unit_sums')} group by lane, cut`
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
  const types = Object.entries(layout.types)
  const fence = (side: 'open' | 'close'): Sql =>
    sql`case field${sql.join(
      types.map(([type, f]) => sql` when ${text(type)} then ${text(f[side])}`),
      sql``,
    )} end`
  // One aggregate per type beside the others, each with the comma before it: NULL and so empty where a member has none.
  const ofMember = types.map(([type, { open, close }]) => {
    const values = dialect.joinTexts(sql`case when field = ${text(type)} then ${value} end`)
    return sql`coalesce(${text(`,${open}`)} || ${values} || ${text(close)}, '')`
  })
  const rows =
    layout.rowPer === 'identifier'
      ? sql`select batch_no, ${fence('open')} || ${value} || ${fence('close')} as body ${travelling}`
      : sql`select batch_no, substr(${sql.join(ofMember, sql` || `)}, 2) as body ${travelling} group by batch_no, row_no`
  return sql`select cast(batch_no as varchar) as batch_no, cast(count(*) as varchar) as request_rows,
  ${dialect.joinTexts(sql`${text(layout.row.open)} || body || ${text(layout.row.close)}`)} as body
from (${rows}) as r group by batch_no`
}
