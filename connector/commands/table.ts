import { Table } from 'console-table-printer'

/** A table for a person: one object a row, keys as headings, numbers to the right. */
export const renderTable = (rows: readonly Readonly<Record<string, string | number | null>>[]): string => {
  const table = new Table({
    columns: Object.entries(rows[0] ?? {}).map(([name, value]) => ({
      name,
      alignment: typeof value === 'number' ? 'right' : 'left',
    })),
  })
  for (const row of rows)
    table.addRow(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? '-'])))
  return table.render()
}
