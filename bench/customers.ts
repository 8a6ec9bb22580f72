import type { Engine } from './engine.ts'

/** The three kinds of run, in the order in which a round plays them. */
export const kinds = ['first', 'unchanged', 'churn'] as const
export type Kind = (typeof kinds)[number]

/** A table of `members` customers, a third of them with capitals in the e-mail address. */
export const makeCustomers = ({ numbers }: Pick<Engine, 'numbers'>, members: number): string =>
  `drop table if exists customers; create table customers as select i as customer_id,
    case when i % 3 = 0 then 'User.' || i || '@Example.com' else 'user' || i || '@example.com' end as email,
    '+336' || lpad(cast(i as varchar), 8, '0') as phone from ${numbers(members)} as t(i)`

/** 1 %: a third of it new e-mail addresses, a third gone, a third new customers. Others in each round. */
export const churn = ({ numbers }: Pick<Engine, 'numbers'>, members: number, round: number): string =>
  `update customers set email = 'changed${round}.' || customer_id || '@example.com' where customer_id % 300 = ${round};
   delete from customers where customer_id % 300 = ${100 + round};
   insert into customers select ${members} * 2 + i, 'new' || i || '@example.com', '+337' || lpad(cast(i as varchar), 8, '0')
     from ${numbers(Math.ceil(members / 300))} as t(i)`

/** Rows of one operation: users on X, identifiers of one type on TikTok. */
interface Load {
  readonly both: number
  readonly emailOnly: number
}

/** What has to travel. Whose old address is removed is added again as a whole. */
function loads(kind: Kind, members: number): readonly Load[] {
  const third = Math.ceil(members / 300)
  if (kind === 'unchanged') return []
  if (kind === 'first') return [{ both: members, emailOnly: 0 }]
  return [
    { both: third, emailOnly: third },
    { both: 2 * third, emailOnly: 0 },
  ]
}

const digest = 'f'.repeat(64)
const row = (user: unknown): number => JSON.stringify(user).length + 1

/**
 * The fewest batches that the platforms' limits allow (design section 8), by arithmetic on the shapes of the reference
 * page alone: X takes 5,000,000 bytes in one operation, TikTok 1,000 rows of one identifier type.
 */
export const fewestBatches: Readonly<Record<string, (kind: Kind, members: number) => number>> = {
  x_ads: (kind, members) => {
    const both = row({ email: [digest], phone_number: [digest] })
    const emailOnly = row({ email: [digest] })
    const room = 5_000_000 - '[{"operation_type":"Update","params":{"users":[]}}]'.length - both
    return sum(loads(kind, members).map((load) => Math.ceil((load.both * both + load.emailOnly * emailOnly) / room)))
  },
  tiktok_ads: (kind, members) =>
    sum(
      loads(kind, members).map(({ both, emailOnly }) => Math.ceil((both + emailOnly) / 1000) + Math.ceil(both / 1000)),
    ),
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0)
}
