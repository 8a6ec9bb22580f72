import type { Statement, Warehouse } from '../connector/warehouse/warehouse.ts'

/** The same warehouse, which prints how many ms each call of a step took to standard error. */
export function traced(warehouse: Warehouse): Warehouse {
  const time = async <R>(step: string, work: () => Promise<R>): Promise<R> => {
    const startedAt = performance.now()
    try {
      return await work()
    } finally {
      process.stderr.write(`${String(Math.round(performance.now() - startedAt)).padStart(6)} ${step}\n`)
    }
  }
  return {
    dialect: warehouse.dialect,
    opensAlone: warehouse.opensAlone,
    rows: (step, statement: Statement) => time(step, () => warehouse.rows(step, statement)),
    columns: (step, statement) => time(step, () => warehouse.columns(step, statement)),
    execute: (step, statement) => time(step, () => warehouse.execute(step, statement)),
    transaction: (step, statements) => time(step, () => warehouse.transaction(step, statements)),
    another: () => warehouse.another(),
    close: () => warehouse.close(),
  }
}
