import { sql } from 'kysely'
import type { Dialect } from './dialect/dialect.ts'
import { type Scope, type Sql, sqlType, text, unionAll } from './scope.ts'

/** The control tables of all activations that ever ran, by name. */
export const listControls = ({ catalogue }: Dialect, schema: string): Sql =>
  sql`select table_name from ${catalogue.tables(`${schema}_state`)} as t
where table_name like 'control_%' order by table_name`

/**
 * Which activation each control table is of, its ad account, audience and member key, and whether anything is left in it
 * that would have to be forgotten. Names as `listControls` gives them, at least one.
 */
export const readOwners = (schema: string, tables: readonly string[]): Sql =>
  unionAll(
    tables.map(
      (
        table,
      ) => sql`select activation, audience_id, audience_intent, audience_name, audience_description, account_id, member_key,
  cast(ledger_members as ${sqlType.text}) as ledger_members,
  cast(audience_id is not null or audience_intent is not null or identifier_rows > 0 or run_open as ${sqlType.text}) as holds_something
from ${sql.id(`${schema}_state`, table)}`,
    ),
  )

/** One row, as text: members whose time has come, when the next one's comes, and identifiers in the ledger by state. */
export const measureState = (scope: Scope): Sql => {
  const ledger = scope.stateTable('ledger_identifiers')
  const due = scope.stateTable('due')
  const inState = (n: number): Sql => sql`(select count(*) from ${ledger} where state = ${sql.raw(String(n))})`
  return sql`select cast(${inState(1)} as ${sqlType.text}) as confirmed, cast(${inState(2)} as ${sqlType.text}) as unconfirmed,
  cast(${inState(3)} as ${sqlType.text}) as kept,
  cast((select count(*) from ${due} where due_at <= ${scope.now}) as ${sqlType.text}) as due_now,
  (select ${scope.dialect.isoTimestamp(sql`min(due_at)`)} from ${due} where due_at > ${scope.now}) as next_due_at,
  cast((select count(*) from ${scope.stateTable('quarantine')} where until_at > ${scope.now}) as ${sqlType.text}) as quarantined`
}

/** One row: batches of the stored delta that is not settled. */
export const countOpenBatches = (scope: Scope): Sql =>
  sql`select cast(count(*) as ${sqlType.text}) as batches from ${scope.runTable('batches')}`

/** What the activation was when it last ran: for one that is no longer in the file. No row if it never closed a run. */
export const lastKnown = (scope: Scope): Sql =>
  sql`select segment, destination, platform, account_id, audience_name, audience_description, fields, config_hash
from ${scope.publicTable('activations')} where activation = ${text(scope.activation)}`
