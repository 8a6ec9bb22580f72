import { sql } from 'kysely'
import { type Scope, type Sql, sqlType, state } from './scope.ts'
import { columnList, stateColumns } from './state.ts'

/** Empty state as scratch tables, for an activation that has none yet; the scope must be `stateless`. */
export const createScratchState = (scope: Scope): readonly Sql[] =>
  Object.entries(stateColumns).map(([name, columns]) =>
    scope.dialect.createScratch(scope.stateTable(name as keyof typeof stateColumns), columnList(scope, columns)),
  )

/**
 * One row, as text: members who enter and who leave when everything in the delta is accepted. The same rules as settle's:
 * a member enters with the first confirmed identifier and, having entered, leaves with the last that is not kept.
 */
export const countMoves = (scope: Scope): Sql => {
  const rows = scope.runTable('delta')
  const entered = sql`select member_key from ${scope.stateTable('ledger_identifiers')} where entered and state <> ${state.kept}`
  const stays = sql`select 1 from ${scope.stateTable('ledger_identifiers')} as l where l.member_key = r.member_key and l.state <> ${state.kept}
  and not exists (select 1 from ${rows} as d where d.member_key = l.member_key and d.field = l.field and d.digest = l.digest
    and d.op in ('remove', 'keep'))`
  return sql`select
  cast((select count(distinct member_key) from ${rows} where op = 'add' and member_key not in (${entered})) as ${sqlType.text}) as entering,
  cast((select count(*) from (select distinct member_key from ${rows} where op in ('remove', 'keep') and member_key in (${entered})) as r
    where r.member_key not in (select member_key from ${rows} where op = 'add') and not exists (${stays})) as ${sqlType.text}) as leaving`
}
