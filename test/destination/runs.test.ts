import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from '@jest/globals'
import { type Destination, fieldsByType } from '../../connector/destination/destination.ts'
import type { Simulator } from '../../connector/simulator/simulator.ts'
import { type Ended, start } from '../cli/process.ts'
import { summaryOf } from '../cli/project.ts'
import type { Cases } from './cases.ts'
import { tables } from './tables.ts'

/** The command line against every destination, each on its platform on localhost. */
class Place implements AsyncDisposable {
  readonly platform: Simulator
  readonly #folder: string
  readonly #env: Readonly<Record<string, string>>
  private constructor(platform: Simulator, folder: string, env: Readonly<Record<string, string>>) {
    this.platform = platform
    this.#folder = folder
    this.#env = env
  }

  /** An activation `people.d` of 60 people with an e-mail address (1 and 2 the same) and, but for the first, a phone number. */
  static async open(cases: Cases, fields: readonly [email: string, phone: string]): Promise<Place> {
    const platform = await cases.simulate()
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-destination-'))
    const { credentials, accountId, own } = cases.settings
    const place = new Place(platform, folder, {
      PATH: process.env.PATH ?? '',
      ...Object.fromEntries(Object.entries(credentials).map(([key, value]) => [key.toUpperCase(), value])),
    })
    await place.query(`create table people as select i as id, 'p' || greatest(i, 2) || '@example.com' as email,
      case when i > 1 then '+336' || (10000000 + i) end as phone from range(1, 61) t(i)`)
    const settings = {
      type: cases.destination.type,
      [cases.destination.accountKey]: accountId,
      credentials: Object.fromEntries(Object.keys(credentials).map((key) => [key, `\${${key.toUpperCase()}}`])),
      base_url: platform.url,
      ...own,
      rate_limit: { requests_per_second: 500 },
      request: { timeout_ms: 8000, quiet_ms: 8000 },
      defaults: { fields: { [fields[0]]: 'email', [fields[1]]: 'phone' }, guards: { min_members: 0 } },
    }
    // JSON is YAML.
    const file = {
      version: 1,
      warehouse: { type: 'duckdb', path: 'w.duckdb', threads: 1 },
      destinations: { d: settings },
      segments: { people: { relation: 'main.people', member_key: 'id', activate: ['d'] } },
    }
    await writeFile(join(folder, 'tidemark.yml'), JSON.stringify(file))
    return place
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
    return start(args, this.#folder, { ...this.#env, ...env }).ended
  }

  async query(sql: string): Promise<Record<string, unknown>[]> {
    const instance = await DuckDBInstance.create(join(this.#folder, 'w.duckdb'))
    const connection = await instance.connect()
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson()
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }

  held(): readonly string[] {
    const [audience, ...more] = this.platform.audiences()
    expect(more).toEqual([])
    return [...this.platform.identifiers(audience?.id ?? '')].sort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.platform.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')

describe.each(tables.map((cases) => [cases.destination.type, cases] as const))('%s', (_type, cases) => {
  const destination: Destination = cases.destination
  const [email = '', phone = ''] = Object.keys(fieldsByType(destination))
  const { [email]: emailField = '', [phone]: phoneField = '' } = fieldsByType(destination)
  const people = (...numbers: readonly number[]): string[] =>
    [
      ...new Set(
        numbers.flatMap((n) => [
          `${email} ${digest(`p${Math.max(n, 2)}@example.com`)}`,
          ...(n > 1 ? [`${phone} ${digest(`+336${10_000_000 + n}`)}`] : []),
        ]),
      ),
    ].sort()
  const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i)

  test('a first sync, a run with nothing to do, a change, a removal of somebody who shares an address, a rerun', async () => {
    await using place = await Place.open(cases, [emailField, phoneField])
    const first = await place.run(['run', '--all', '--run-key', 'day/1'])
    expect(summaryOf(first).activations).toMatchObject([
      { status: 'succeeded', members_added: 60, identifiers_added: 119 },
    ])
    expect(place.held()).toEqual(people(...numbers(1, 60)))

    const calls = place.platform.requests.length
    expect((await place.run(['run', '--all', '--exit-code-when-unchanged'])).code).toBe(99)
    expect((await place.run(['run', '--all', '--run-key', 'day/1'])).code).toBe(0)
    expect(place.platform.requests.length).toBe(calls)

    // 2 leaves, and 1 keeps the address that both have; 5 has another number.
    await place.query(`delete from people where id = 2; update people set phone = '+33619999999' where id = 5`)
    const second = await place.run(['run', '--all'])
    expect(second.code).toBe(0)
    const moved = people(...numbers(3, 60))
      .filter((identifier) => identifier !== `${phone} ${digest('+33610000005')}`)
      .concat(`${phone} ${digest('+33619999999')}`, people(1))
    expect(place.held()).toEqual([...new Set(moved)].sort())
    const [resent] = summaryOf(second).activations
    // Where a person is removed, who shares something is added again; where an identifier is, nobody is.
    expect((resent?.identifiers_resent ?? 0) > 0).toBe(destination.removesPersons)
  }, 120_000)

  test('mistakes of such tools: shifted columns, raw values, dropped members, capitals, a 200 taken for success', async () => {
    await using place = await Place.open(cases, [emailField, phoneField])
    const hashed = digest('hashed@example.com')
    await place.query(`delete from people where id > 4;
      update people set email = null, phone = '+33610000001' where id = 1;
      update people set email = 'only@example.com', phone = null where id = 2;
      update people set email = '\t Jane.Doe+shop@Example.COM ', phone = '+33 (0)6 10-00-00-03' where id = 3;
      update people set email = '${hashed.toUpperCase()}', phone = '+33610000004' where id = 4`)
    place.platform.addFaults([{ match: { op: 'add' }, times: 'always', fault: { kind: 'garbage' } }])
    const misled = await place.run(['run', '--all'])
    expect(misled.code).toBe(76)
    expect(await place.query('select count(*)::int as n from tidemark.membership_events')).toEqual([{ n: 0 }])
    place.platform.clearFaults()
    // What was not understood may have been applied: it waits until that is over.
    const healed = await place.run(['run', '--all'])
    expect(healed.code).toBe(0)
    expect(place.held()).toEqual(
      [
        `${phone} ${digest('+33610000001')}`,
        `${email} ${digest('only@example.com')}`,
        `${email} ${digest('jane.doe+shop@example.com')}`,
        `${phone} ${digest('+33610000003')}`,
        `${email} ${hashed}`,
        `${phone} ${digest('+33610000004')}`,
      ].sort(),
    )
    expect(await place.query('select count(*)::int as n from tidemark.audience_members')).toEqual([{ n: 4 }])
  }, 120_000)

  test('memberships are sent again before the platform forgets them, and only then', async () => {
    await using place = await Place.open(cases, [emailField, phoneField])
    expect((await place.run(['run', '--all'])).code).toBe(0)
    const days = destination.membershipDays(cases.settings)
    const later = (after: number) => ({ TIDEMARK_TEST_CLOCK_OFFSET_MS: String(after * 86_400_000) })
    const resent = async (after: number): Promise<number> =>
      summaryOf(await place.run(['run', '--all'], later(after))).activations[0]?.identifiers_resent ?? 0
    if (days === null) return expect(await resent(3650)).toBe(0)
    expect(await resent(Math.floor(days / 4))).toBe(0)
    expect(await resent(days - 1)).toBe(119)
  }, 120_000)

  test('doctor finds nothing wrong, status and sizes know what there is, accounts says what can be said', async () => {
    await using place = await Place.open(cases, [emailField, phoneField])
    expect((await place.run(['run', '--all'])).code).toBe(0)
    const doctor = await place.run(['doctor', '--json'])
    expect([doctor.code, JSON.parse(doctor.stdout).checks.map((check: { status: string }) => check.status)]).toEqual([
      0,
      expect.not.arrayContaining(['wrong']),
    ])
    const sizes = await place.run(['sizes', '--json'])
    expect(sizes.code).toBe(0)
    const told = destination.audience.countingHours !== null
    expect(JSON.parse(sizes.stdout).sizes[0].platform_size !== null).toBe(told)
    const status = await place.run(['status', '--json'])
    expect(JSON.parse(status.stdout).activations[0]).toMatchObject({ ledger: { members: 60 } })
    expect((await place.run(['status'])).stdout.includes(`On ${destination.title}`)).toBe(told)
    const accounts = await place.run(['accounts', 'd'])
    const lists = destination.account(cases.settings).directory !== undefined
    expect(accounts.code === 0).toBe(lists)
    if (!lists) expect(accounts.stderr + accounts.stdout).toMatch(/no list of|has no/)
  }, 120_000)
})
