/**
 * What happens to the customers on the second day: three in a hundred, each hit by one thing only. Plain statements, so
 * that a reader can tell from them what the platforms must hold afterwards.
 */
export interface Change {
  readonly says: string
  readonly sql: string
}

const those = (slots: string): string => `where customer_id % 1000 in (${slots})`

export const secondDay: readonly Change[] = [
  {
    says: 'unsubscribed and refunded',
    sql: `update customers set newsletter = false, lifetime_value = 0 ${those('0, 1, 2, 3, 4')}`,
  },
  { says: 'deleted', sql: `delete from customers ${those('5, 6, 7')}` },
  {
    says: 'subscribed and bought',
    sql: `update customers set newsletter = true, lifetime_value = 900 ${those('8, 9, 10, 11, 12')}`,
  },
  {
    says: 'a new e-mail',
    sql: `update customers set email = 'new.address.' || customer_id || '@example.org' ${those('13, 14, 15, 16, 17, 18')}`,
  },
  {
    says: 'a new phone',
    sql: `update customers set phone = '+33 7 ' || lpad(customer_id::varchar, 8, '5') ${those('19, 20, 21, 22')}`,
  },
  {
    says: 'the phone of somebody they live with now',
    sql: `update customers set phone = other.phone, country = other.country from (select customer_id - 1 as id, any_value(phone) as phone, any_value(country) as country from customers group by 1) as other
where other.id = customers.customer_id and customers.customer_id % 1000 in (23, 24)`,
  },
  { says: 'an e-mail that is none any more', sql: `update customers set email = 'n/a' ${those('25, 26')}` },
]

/** New customers on the second day, as a share of all. */
export const newcomers = 0.003

/** Between the run that is killed and the next one: their removal was under way. */
export const comeBack: Change = {
  says: 'came back',
  sql: `update customers set newsletter = true, lifetime_value = 900 ${those('0, 1')}`,
}
