/**
 * What happens to the customers on the second day: three in a hundred, each hit by one thing only. Plain statements, so
 * that a reader can tell from them what the platforms must hold afterwards.
 */
export interface Change {
  readonly says: string
  /** `table`: the customers; `text`: what the warehouse calls the type. */
  sql(table: string, text: string): string
}

const those = (slots: string): string => `where mod(customer_id, 1000) in (${slots})`

export const secondDay: readonly Change[] = [
  {
    says: 'unsubscribed and refunded',
    sql: (table) => `update ${table} set newsletter = false, lifetime_value = 0 ${those('0, 1, 2, 3, 4')}`,
  },
  { says: 'deleted', sql: (table) => `delete from ${table} ${those('5, 6, 7')}` },
  {
    says: 'subscribed and bought',
    sql: (table) => `update ${table} set newsletter = true, lifetime_value = 900 ${those('8, 9, 10, 11, 12')}`,
  },
  {
    says: 'a new e-mail',
    sql: (table, text) =>
      `update ${table} set email = 'new.address.' || cast(customer_id as ${text}) || '@example.org' ${those('13, 14, 15, 16, 17, 18')}`,
  },
  {
    says: 'a new phone',
    sql: (table, text) =>
      `update ${table} set phone = '+33 7 ' || lpad(cast(customer_id as ${text}), 8, '5') ${those('19, 20, 21, 22')}`,
  },
  {
    says: 'the phone of somebody they live with now',
    sql: (
      table,
    ) => `update ${table} set phone = other.phone, country = other.country from (select customer_id - 1 as id, max(phone) as phone, max(country) as country from ${table} group by customer_id - 1) as other
where other.id = customer_id and mod(customer_id, 1000) in (23, 24)`,
  },
  { says: 'an e-mail that is none any more', sql: (table) => `update ${table} set email = 'n/a' ${those('25, 26')}` },
]

/** New customers on the second day, as a share of all. */
export const newcomers = 0.003

/** Between the run that is killed and the next one: their removal was under way. */
export const comeBack: Change = {
  says: 'came back',
  sql: (table) => `update ${table} set newsletter = true, lifetime_value = 900 ${those('0, 1')}`,
}
