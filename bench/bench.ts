import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { neverDrains } from '../connector/activation/drain.ts'
import { noProgress } from '../connector/activation/progress.ts'
import { runActivation } from '../connector/activation/run.ts'
import type { ActivationSummary } from '../connector/activation/summary.ts'
import type { Activation } from '../connector/config/activation.ts'
import { destinationOf } from '../connector/destination/registry.ts'
import { openChannel } from '../connector/http/channel.ts'
import { createLog } from '../connector/log.ts'
import { warehouseOver } from '../connector/warehouse/duckdb.ts'

/**
 * Times a first sync, a run with 1 % churn and a run without change against the floor measured in the same process, in
 * turn. Prints seconds, ratios, requests against the arithmetic minimum, and the memory of the JavaScript side.
 */
const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    destination: { type: 'string', default: 'x_ads' },
    json: { type: 'boolean', default: false },
    steps: { type: 'boolean', default: false },
  },
})
const members = Number(values.members)
const rounds = Number(values.rounds)
const type = values.destination === 'tiktok_ads' ? 'tiktok_ads' : 'x_ads'

type Kind = 'first' | 'unchanged' | 'churn'
const kinds: readonly Kind[] = ['first', 'unchanged', 'churn']

const sections = new Map(
  readFileSync(join(import.meta.dirname, 'floor.sql'), 'utf8')
    .split('-- section: ')
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')).trim(), section.slice(section.indexOf('\n'))] as const),
)

const simulator = await startSimulator()
const folder = mkdtempSync(join(tmpdir(), 'tidemark-bench-'))
const instance = await DuckDBInstance.create(join(folder, 'bench.duckdb'), {
  memory_limit: '4GB',
  threads: '2',
  autoinstall_known_extensions: 'false',
})
const connection = await instance.connect()
const destination = destinationOf(type)
if (!destination) throw new Error(`No destination ${type}`)

const settings = {
  name: 'bench',
  type,
  accountId: type === 'x_ads' ? '18ce54d4x5t' : '7000000000000000001',
  credentials: {
    consumer_key: 'sim-consumer-key',
    consumer_secret: 'sim-consumer-secret',
    access_token: type === 'x_ads' ? 'sim-access-token' : 'sim-tiktok-token',
    access_token_secret: 'sim-access-token-secret',
  },
  baseUrl: simulator.url,
  requestsPerSecond: 100_000,
  request: {
    timeoutMs: 60_000,
    quietMs: 120_000,
    concurrency: 4,
    maxBytes: destination.limits.maxBytes,
    combinedRows: false,
    ...(destination.limits.maxRows === undefined ? {} : { maxRows: destination.limits.maxRows }),
  },
}
const phone = type === 'x_ads' ? 'phone_number' : 'phone'
const activation: Activation = {
  name: 'bench.bench',
  segment: {
    name: 'bench',
    source: { relation: ['main', 'customers'] },
    where: [],
    description: null,
    memberKey: { column: 'customer_id', hash: false },
  },
  destination: settings,
  audience: { name: 'bench', description: null, adopt: false },
  fields: [
    { field: 'email', column: 'email', format: 'auto' },
    { field: phone, column: 'phone', format: 'auto' },
  ],
  schedule: null,
  guards: {
    maxRemovedShare: 1,
    maxTouchedShare: 1,
    maxRejectedShare: 1,
    maxNullKeyShare: 1,
    minMembers: 0,
    allowEmpty: false,
  },
  quarantineDays: 30,
  configHash: 'bench',
}

const results: Record<
  Kind,
  {
    floor: number[]
    run: number[]
    transfer: number[]
    memory: number[]
    summary?: ActivationSummary
    requests?: number
  }
> = {
  first: { floor: [], run: [], transfer: [], memory: [] },
  unchanged: { floor: [], run: [], transfer: [], memory: [] },
  churn: { floor: [], run: [], transfer: [], memory: [] },
}

try {
  for (let round = 0; round < rounds; round += 1) await playRound(round)
  print()
} finally {
  connection.closeSync()
  instance.closeSync()
  rmSync(folder, { recursive: true, force: true })
  simulator.stop()
}

async function playRound(round: number): Promise<void> {
  await connection.run('drop schema if exists tidemark cascade; drop schema if exists tidemark_state cascade')
  await connection.run(`create or replace table customers as select i as customer_id,
    case when i % 3 = 0 then 'User.' || i || '@Example.com' else 'user' || i || '@example.com' end as email,
    '+336' || lpad(cast(i as varchar), 8, '0') as phone from range(${members}) as t(i)`)
  await connection.run('checkpoint')
  await simulator.reset()
  for (const kind of kinds) {
    if (kind === 'churn') {
      await connection.run(`update customers set email = 'changed${round}.' || customer_id || '@example.com' where customer_id % 300 = ${round};
        delete from customers where customer_id % 300 = ${100 + round};
        insert into customers select ${members} * 2 + i, 'new' || i || '@example.com', '+337' || lpad(cast(i as varchar), 8, '0') from range(${Math.ceil(members / 300)}) as t(i)`)
      await connection.run('checkpoint')
    }
    results[kind].floor.push(await timed(() => connection.run(sections.get(kind) ?? '')))
    await connection.run('checkpoint')
    await timedRun(kind)
    if (kind === 'first') results[kind].transfer.push(await transfer(kind))
    await connection.run('checkpoint')
  }
}

