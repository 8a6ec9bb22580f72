import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stateVersion } from '../../sql/state.ts'
import { until } from '../cli/process.ts'
import { Project } from '../cli/project.ts'
import { openProxy } from '../cli/proxy.ts'
import { folderOf, parts, type Recorded, type RecordedCall } from './recorded.ts'

/**
 * Records the state of this version for upgrade.test.ts: two activations after a first sync, then killed in the middle of
 * a delta of removes and adds. Run it once for each state version, with the code that is the first to have it.
 */
const record = async (): Promise<void> => {
  const startedAt = Math.floor(Date.now() / 1000) * 1000
  let now = (): number => startedAt
  await using project = await Project.open(10, parts, { x: { now: () => now() }, tiktok: { now: () => now() } })
  now = Date.now
  await using x = await openProxy(project.x.port)
  await using tiktok = await openProxy(project.tiktok.port)
  await project.write({ ...parts, xUrl: x.url, tiktokUrl: tiktok.url })
  // Somebody without an address, so that there is a rejection.
  await project.query(`insert into customers values (11, 'no address', null)`)
  const first = await project.run('run', '--all', '--run-key', 'day/1')
  if (first.code !== 0) throw new Error(first.stderr)
  await project.query(`delete from customers where customer_id <= 3;
    update customers set email = 'new4@example.com' where customer_id = 4;
    insert into customers select i, 'person' || i || '@example.com', '+336' || (10000000 + i) from range(12, 29) t(i)`)
  project.fault({ match: { op: ['add', 'remove'] }, times: 'always', fault: { kind: 'latency', ms: 250 } })
  const seen = [project.x.requests.length, project.tiktok.requests.length] as const
  const { child, ended } = project.start('run', '--all', '--run-key', 'day/2')
  // Receipts are written every second; some batches are left.
  await until(
    'most of the batches',
    () => project.x.requests.length >= seen[0] + 11 && project.tiktok.requests.length >= seen[1] + 11,
  )
  child.kill('SIGKILL')
  await ended
  await Promise.all([project.x.idle(), project.tiktok.idle()])
  const requests = [project.x, project.tiktok].flatMap((platform): RecordedCall[] =>
    platform.requests.flatMap(({ appliedAt }, i) => {
      // One at a time: what the proxy saw and what the platform got stand in the same order.
      const call = (platform === project.x ? x : tiktok).seen[i]
      return appliedAt === null || !call
        ? []
        : [{ platform: platform.platform, method: call.method, url: call.url, body: call.body }]
    }),
  )
  const recorded: Recorded = { startedAt, endedAt: Date.now(), requests }
  mkdirSync(folderOf(stateVersion), { recursive: true })
  writeFileSync(join(folderOf(stateVersion), 'platforms.json'), `${JSON.stringify(recorded, null, 2)}\n`)
  writeFileSync(join(folderOf(stateVersion), 'state.sql'), await dump(project))
}

/** The warehouse as statements that make it again. */
const dump = async (project: Project): Promise<string> => {
  const schemas = await project.query(
    `select 'create schema ' || schema_name as sql from duckdb_schemas() where not internal and schema_name like 'tidemark%' order by 1`,
  )
  const tables = await project.query(
    `select schema_name || '.' || '"' || table_name || '"' as name, sql from duckdb_tables() order by 1`,
  )
  const views = await project.query('select sql from duckdb_views() where not internal order by sql')
  const parts = [...schemas, ...tables].map(({ sql }) => `${String(sql).replace(/;$/, '')};`)
  for (const { name } of tables) parts.push(...(await rowsOf(project, String(name))))
  return `${[...parts, ...views.map(({ sql }) => String(sql))].join('\n')}\n`
}

const rowsOf = async (project: Project, table: string): Promise<readonly string[]> => {
  const columns = await project.query(`select column_name as name, column_type as type from (describe ${table})`)
  const values = columns.map(({ name, type }) => {
    const text = `cast("${name}" as varchar)`
    if (type === 'BLOB') return `'unhex(''' || lower(hex("${name}")) || ''')'`
    return type === 'VARCHAR' || type === 'TIMESTAMP' ? `'''' || replace(${text}, '''', '''''') || ''''` : text
  })
  const row = values.map((value) => `coalesce(${value}, 'null')`).join(` || ', ' || `)
  const rows = await project.query(`select '(' || ${row} || ')' as row from ${table} order by all`)
  return rows.length === 0 ? [] : [`insert into ${table} values\n  ${rows.map((r) => r.row).join(',\n  ')};`]
}

await record()
