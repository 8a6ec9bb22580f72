import type { Destination, Fence, RowLayout } from '../destination/destination.ts'
import type { Activation, MappedField } from './activation.ts'
import type { Path, Problems } from './problems.ts'

/** An activation that was read, its platform, and where the entry of its destination stands. */
export interface Sent {
  readonly activation: Pick<Activation, 'name' | 'fields' | 'destination'>
  readonly contract: Destination
  readonly path: Path
}

/** Notes `request.max_bytes` and `max_rows` into which not even one member fits, whose row is written for each mapped column. */
export function refuseSmallRequests(sent: readonly Sent[], problems: Problems): void {
  for (const [, own] of Map.groupBy(sent, ({ path }) => path)) {
    const [first] = own
    if (first === undefined) continue
    const { contract, path } = first
    const { maxBytes, maxRows } = first.activation.destination.request
    const needs = own.map(({ activation }) => ({ name: activation.name, ...needOf(activation, contract) }))
    const refuse = (key: string, unit: 'bytes' | 'rows', limit: number, usual: number | undefined): void => {
      const most = needs.reduce((a, b) => (b[unit] > a[unit] ? b : a))
      if (limit >= most[unit]) return
      const wayOut = `write ${most[unit]} or more, or take it out${usual === undefined ? '' : ` (then it is ${usual})`}`
      const wrong = `is less than one member of ${most.name} needs (${most[unit]} ${unit})`
      problems.add([...path, 'request', key], wrong, limit, wayOut)
    }
    refuse('max_bytes', 'bytes', maxBytes, contract.limits.maxBytes)
    if (maxRows !== undefined) refuse('max_rows', 'rows', maxRows, contract.limits.maxRows)
  }
}

/** As long as the ids of audiences are. */
const someAudience = '9'.repeat(20)

/** What a request takes in which one member travels, with one value from each column. */
const needOf = (
  { fields, destination }: Sent['activation'],
  contract: Destination,
): { readonly bytes: number; readonly rows: number } => {
  const layout = contract.layout(someAudience, destination.request)
  const columns = [...Map.groupBy(fields, (field) => typeOf(field, contract))]
  const cells = columns.map(([type, own]) => ({ type, values: own.length }))
  if (layout.rowPer === 'identifier') {
    const longest = Math.max(...cells.map(({ type }) => rowBytes(layout, [{ type, values: 1 }])))
    return { bytes: layout.envelopeBytes + longest, rows: 1 }
  }
  if (layout.blank === undefined) return { bytes: layout.envelopeBytes + rowBytes(layout, cells), rows: 1 }
  const rows = Math.max(...cells.map(({ values }) => values))
  const each = rowBytes(
    layout,
    cells.map(({ type }) => ({ type, values: 1 })),
  )
  return { bytes: layout.envelopeBytes + rows * each + rows - 1, rows }
}

const typeOf = ({ field, format }: MappedField, { fields }: Destination): string => {
  const rule = fields[field]
  return (format === 'sha512' ? rule?.sha512Type : undefined) ?? rule?.type ?? field
}

interface CellOf {
  readonly type: string
  readonly values: number
}

const rowBytes = ({ row, types, value }: RowLayout, cells: readonly CellOf[]): number => {
  const ofCell = ({ type, values }: CellOf): number => {
    const cell = types[type]
    const one = fence(value) + (cell?.digits ?? 64)
    return (cell === undefined ? 0 : fence(cell)) + values * one + values - 1
  }
  return fence(row) + cells.reduce((sum, cell) => sum + ofCell(cell), 0) + cells.length - 1
}

const fence = ({ open, close }: Fence): number => Buffer.byteLength(open + close)
