import { sql } from 'kysely'
import { integer, type Scope, type Sql, sqlType, text } from './scope.ts'
import { publicColumns } from './shared.ts'

/** What a platform says of an audience. */
export interface Observation {
  /** NULL where it shows none (yet). */
  readonly size: number | null
  /** Sentences for a person; NULL where there are none. */
  readonly notes: string | null
}

/** One observation, beside what the ledger has at the moment; nothing where the audience is another now. */
export const insertSize = (scope: Scope, audienceId: string, { size, notes }: Observation): Sql =>
  sql`insert into ${scope.publicTable('audience_sizes')} (${sql.join(Object.keys(publicColumns.audience_sizes).map((name) => sql.id(name)))})
select ${text(scope.activation)}, audience_id, ${size === null ? sql`null` : integer(size)}, ledger_members, ${scope.now}, ${text(notes)}
from ${scope.stateTable('control')} where audience_id = ${audienceId}`

/** The last observation of the audience there is now, as text; no row if there is none. */
export const latestSize = (scope: Scope): Sql =>
  sql`select cast(platform_size as ${sqlType.text}) as platform_size, cast(ledger_members as ${sqlType.text}) as ledger_members, notes,
  ${scope.dialect.isoTimestamp(sql.id('observed_at'))} as observed_at
from ${scope.publicTable('audience_sizes')} as s where activation = ${scope.activation}
  and audience_id = (select audience_id from ${scope.stateTable('control')}) order by s.observed_at desc limit 1`
