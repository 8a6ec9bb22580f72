import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { mappedColumns } from '../../connector/activation/context.ts'
import { type Batch, type Cut, cutDelta } from '../../connector/activation/cut.ts'
import { deliver } from '../../connector/activation/deliver.ts'
import type { Delivery } from '../../connector/activation/delivery-state.ts'
import { createDeltaViews } from '../../sql/delta.ts'
import { createRunTables } from '../../sql/run-tables.ts'
import { laneOf } from '../../sql/units.ts'
import { readColumns } from '../../sql/wanted.ts'
import { words } from '../warehouse/under-test.ts'
import { type Answer, done, type Rig, refused } from './rig.ts'

/** An identifier of a delta that is made by hand. */
export interface Row {
  readonly op: 'add' | 'remove'
  readonly member: number
  readonly field?: 'email' | 'phone'
  /** What is hashed; `m<member>` unless said. */
  readonly value?: string
}
export const digestOf = (value: string): string => createHash('sha256').update(value).digest('hex')
export const textOf = ({ member, field = 'email', value }: Row): string => value ?? `${field}${member}`

/** Stores the delta and cuts it into batches of so many rows. */
export const store = async (rig: Rig, rows: readonly Row[], maxRows = 1): Promise<Cut> => {
  const { request, scope } = rig
  const columns = mappedColumns(request.activation, request.destination)
  const layout = request.destination.layout('aud', request.activation.destination.request)
  const types = { email: columns[0]?.type ?? '', phone: columns[1]?.type ?? '' }
  for (const statement of [
    ...createRunTables(scope, readColumns(columns)),
    ...createDeltaViews(scope, layout, columns, false),
  ])
    await request.warehouse.execute('delta', statement)
  const values = rows.map((row) => {
    const type = types[row.field ?? 'email']
    const unit = laneOf(layout, { op: row.op, type }) + row.member
    return `('${row.op}', ${row.member}, ${unit}, true, 'm${row.member}', '${type}', ${words.bytes(digestOf(textOf(row)))}, 0, false, false, null, null)`
  })
  if (values.length > 0)
    await request.warehouse.execute(
      'delta',
      sql`insert into ${scope.runTable('delta_rows')} values ${sql.raw(values.join(', '))}`,
    )
  const destination = {
    ...request.activation.destination,
    request: { ...request.activation.destination.request, maxRows, maxBytes: 1_000_000 },
  }
  const context = {
    activation: { ...request.activation, destination },
    destination: request.destination,
    columns,
    warehouse: request.warehouse,
    scope,
    ledgerIsEmpty: true,
    full: false,
    dry: false,
  }
  return request.warehouse.withScratch(() => cutDelta(context, 'aud'))
}

export const sendAll = (rig: Rig, { batches, packing }: Cut, some: readonly Batch[] = batches): Promise<Delivery> =>
  deliver({ ...rig, audienceId: 'aud', packing }, some)

export const add = (member: number, more: Partial<Row> = {}): Row => ({ op: 'add', member, ...more })
export const remove = (member: number, more: Partial<Row> = {}): Row => ({ op: 'remove', member, ...more })
export const adds = (n: number): readonly Row[] => Array.from({ length: n }, (_, i) => add(i + 1))

export const receipts = async (rig: Rig): Promise<readonly string[]> => {
  const rows =
    await rig.raw(`select batch_no || ' ' || op || ' ' || status || ' ' || members || '/' || identifiers || ' of ' || attempts as r
    from tidemark.receipts order by batch_no`)
  return rows.map(({ r }) => r ?? '')
}
export const refusals = async (rig: Rig): Promise<readonly string[]> => {
  const rows = await rig.raw(`select concat_ws(' ', batch_no, row_no, outcome, coalesce(field, '-'), reason) as r
    from tidemark_state."refused-people-x-1" order by batch_no, row_no, field`)
  return rows.map(({ r }) => r ?? '')
}
/** Refuses every request that names one of these, accepts the others. */
export const dislikes =
  (...rows: readonly Row[]) =>
  (_: number, body: string): Answer =>
  () =>
    rows.some((row) => body.includes(digestOf(textOf(row)))) ? refused() : done()
export const answersBy =
  (...answers: readonly Answer[]) =>
  (n: number): Answer =>
    answers[n - 1] ?? (() => done())
