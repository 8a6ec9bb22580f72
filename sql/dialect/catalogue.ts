import { sql } from 'kysely'
import type { Catalogue } from './dialect.ts'

const of = (relation: 'tables' | 'columns', schema: string) =>
  sql`(select * from information_schema.${sql.raw(relation)} where table_schema = ${schema})`

/** What is where, as the standard has it. */
export const standardCatalogue: Catalogue = {
  tables: (schema) => of('tables', schema),
  columns: (schema) => of('columns', schema),
  schemas: sql`information_schema.schemata`,
  dropsFullSchemas: false,
}
