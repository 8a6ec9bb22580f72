import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { neverDrains } from '../connector/activation/drain.ts'
import { noProgress } from '../connector/activation/progress.ts'
import { runActivation } from '../connector/activation/run.ts'
import type { Destination } from '../connector/destination/destination.ts'
import { destinations } from '../connector/destination/registry.ts'
import { openChannel } from '../connector/http/channel.ts'
import { createLog } from '../connector/log.ts'
import { churn, fewestBatches, type Kind, kinds, makeCustomers } from './customers.ts'
import { engines } from './engine.ts'
import { watchMemory } from './memory.ts'
import { noResults, type Results, reportOf, shortfalls } from './report.ts'
import { activationOf, type DestinationType, settingsOf, startSimulator } from './setting.ts'
import { transfer } from './transfer.ts'
import { watched } from './watched.ts'

/**
 * Times a first sync, a run without change and a run with 1 % churn against the floor measured in the same process, in
 * turn; a tenth of the members first, for memory that grows with them would show. Prints seconds, ratios, batches against
 * the arithmetic minimum, and the peak memory of the JavaScript side.
 */
const { values } = parseArgs({
  options: {
    members: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    destination: { type: 'string', default: 'x_ads' },
    warehouse: { type: 'string', default: 'duckdb' },
    /** So many members have a second row. */
    several: { type: 'string', default: '0' },
    json: { type: 'boolean', default: false },
    steps: { type: 'boolean', default: false },
  },
})
const type: DestinationType = values.destination === 'tiktok_ads' ? 'tiktok_ads' : 'x_ads'
const rounds = Number(values.rounds)

const simulator = await startSimulator(type)
const engine = await engines[values.warehouse === 'postgres' ? 'postgres' : 'duckdb']()
const destination: Destination = destinations[type]
const settings = settingsOf(type, simulator.url)
const activation = activationOf(settings)
const openAccount = () => ({
  account: destination.account(settings),
  channel: openChannel({ ...settings, ...settings.request }),
})

try {
  const members = Number(values.members)
  const of = { type, warehouse: values.warehouse }
  const small = reportOf(await play(Math.ceil(members / 10), 1), Math.ceil(members / 10), of)
  const report = [...reportOf(await play(members, rounds), members, of), ...small]
  if (values.json) {
    process.stdout.write(
      `${JSON.stringify({ schema: 'tidemark.bench/1', warehouse: values.warehouse, destination: type, rounds, report })}\n`,
    )
  } else console.table(report)
  for (const text of shortfalls(report)) process.stderr.write(`${text}\n`)
  process.exitCode = shortfalls(report).length === 0 ? 0 : 1
} finally {
  await engine.close()
  simulator.stop()
}

async function play(members: number, times: number): Promise<Record<Kind, Results>> {
  const results = noResults()
  for (let round = 0; round < times; round += 1) await playRound(results, members, round)
  return results
}

async function playRound(results: Record<Kind, Results>, members: number, round: number): Promise<void> {
  await engine.say('drop schema if exists tidemark cascade; drop schema if exists tidemark_state cascade')
  await engine.say(makeCustomers(engine, members))
  await engine.say(
    `insert into customers select customer_id, 'second-' || email, phone from customers limit ${Number(values.several)}`,
  )
  for (const kind of kinds) {
    if (kind === 'churn') await engine.say(churn(engine, members, round))
    await engine.calm()
    results[kind].floor.push(await timed(() => engine.say(engine.floor(kind))))
    await engine.calm()
    if (kind === 'first') results.first.transfer.push(await timedTransfer(members))
    await timedRun(results[kind])
    await engine.calm()
  }
}

/** Before the run, on a simulator as empty as the run will find it. */
async function timedTransfer(members: number): Promise<number> {
  await simulator.reset()
  const { account, channel } = openAccount()
  const fields = activation.fields.map(({ field }) => destination.fields[field]?.type ?? '')
  const count = fewestBatches[type]?.('first', members) ?? 1
  const took = await transfer(engine, destination, account, channel, fields, count)
  await simulator.reset()
  return took
}

async function timedRun(result: Results): Promise<void> {
  const warehouse = await engine.connect()
  const before = await simulator.requests()
  const memory = watchMemory()
  const watch = watched(warehouse, values.steps)
  const { summary, exit } = await runActivation(
    {
      activation,
      destination,
      ...openAccount(),
      warehouse: watch.warehouse,
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
  result.run.push(watch.fromLeaseToSettle())
  result.memory.push(memory.stop())
  if (exit !== 0) throw new Error(`A run ended with ${exit}: ${JSON.stringify(summary.error)}`)
  result.requests = (await simulator.requests()) - before
  result.batches = summary.batches
  await warehouse.close()
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
