import type pg from 'pg'
import type { Column } from './warehouse.ts'

/** What the catalogue says of a type; of a domain, of what it is made from. */
interface TypeRow {
  readonly oid: string
  readonly name: string
  readonly base: string
  readonly base_modifier: string
  readonly category: string
}

/** Types of one text a value that are in no category of texts: whole numbers and UUIDs. */
const others: ReadonlySet<string> = new Set(['int2', 'int4', 'int8', 'oid', 'uuid'])

/** The columns of a result, by what the catalogue knows of their types: any extension may have brought one. */
export const columnsOf = async (client: pg.Client, fields: readonly pg.FieldDef[]): Promise<readonly Column[]> => {
  const { rows } = await client.query<TypeRow>(
    `with recursive typed as (
  select oid, typname, oid as at, typtypmod as modifier, typbasetype from pg_type where oid = any ($1::oid[])
  union all
  select d.oid, d.typname, b.oid, case when b.typtypmod >= 0 then b.typtypmod else d.modifier end, b.typbasetype
  from typed as d join pg_type as b on b.oid = d.typbasetype)
select t.oid::text, t.typname::text as name, b.typname::text as base, t.modifier::text as base_modifier, b.typcategory::text as category
from typed as t join pg_type as b on b.oid = t.at where t.typbasetype = 0`,
    [fields.map(({ dataTypeID }) => dataTypeID)],
  )
  const types = new Map(rows.map((row) => [Number(row.oid), row]))
  return fields.map(({ name, dataTypeID, dataTypeModifier }) => {
    const type = types.get(dataTypeID)
    const modifier = dataTypeModifier >= 0 ? dataTypeModifier : Number(type?.base_modifier ?? -1)
    return {
      name,
      type: type?.name ?? 'unknown',
      asText: type !== undefined && isText(type, modifier),
      ...(type?.base === 'bytea' ? { bytes: true } : {}),
    }
  })
}

/** Category S are texts, E enumerations ("System Catalogs, pg_type"). A numeric's modifier is precision and scale, less 4. */
const isText = ({ base, category }: TypeRow, modifier: number): boolean =>
  category === 'S' ||
  category === 'E' ||
  others.has(base) ||
  (base === 'numeric' && modifier >= 4 && ((modifier - 4) & 0x7ff) === 0)
