import type { Project } from './project.ts'
import type { Seen } from './proxy.ts'

const hex = /[0-9a-f]{64}/g
/** Requests that add. */
export const adding = /"Update"|"action":"add"/

/** Digests that travelled in requests which add or remove. */
export const sent = (seen: readonly Seen[], verb: RegExp): string[] =>
  seen.filter(({ body }) => verb.test(body)).flatMap(({ body }) => body.match(hex) ?? [])

/** Digests of batches whose receipt says that they were accepted, of the run that died. */
export const acceptedOf = async (project: Project, suffix: string): Promise<string[]> => {
  const [table] = await project.query(
    `select table_name as name from information_schema.tables where table_schema = 'tidemark_state' and table_name like 'delta-${suffix}-%'`,
  )
  const rows = await project.query(`select lower(hex(digest)) as digest from tidemark_state."${table?.name}" as d
    join tidemark_state."${String(table?.name).replace('delta', 'spans')}" as s on d.unit between s.first_unit and s.last_unit
    join tidemark_state."control_${suffix}" as c on true
    join tidemark.receipts as r on r.batch_no = s.batch_no and r.status = 'accepted' and r.run_id = c.run_id
    where d.op = 'add'`)
  return rows.map((row) => String(row.digest))
}
