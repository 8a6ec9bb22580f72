import type { ColumnType } from './dialect/dialect.ts'
import type { Scope, Sql } from './scope.ts'
import { addColumn } from './shared.ts'

/**
 * How the state of one activation comes from the version before to `version`. Statements of one transaction; but some
 * warehouses commit at every DDL, so each may run again after a crash behind it. They name columns as they are at this
 * version, and never what today's code calls them.
 */
export interface Migration {
  readonly version: number
  /** Of the activation's tables. */
  readonly activation: (scope: Scope) => readonly Sql[]
  /** Of the tables of an open delta, which the scope's fence names. */
  readonly openDelta?: (scope: Scope) => readonly Sql[]
}

/** All steps, in their order. */
export const migrations: readonly Migration[] = [
  {
    // The row of a crashed attempt tells of the run that crashed, not of the one that writes it.
    version: 2,
    activation: (scope) =>
      addTexts(scope, 'control', [
        'run_connector_version',
        'run_config_hash',
        'run_orchestrator',
        'run_orchestrator_run_id',
        'run_dbt_invocation_id',
      ]),
  },
  {
    // `audience_sizes` has notes: what activations share gains its columns by itself.
    version: 3,
    activation: () => [],
  },
]

const text: ColumnType = 'text'
const addTexts = (scope: Scope, table: 'control', columns: readonly string[]): readonly Sql[] =>
  columns.map((column) => addColumn(scope, scope.stateTable(table), column, text))
