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
import { type SharedWarehouse, sharedWarehouse, words } from '../warehouse/under-test.ts'
import { type Ended, start } from './process.ts'

/** With a language in which the calendar is another. */
const languages = { 'America/Los_Angeles': 'C', 'Pacific/Auckland': 'C', UTC: 'th_TH.UTF-8' } as const
const zones = ['America/Los_Angeles', 'Pacific/Auckland', 'UTC'] as const
const hour = 3_600_000

interface Visit {
  readonly id: string
  readonly at: string
  readonly kind: 'filter' | 'date' | 'text' | 'today'
  /** Whether it is one of the segment's where days begin as in UTC. */
  readonly inside: boolean
}

/** In 2026 March 10 begins at 11:00 UTC of the 9th in Auckland and at 07:00 UTC in Los Angeles; so do 20, 21 and 30. */
const fixed: readonly Visit[] = [
  { id: 'f0', kind: 'filter', at: '2026-03-09 09:00:00+00', inside: false },
  { id: 'f1', kind: 'filter', at: '2026-03-09 12:00:00+00', inside: false },
  { id: 'f2', kind: 'filter', at: '2026-03-10 03:00:00+00', inside: true },
  { id: 'f3', kind: 'filter', at: '2026-03-10 12:00:00+00', inside: true },
  { id: 'd1', kind: 'date', at: '2026-03-19 12:00:00+00', inside: false },
  { id: 'd2', kind: 'date', at: '2026-03-20 03:00:00+00', inside: true },
  { id: 'd3', kind: 'date', at: '2026-03-20 12:00:00+00', inside: true },
  { id: 'd4', kind: 'date', at: '2026-03-21 03:00:00+00', inside: false },
  { id: 't1', kind: 'text', at: '2026-03-29 10:00:00+00', inside: true },
  { id: 't2', kind: 'text', at: '2026-03-29 12:00:00+00', inside: true },
  { id: 't3', kind: 'text', at: '2026-03-30 03:00:00+00', inside: false },
]

/** Every hour of the last day and more: wherever today began, another number of them lies after it. */
const hoursBefore = (now: number): readonly Visit[] =>
  Array.from({ length: 27 }, (_, n) => {
    const at = new Date(now - (now % hour) - n * hour).toISOString()
    const inside = at.slice(0, 10) === new Date(now).toISOString().slice(0, 10)
    return { id: `n${n}`, kind: 'today', at: at.replace('T', ' ').replace(/\..*/, '+00'), inside }
  })

const begin = '2026-03-10 00:00:00'
const people = `select customer_id, email, seen_at from visits where kind = 'filter'
  or kind = 'date' and cast(seen_at as date) = date '2026-03-20'
  or kind = 'text' and seen_at < cast('2026-03-30 00:00:00' as timestamp)
  or kind = 'today' and seen_at >= cast(current_date as timestamp)`
/** What looks at the conditions of a segment fails where this is not read in UTC. */
const checked = `select customer_id, email, cast(case when extract(hour from seen_at) = 3 then '1' else 'elsewhere' end as integer) as read_in_utc
  from visits where customer_id = 'd2'`

const credentials = {
  consumer_key: X_SIMULATOR_CREDENTIALS.consumerKey,
  consumer_secret: X_SIMULATOR_CREDENTIALS.consumerSecret,
  access_token: X_SIMULATOR_CREDENTIALS.accessToken,
  access_token_secret: X_SIMULATOR_CREDENTIALS.accessTokenSecret,
}

const configurationOf = (warehouse: SharedWarehouse, baseUrl: string) => ({
  version: 1,
  warehouse: warehouse.configuration,
  destinations: {
    x: {
      type: 'x_ads',
      account_id: X_SIMULATOR_ACCOUNT,
      credentials: Object.fromEntries(Object.keys(credentials).map((name) => [name, `\${${name}}`])),
      base_url: baseUrl,
      rate_limit: { requests_per_second: 500 },
      defaults: { fields: { email: 'email' } },
    },
  },
  segments: {
    people: {
      sql: people,
      where: [{ column: 'seen_at', at_least: begin }],
      member_key: 'customer_id',
      activate: ['x'],
    },
    checked: {
      sql: checked,
      where: [{ column: 'read_in_utc', equals: 1 }],
      member_key: 'customer_id',
      activate: ['x'],
    },
  },
})

