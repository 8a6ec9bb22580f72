import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import {
  type Simulator,
  startSimulators,
  X_SIMULATOR_ACCOUNT,
  X_SIMULATOR_CREDENTIALS,
} from '../../connector/simulator/simulator.ts'
import { type Ended, type Started, start, until } from '../cli/process.ts'
import { summaryOf } from '../cli/project.ts'
import { type SharedWarehouse, sharedWarehouse } from './under-test.ts'
import { Way } from './way.ts'

const unreachableMs = 6000
/** Far from the eight minutes that it was, and from what a loaded machine adds: `watch.test` has the very seconds, by its own clock. */
const saidWithinMs = 30_000
/** After the time-out a run only says how it ended: whatever it still wants of the warehouse is refused at once. */
const endWithinMs = 60_000
const people = 60
const credentials = Object.entries(X_SIMULATOR_CREDENTIALS).map(
  ([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value] as const,
)

interface Place extends AsyncDisposable {
  readonly way: Way
  readonly x: Simulator
  start(...args: readonly string[]): Started
  /** In ten minutes: leases and quiet times are over. */
  later(): Promise<Ended>
}

/** With people whom nobody has been told of, and a way to the warehouse that can be cut. */
const open = async (timeoutMs: number): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-vanished-'))
  const warehouse = await sharedWarehouse(folder)
  const way = await Way.to(portOf(warehouse))
  const { x, stop } = await startSimulators({ x: { rateLimit: false } })
  const rows = Array.from({ length: people }, (_, i) => `('c${i}', '${emailOf(i)}')`)
  await warehouse.say(
    'create table people (customer_id varchar(9), email varchar(99))',
    `insert into people values ${rows.join(', ')}`,
  )
  const configuration = {
    version: 1,
    warehouse: { ...warehouse.configuration, ...through(warehouse, way), unreachable_timeout_ms: timeoutMs },
    destinations: {
      x: {
        type: 'x_ads',
        account_id: X_SIMULATOR_ACCOUNT,
        credentials: Object.fromEntries(credentials.map(([name]) => [name, `\${${name}}`])),
        base_url: x.url,
        // Slow enough that the way is cut while batches fly.
        rate_limit: { requests_per_second: 10 },
        request: { max_rows: 5 },
        defaults: { fields: { email: 'email' } },
      },
    },
    segments: { people: { sql: 'select * from people', member_key: 'customer_id', activate: ['x'] } },
  }
  await writeFile(join(folder, 'tidemark.yml'), JSON.stringify(configuration))
  const environment = {
    ...Object.fromEntries(credentials),
    ...warehouse.environment,
    PATH: process.env.PATH ?? '',
  }
  const moved = { ...environment, TIDEMARK_TEST_CLOCK_OFFSET_MS: '600000' }
  return {
    way,
    x,
    start: (...args) => start(args, folder, environment),
    later: () => start(['run', '--all'], folder, moved).ended,
    [Symbol.asyncDispose]: async () => {
      await way[Symbol.asyncDispose]()
      await stop()
      await warehouse.destroy()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const emailOf = (i: number): string => `person${i}@example.com`
const digests = Array.from(
  { length: people },
  (_, i) => `email ${createHash('sha256').update(emailOf(i)).digest('hex')}`,
).sort()

const addressKeys = ['api_endpoint', 'access_url'] as const
const portOf = ({ configuration }: SharedWarehouse): number => {
  const address = addressKeys.flatMap((key) => configuration[key] ?? [])[0]
  return Number(configuration.port ?? URL.parse(String(address))?.port)
}
const through = ({ configuration }: SharedWarehouse, { port }: Way): object => {
  const key = addressKeys.find((one) => configuration[one] !== undefined)
  return key === undefined ? { port } : { [key]: `http://127.0.0.1:${port}` }
}

const events = (stderr: string) =>
  stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { readonly at: string; readonly event: string; readonly message?: string })

/** A service breaks off what a client left open a while later; until then its rows are locked. */
const untilSettled = async (place: Place): Promise<Ended> => {
  for (;;) {
    const ended = await place.later()
    const busy = summaryOf(ended).activations.every(({ error }) => error?.code === 'warehouse_busy')
    if (!busy) return ended
  }
}

/** When it vanishes: in the middle of looking for what changed, or of sending it. */
const moments = {
  before: async ({ way }: Place, act: () => void) => way.before(40, act),
  after: async ({ x }: Place, act: () => void) => {
    await until('an add arrives', () => x.requests.some(({ op }) => op === 'add'))
    act()
  },
} as const

test.each([
  ['cut', 'before'],
  ['cut', 'after'],
  ['silence', 'before'],
  ['silence', 'after'],
] as const)(
  'a warehouse that vanishes (%s) %s the first request to the platform is said, 75, and the next run ends equal',
  async (how, moment) => {
    await using place = await open(unreachableMs)
    let vanishedAt = 0
    const run = place.start('run', '--all')
    await moments[moment](place, () => {
      vanishedAt = Date.now()
      place.way[how]()
    })
    const ended = await run.ended
    const endedAt = Date.now()
    expect(place.x.requests.some(({ op }) => op === 'add')).toBe(moment === 'after')
    expect([ended.code, summaryOf(ended).activations[0]?.error?.code]).toEqual([75, 'warehouse_unreachable'])
    const warned = events(ended.stderr).find(({ event }) => event === 'warehouse_silent')
    expect(warned === undefined ? endedAt : Date.parse(warned.at)).toBeLessThan(vanishedAt + saidWithinMs)
    if (how === 'silence')
      expect(warned?.message).toMatch(/Waiting for \w+ \(127\.0\.0\.1:\d+.*no answer for \d+ s, in step "\w+"/)
    expect(endedAt - vanishedAt).toBeLessThan(endWithinMs)
    await place.way.mend()
    const next = await untilSettled(place)
    expect([next.code, next.stdout]).toEqual([0, expect.any(String)])
    expect([...place.x.identifiers(place.x.audiences()[0]?.id ?? '')].sort()).toEqual(digests)
  },
)

test('a run that waits for a silent warehouse says so, and drains all the same', async () => {
  await using place = await open(120_000)
  place.way.before(40, () => place.way.silence())
  const run = place.start('run', '--all', '--drain-seconds', '2')
  let stderr = ''
  run.child.stderr.on('data', (text: string) => {
    stderr += text
  })
  await until('it is said', () => stderr.includes('warehouse_silent'), 30_000)
  const askedAt = performance.now()
  run.child.kill('SIGTERM')
  const ended = await run.ended
  expect(performance.now() - askedAt).toBeLessThan(30_000)
  expect([ended.code, summaryOf(ended).status]).toEqual([143, 'aborted'])
})
