import { otherwise, type Warehouse } from '../connector/warehouse/warehouse.ts'

/** The same warehouse, which notes when the run took its lease and when it was settled, or closed where nothing was to do. */
export function watched(
  warehouse: Warehouse,
  printSteps: boolean,
): { readonly warehouse: Warehouse; fromLeaseToSettle(): number } {
  let lease = Number.POSITIVE_INFINITY
  let settled = 0
  const time = async <R>(step: string, work: () => Promise<R>): Promise<R> => {
    const startedAt = performance.now()
    if (step === 'lease') lease = Math.min(lease, startedAt)
    try {
      return await work()
    } finally {
      const endedAt = performance.now()
      if (step === 'settle' || step === 'close') settled = endedAt
      if (printSteps) process.stderr.write(`${String(Math.round(endedAt - startedAt)).padStart(6)} ms ${step}\n`)
    }
  }
  return {
    warehouse: otherwise(warehouse, {
      rows: (step, statement) => time(step, () => warehouse.rows(step, statement)),
      columns: (step, statement) => time(step, () => warehouse.columns(step, statement)),
      execute: (step, statement) => time(step, () => warehouse.execute(step, statement)),
      transaction: (step, statements) => time(step, () => warehouse.transaction(step, statements)),
    }),
    fromLeaseToSettle: () => settled - lease,
  }
}
