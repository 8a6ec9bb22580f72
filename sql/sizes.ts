import { sql } from 'kysely'
import { integer, type Scope, type Sql } from './scope.ts'
import { publicColumns } from './shared.ts'

/** One observation of a platform's size, beside what the ledger has at the moment; nothing where the audience is another now. */
export const insertSize = (scope: Scope, audienceId: string, size: number): Sql =>
  sql`insert into ${scope.publicTable('audience_sizes')} (${sql.join(Object.keys(publicColumns.audience_sizes).map((name) => sql.id(name)))})
select ${scope.activation}, audience_id, ${integer(size)}, ledger_members, ${scope.now}
from ${scope.stateTable('control')} where audience_id = ${audienceId}`
