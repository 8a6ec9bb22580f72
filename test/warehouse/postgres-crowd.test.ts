import { afterAll, beforeAll, expect, test } from '@jest/globals'
import pg from 'pg'
import type { RunRequest } from '../../connector/activation/context.ts'
import { createDrain } from '../../connector/activation/drain.ts'
import { noProgress } from '../../connector/activation/progress.ts'
import { runActivation } from '../../connector/activation/run.ts'
import { destinations } from '../../connector/destination/registry.ts'
import { openChannel } from '../../connector/http/channel.ts'
import { createLog } from '../../connector/log.ts'
import { openPostgres } from '../../connector/warehouse/postgres.ts'
import { segmentOf, x } from '../model/fixed.ts'
import { createSegment, writeSegment } from '../model/people.ts'
import { activationOf } from '../model/setting.ts'
import { type Ads, openAds } from '../model/world.ts'
import { emptyDatabase } from './postgres-database.ts'

const crowd = 50

let database: Awaited<ReturnType<typeof emptyDatabase>>
let ads: Ads
beforeAll(async () => {
  database = await emptyDatabase()
  ads = await openAds('x_ads', false)
  await database.say(createSegment, ...writeSegment(segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.e0'] }), 'sha256'))
})
afterAll(async () => {
  await ads.simulator.stop()
  await database.destroy()
})

/** One run of the nth activation, all of them over the same segment and to one account. */
const run = async (n: number, of: string): Promise<number> => {
  const warehouse = await openPostgres(database.settings)
  const plain = activationOf(x, ads.simulator.url)
  const destination = destinations.x_ads
  const request: RunRequest = {
    activation: { ...plain, name: `people${n}.x`, audience: { ...plain.audience, name: `People ${n}` } },
    destination,
    account: destination.account(plain.destination),
    channel: openChannel({ requestsPerSecond: 1_000_000, concurrency: 2, timeoutMs: 30_000 }),
    warehouse,
    schema: 'tidemark',
    leaseSeconds: 120,
    runId: `${of}-${n}`,
    runKey: of,
    full: of === 'full',
    overrideGuards: true,
    log: createLog('silent'),
    progress: noProgress,
    drain: createDrain(8),
    orchestrator: { name: null, runId: null },
    dbtInvocationId: null,
    connectorVersion: 'test',
  }
  try {
    return (await runActivation(request, `people${n}-x`)).exit
  } finally {
    await warehouse.close()
  }
}

/**
 * Statements that waited for a lock of another session while `work` was at work. Not `extend`: two that let one file of the
 * catalogue grow wait for the server, for as long as that takes, and not for what the other does.
 */
const waitsDuring = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
  const { host, port, user, password } = database.settings
  const watcher = new pg.Client({ host, port, user, password, database: database.settings.database })
  await watcher.connect()
  const waits = new Set<string>()
  let over = false
  const watching = (async () => {
    while (!over) {
      const { rows } = await watcher.query(
        `select wait_event, left(query, 200) as q from pg_stat_activity where wait_event_type = 'Lock' and wait_event <> 'extend' and datname = current_database()`,
      )
      for (const { wait_event, q } of rows) waits.add(`${wait_event}: ${q}`)
    }
  })()
  try {
    await work()
  } finally {
    over = true
    await watching
    await watcher.end()
  }
  return [...waits]
}

test(`${crowd} activations at once: none waits for another`, async () => {
  const all = async (of: string): Promise<void> => {
    const exits = await Promise.all(Array.from({ length: crowd }, (_, n) => run(n, of)))
    expect(exits).toEqual(exits.map(() => 0))
  }
  // The first ever makes what activations share.
  await run(crowd, 'first')
  expect(await waitsDuring(() => all('first'))).toEqual([])
  expect(await waitsDuring(() => all('full'))).toEqual([])
  const members = Array.from({ length: crowd }, (_, n) =>
    ads.simulator.audiences().find((a) => a.name === `People ${n}`),
  )
  for (const audience of members) expect(ads.simulator.members(audience?.id ?? '').persons.size).toBe(2)
})
