import { sql } from 'kysely'
import { createScratch, type Scope, type Sql, sqlType } from './scope.ts'

/**
 * Step 3: add again. A platform removes a person when any identifier of the person is removed; whoever shares an
 * identifier, by wish or by ledger, with any ledger identifier of a member from whom something is removed is sent anew.
 * For members outside K each look is one at the whole ledger, and mostly there is nobody: they are counted first.
 */

/** Members from whom something is removed. */
export const findTouched = (scope: Scope): Sql =>
  createScratch(
    scope,
    'touched',
    sql`select distinct h.member_key, h.member_no from ${scope.scratch('holders')} as h
join ${scope.scratch('gone')} as g on g.field = h.field and g.digest = h.digest`,
  )

/** One row, as text: how many of them are outside K. They have kept something that nobody wants now. */
export const countTouchedOutside = (scope: Scope): Sql =>
  sql`select cast(count(*) as ${sqlType.text}) as members from ${scope.scratch('touched')} where member_no is null`

export interface Reach {
  /** False where a platform removes no more than the identifier: then it is nobody. */
  readonly removesPersons: boolean
  /** Is somebody outside K touched? */
  readonly outside: boolean
}

/**
 * Whatever changed members have in the ledger they want, or it may be removed: who shares it was found by its digest
 * (`sharers`). Only what touched members outside K have must be looked for.
 */
export const findAgain = (scope: Scope, { removesPersons, outside }: Reach): readonly Sql[] => {
  const ledger = scope.stateTable('ledger_identifiers')
  const touched = scope.scratch('touched')
  const exposed = scope.scratch('exposed')
  if (!removesPersons)
    return [createScratch(scope, 'again_members', sql`select member_key from ${touched} where 1 = 0`)]
  const exposedOutside = sql`
union distinct select l.field, l.digest, true from ${ledger} as l join ${touched} as t on t.member_key = l.member_key where t.member_no is null`
  const sharersOutside = sql`
union distinct select l.member_key from ${ledger} as l join (select * from ${exposed} where elsewhere) as e on e.field = l.field and e.digest = l.digest`
  return [
    createScratch(
      scope,
      'exposed',
      sql`select distinct l.field, l.digest, false as elsewhere from ${scope.scratch('changed_or_kept')} as l join ${touched} as t on t.member_no = l.member_no${outside ? exposedOutside : sql``}`,
    ),
    createScratch(
      scope,
      'again_members',
      sql`select l.member_key from ${scope.scratch('sharers')} as l join ${exposed} as e on e.field = l.field and e.digest = l.digest${outside ? sharersOutside : sql``}
union distinct select w.member_key from ${scope.scratch('wanted')} as w join ${exposed} as e on e.field = w.field and e.digest = w.digest`,
    ),
  ]
}

/**
 * Scratch `outside`: numbers for the members outside K who appear in the delta, holders of what is removed or waits, and
 * members to add again. From the highest number in K on, so that every member of the delta has one number.
 */
export const createOutside = (scope: Scope): Sql =>
  createScratch(
    scope,
    'outside',
    numberOutside(
      scope,
      sql`select member_key from ${scope.scratch('touched')}
union all select member_key from ${scope.scratch('waiting_members')}
union all select member_key from ${scope.scratch('again_members')}`,
    ),
  )

const numberOutside = (scope: Scope, members: Sql): Sql =>
  sql`select member_key, row_number() over (${scope.dialect.anyOrder}) + (select coalesce(max(member_no), 0) from ${scope.scratch('changed_members')}) as member_no
from (select distinct m.member_key from (${members}) as m
  left join ${scope.scratch('changed_members')} as c on c.member_key = m.member_key where c.member_key is null) as o`

/** One row, as text: how many they are. */
export const countOutside = (scope: Scope): Sql =>
  sql`select cast(count(*) as ${sqlType.text}) as members from ${scope.scratch('outside')}`
