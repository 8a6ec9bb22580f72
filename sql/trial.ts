import { sql } from 'kysely'
import { type Sql, sqlType } from './scope.ts'

/** A table with a row in it, to see whether a role may make and write tables there. */
export const createTrial = (schema: string, table: string): readonly Sql[] => [
  sql`create table ${sql.id(schema, table)} (written ${sqlType.integer})`,
  sql`insert into ${sql.id(schema, table)} (written) values (1)`,
]
