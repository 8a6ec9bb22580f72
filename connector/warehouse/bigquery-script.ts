import type { Dialect } from '../../sql/dialect/dialect.ts'
import { isDefinition, type TransactionPart, written } from './warehouse.ts'

/**
 * A transaction as one script ("Multi-statement transactions"), whose last SELECT says `committed` or `rolled_back`. A
 * transaction takes no definition of a table that stays: those go before it, and are committed one by one. A script that
 * fails is rolled back.
 */
export const scriptOf = (
  dialect: Dialect,
  parts: readonly TransactionPart[],
): { readonly sql: string; readonly parameters: readonly (string | null)[] } => {
  const texts = parts.map((part) => {
    const { statement, exactly } = written(part)
    return { ...dialect.compile(statement), exactly }
  })
  const first = texts.filter(({ sql }) => isDefinition(sql))
  const rest = texts.filter(({ sql }) => !isDefinition(sql))
  return {
    sql: [
      ...first.map(({ sql }) => `${sql};`),
      'begin transaction;',
      ...rest.flatMap(({ sql, exactly }) => [`${sql};`, ...(exactly === undefined ? [] : [unless(exactly)])]),
      'commit transaction;',
      "select 'committed' as outcome;",
    ].join('\n'),
    parameters: [...first, ...rest].flatMap(({ parameters }) => parameters),
  }
}

const unless = (exactly: number): string =>
  `if @@row_count <> ${exactly} then rollback transaction; select 'rolled_back' as outcome; return; end if;`