interface Place {
  readonly folder: string
  readonly warehouse: SharedWarehouse
  readonly x: Simulator
}

const within = async <T>(work: (place: Place) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-zones-'))
  const warehouse = await sharedWarehouse(folder)
  const { x, stop } = await startSimulators({ x: { rateLimit: false } })
  try {
    await writeFile(join(folder, 'tidemark.yml'), JSON.stringify(configurationOf(warehouse, x.url)))
    return await work({ folder, warehouse, x })
  } finally {
    await stop()
    await warehouse.destroy()
    await rm(folder, { recursive: true, force: true })
  }
}

const emailOf = (id: string): string => `${id}@shop.example.com`
const digestOf = (id: string): string => `email ${createHash('sha256').update(emailOf(id)).digest('hex')}`

/** What a session in a zone of its own would take for the segment. */
const takenIn = async ({ warehouse }: Place, zone: string): Promise<readonly unknown[]> => {
  const query = `select customer_id from (${people}) as s where s.seen_at >= '${begin}' order by customer_id`
  return (await warehouse.say(`set timezone = '${zone}'`, query)).map((row) => row.customer_id)
}

/** How each command ends under this TZ, with this default of the server, and who is in the audience then. */
const underZone = async ({ folder, warehouse, x }: Place, zone: keyof typeof languages) => {
  await warehouse.say(...words.defaultZone(zone), 'select 1')
  const machine = { PATH: process.env.PATH ?? '', TZ: zone, LC_ALL: languages[zone] }
  const environment = { ...credentials, ...warehouse.environment, ...machine }
  const run = (...args: readonly string[]): Promise<Ended> => start(args, folder, environment).ended
  const validated = await run('validate', '--warehouse')
  const looked = await run('doctor')
  const planned = await run('plan', 'people.x', '--json')
  const ran = await run('run', '--all', '--exit-code-when-unchanged')
  const [audience] = x.audiences().filter(({ name }) => name === 'people')
  return {
    codes: [validated, looked, planned, ran].map(({ code }) => code),
    adds: JSON.parse(planned.stdout).activations[0].members_added as number,
    held: [...x.identifiers(audience?.id ?? '')].sort(),
  }
}

interface Observed {
  readonly inside: readonly string[]
  readonly taken: readonly (readonly unknown[])[]
  readonly ended: readonly Awaited<ReturnType<typeof underZone>>[]
}

const observe = (now: number): Promise<Observed> =>
  within(async (place) => {
    const visits = [...fixed, ...hoursBefore(now)]
    const rows = visits.map(({ id, kind, at }) => `('${id}', '${emailOf(id)}', '${kind}', timestamptz '${at}')`)
    await place.warehouse.say(
      'create table visits (customer_id varchar(9), email varchar(99), kind varchar(9), seen_at timestamptz)',
      `insert into visits values ${rows.join(', ')}`,
    )
    const [taken, ended]: [(readonly unknown[])[], Observed['ended'][number][]] = [[], []]
    for (const zone of zones) taken.push(await takenIn(place, zone))
    for (const zone of zones) ended.push(await underZone(place, zone))
    return { inside: visits.filter((visit) => visit.inside).map(({ id }) => id), taken, ended }
  })

const today = (): string => new Date().toISOString().slice(0, 10)
/** Again, where a day ended on the way. */
const observedInADay = async (): Promise<Observed> => {
  for (;;) {
    const day = today()
    const observed = await observe(Date.now())
    if (today() === day) return observed
  }
}

test('a segment has one audience, whatever the time zones of process, server and account: days begin as in UTC', async () => {
  const { inside, taken, ended } = await observedInADay()
  // Three zones, three audiences: this is what is at stake.
  expect(new Set(taken.map((members) => members.join())).size).toBe(3)
  expect(taken.at(-1)).toEqual([...inside].sort())
  const held = inside.map(digestOf).sort()
  expect(ended).toEqual([
    { codes: [0, 0, 0, 0], adds: inside.length, held },
    { codes: [0, 0, 0, 99], adds: 0, held },
    { codes: [0, 0, 0, 99], adds: 0, held },
  ])
}, 240_000)
