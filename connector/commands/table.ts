import { Table } from 'console-table-printer'

type Cell = string | number | null

/** A table for a person: one object a row, keys as headings, numbers to the right. */
export const renderTable = (rows: readonly Readonly<Record<string, Cell>>[]): string => {
  const table = new Table({
    columns: Object.keys(rows[0] ?? {}).map((name) => ({
      name,
      alignment: rows.some((row) => typeof row[name] === 'number') ? 'right' : 'left',
    })),
    // Also for files and pipes, where escapes are noise.
    shouldDisableColors: true,
  })
  for (const row of rows)
    table.addRow(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? '-'])))
  return table.render()
}
