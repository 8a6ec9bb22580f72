import { otherwise, type Statement, type Warehouse, written } from '../warehouse/warehouse.ts'

/** A statement as the warehouse got it. */
export interface RecordedStatement {
  readonly step: string
  readonly sql: string
  readonly parameters: readonly (string | null)[]
}

/** A warehouse that notes every statement before it passes it on. Secrets of the configuration are masked in the notes. */
export const recording = (
  warehouse: Warehouse,
  secrets: readonly string[],
): { readonly warehouse: Warehouse; readonly statements: readonly RecordedStatement[] } => {
  const statements: RecordedStatement[] = []
  // In a text of SQL a quote is written twice.
  const forms = secrets.filter((secret) => secret !== '').flatMap((secret) => [secret, secret.replaceAll("'", "''")])
  const masked = (text: string): string => forms.reduce((result, form) => result.replaceAll(form, '[masked]'), text)
  const note = (step: string, statement: Statement): void => {
    const { sql, parameters } = warehouse.dialect.compile(statement)
    statements.push({ step, sql: masked(sql), parameters: parameters.map((p) => (p === null ? null : masked(p))) })
  }
  return {
    statements,
    warehouse: otherwise(warehouse, {
      rows: (step, statement) => {
        note(step, statement)
        return warehouse.rows(step, statement)
      },
      columns: (step, statement) => {
        note(step, statement)
        return warehouse.columns(step, statement)
      },
      execute: (step, statement) => {
        note(step, statement)
        return warehouse.execute(step, statement)
      },
      transaction: (step, parts) => {
        for (const part of parts) note(step, written(part).statement)
        return warehouse.transaction(step, parts)
      },
    }),
  }
}

/** Statements to read or to run by hand, in order and in one session. */
export const statementsText = (statements: readonly RecordedStatement[]): string =>
  statements
    .map(({ step, sql, parameters }) => {
      const bound = parameters.map((p, i) => `--   $${i + 1} = ${p === null ? 'NULL' : `'${p.replaceAll("'", "''")}'`}`)
      return [`-- ${step}`, ...bound, `${sql};`].join('\n')
    })
    .join('\n\n')