async function timedRun(kind: Kind): Promise<void> {
  const warehouse = await warehouseOver(instance, false)
  const before = await simulator.requests()
  global.gc?.()
  const memory = watchMemory()
  const { summary, exit } = await runActivation(
    {
      activation,
      destination: destination ?? never(),
      account: (destination ?? never()).account(settings),
      channel: openChannel({ requestsPerSecond: settings.requestsPerSecond, concurrency: 4, timeoutMs: 60_000 }),
      warehouse: values.steps ? traced(warehouse) : warehouse,
      schema: 'tidemark',
      leaseSeconds: 120,
      runId: randomUUID(),
      runKey: randomUUID(),
      full: false,
      overrideGuards: false,
      log: createLog('silent'),
      progress: noProgress,
      drain: neverDrains,
      orchestrator: { name: null, runId: null },
      dbtInvocationId: null,
      connectorVersion: 'bench',
    },
    'bench-bench',
  )
  results[kind].memory.push(memory.stop())
  if (exit !== 0) throw new Error(`The ${kind} run ended with ${exit}: ${JSON.stringify(summary.error)}`)
  results[kind].run.push(summary.duration_ms)
  results[kind].summary = summary
  results[kind].requests = (await simulator.requests()) - before
  await warehouse.close()
}

function traced(warehouse: Awaited<ReturnType<typeof warehouseOver>>) {
  const time =
    <A extends [string, ...never[]], R>(work: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      const startedAt = performance.now()
      try {
        return await work(...args)
      } finally {
        process.stderr.write(`${String(Math.round(performance.now() - startedAt)).padStart(6)} ${args[0]}\n`)
      }
    }
  return Object.assign(Object.create(warehouse) as typeof warehouse, {
    rows: time(warehouse.rows.bind(warehouse)),
    execute: time(warehouse.execute.bind(warehouse)),
    transaction: time(warehouse.transaction.bind(warehouse)),
    another: () => warehouse.another(),
    close: () => warehouse.close(),
    columns: warehouse.columns.bind(warehouse),
  })
}

/** The same number of bodies of the same size, posted at the same concurrency: what delivery costs without us. */
async function transfer(kind: Kind): Promise<number> {
  const summary = results[kind].summary
  if (!summary || !destination) return 0
  const account = destination.account(settings)
  const sample =
    await connection.runAndReadAll(`select string_agg('{"email":["' || lower(hex(d)) || '"],"phone_number":["' || lower(hex(d)) || '"]}', ',') as body, count(*) as n
    from (select digest as d, row_number() over () as r from tidemark_state."ledger_identifiers_bench-bench" where field in ('email', 'EMAIL_SHA256'))
    group by r * ${Math.max(1, summary.batches)} // (select count(*) + 1 from tidemark_state."ledger_identifiers_bench-bench" where field in ('email', 'EMAIL_SHA256'))`)
  if (type !== 'x_ads') return 0
  const bodies = sample.getRowObjects().map((row) => ({ rows: String(row.body), count: Number(row.n) }))
  const channel = openChannel({ requestsPerSecond: 100_000, concurrency: 4, timeoutMs: 60_000 })
  return timed(() =>
    Promise.all(
      bodies.map(({ rows, count }) =>
        channel.call(
          account.send({ op: 'add', audienceId: summary.audience_id ?? '', type: null, rows, rowCount: count }),
          { mayStart: () => true },
        ),
      ),
    ),
  )
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

/** Peak of what JavaScript holds, in bytes above the start, sampled every 20 ms. */
function watchMemory(): { stop(): number } {
  const now = (): number => {
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    return heapUsed + external + arrayBuffers
  }
  const start = now()
  let peak = start
  const timer = setInterval(() => {
    peak = Math.max(peak, now())
  }, 20)
  return {
    stop: () => {
      clearInterval(timer)
      return peak - start
    },
  }
}

async function startSimulator(): Promise<{
  readonly url: string
  reset(): Promise<unknown>
  requests(): Promise<number>
  stop(): void
}> {
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '..', 'connector', 'cli.ts'),
      'simulate',
      '--x-port',
      '0',
      '--tiktok-port',
      '0',
      '--no-rate-limits',
      '--json',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const [line] = await new Promise<string[]>((resolve) => {
    createInterface({ input: child.stdout }).once('line', (text) => resolve([text]))
  })
  const urls = JSON.parse(line ?? '{}') as { x: string; tiktok: string }
  const url = type === 'x_ads' ? urls.x : urls.tiktok
  return {
    url,
    reset: () => fetch(`${url}/_simulator/reset`, { method: 'POST' }),
    requests: async () =>
      ((await (await fetch(`${url}/_simulator/summary`)).json()) as { total: { requests: number } }).total.requests,
    stop: () => child.kill('SIGTERM'),
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function print(): void {
  const limits: Record<Kind, number> = { first: 1.6, unchanged: 1.5, churn: 2 }
  const report = kinds.map((kind) => {
    const r = results[kind]
    const [floor, run, moved] = [median(r.floor), median(r.run), median(r.transfer)]
    const base = kind === 'first' ? floor + moved : floor
    return {
      kind,
      members,
      floor_s: round2(floor),
      transfer_s: round2(moved),
      run_s: round2(run),
      ratio: round2(run / base),
      limit: limits[kind],
      requests: r.requests ?? 0,
      batches: r.summary?.batches ?? 0,
      js_memory_mb: Math.round(Math.max(...r.memory) / 1e6),
    }
  })
  if (values.json)
    process.stdout.write(`${JSON.stringify({ schema: 'tidemark.bench/1', destination: type, rounds, report })}\n`)
  else console.table(report)
}

function round2(ms: number): number {
  return Math.round(ms * (ms > 50 ? 0.1 : 100)) / 100
}

function never(): never {
  throw new Error('No destination')
}
