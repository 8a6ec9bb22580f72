import { sql } from 'kysely'
import type { ColumnType } from './dialect/dialect.ts'
import { integer, type Scope, type Sql } from './scope.ts'
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
  {
    // What is shared by many waited 30 days, like what a platform refused. It is counted by the next run: all who want it
    // were due by its end, at the latest.
    version: 4,
    activation: (scope) => {
      const quarantine = scope.stateTable('quarantine')
      const ends = sql`(select max(until_at) from ${quarantine} where origin = 'validation')`
      return [
        sql`update ${scope.stateTable('due')} set due_at = ${scope.now} where due_at > ${scope.now}
  and due_at <= ${scope.dialect.addMs(ends, integer(hourMs))}`,
        sql`delete from ${quarantine} where origin = 'validation'`,
      ]
    },
    openDelta: (scope) => [
      sql`update ${scope.runTable('delta_rows')} set hold_until_at = null where hold_reason = 'shared_by_many'`,
    ],
  },
]

/** Some warehouses wrote the two down at different moments of one settle. */
const hourMs = 3_600_000

const text: ColumnType = 'text'
const addTexts = (scope: Scope, table: 'control', columns: readonly string[]): readonly Sql[] =>
  columns.map((column) => addColumn(scope, scope.stateTable(table), column, text))
