import {
  type Identifier,
  type Mapping,
  mostHolders,
  named,
  personOf,
  type Segment,
  sentAs,
  usual,
  wantedOf,
} from './people.ts'
import type { World } from './world.ts'

/**
 * What differs between segment, platform, ledger and events; nothing, when all is well. `waiting`: an identifier that may
 * wait to be counted, so that nobody can say whether it is there as long as anybody wants it.
 */
export const differences = async (
  world: World,
  segment: Segment,
  mapping: Mapping = usual,
  waiting: Identifier | null = null,
): Promise<readonly string[]> => {
  const { platform } = world.setting
  const { pairs, open } = wantedIn(world, segment, mapping, waiting)
  const known = pairs.filter(([, identifier]) => !open.has(identifier))
  const judged = (rows: Iterable<string>): Set<string> =>
    new Set([...rows].map(named).filter((row) => ![...open].some((identifier) => row.endsWith(identifier))))
  const persons = new Set(known.map(([, identifier]) => personOf(identifier)))
  const members = new Set(segment.keys())
  const audiences = world.simulator.audiences()
  const there = audiences[0]
    ? world.simulator.members(audiences[0].id)
    : { identifiers: new Set<string>(), persons: new Set<string>() }
  const of = (pair: (typeof pairs)[number]): string => `${pair[0]} ${sentAs(platform, pair[1])}`
  return [
    ...(audiences.length > 1 ? [`${audiences.length} audiences`] : []),
    ...compared(
      'persons on the platform',
      there.persons.difference(new Set([...open].map(personOf)).difference(persons)),
      persons,
    ),
    ...compared(
      'identifiers on the platform',
      judged(there.identifiers),
      judged(known.map((pair) => of(pair).slice(pair[0].length + 1))),
    ),
    ...compared('confirmed in the ledger', judged(await world.ledger('confirmed')), judged(known.map(of))),
    ...compared('unconfirmed in the ledger', judged(await world.ledger('unconfirmed')), new Set()),
    ...compared('members by events', await membersByEvents(world), members),
    ...(waiting === null
      ? await rejections(world, pairs.filter(([, identifier]) => open.has(identifier)).map(of))
      : []),
    ...(await countsOfRuns(world)),
    ...(platform === 'x_ads' ? await lapsed(world) : []),
    ...(await memberCounts(world, members.size)),
  ]
}

/** What members want, and of what nobody can say whether it is there: who has it confirmed keeps it when it becomes nobody's. */
const wantedIn = (world: World, segment: Segment, mapping: Mapping, waiting: Identifier | null) => {
  const { pairs } = wantedOf(segment, mapping, world.setting.writing)
  const holders = Map.groupBy(pairs, ([, identifier]) => identifier)
  const open = [...holders].filter(([identifier, { length }]) => length > mostHolders || identifier === waiting)
  return { pairs, open: new Set(open.map(([identifier]) => identifier)) }
}

/** Every value is valid; `shared`: what members want that is nobody's, which those have rejected who have it not confirmed. */
const rejections = async (world: World, shared: readonly string[]): Promise<readonly string[]> => {
  const [invalid] = await world.say(
    `select count(*)::varchar as n from tidemark.rejections where origin = 'validation' and reason <> 'shared_by_many'`,
  )
  const rows = await world.say(
    `select distinct member_key as k from tidemark.current_rejections where reason = 'shared_by_many'`,
  )
  const keyOf = (pair: string): string => pair.split(' ')[0] ?? '?'
  const confirmed = new Set(await world.ledger('confirmed'))
  const waiting = shared.filter((pair) => !confirmed.has(named(pair)))
  return [
    ...(invalid?.n === '0' ? [] : [`${invalid?.n} rejections of valid values`]),
    ...compared('rejected as shared by many', new Set(rows.map(({ k }) => k ?? '?')), new Set(waiting.map(keyOf))),
  ]
}

/** All members of the segment have something that is sent. */
const memberCounts = async (world: World, members: number): Promise<readonly string[]> => {
  const [control] = await world.say(
    `select segment_members::varchar as segment, reachable_members::varchar as reachable, ledger_members::varchar as ledger
from tidemark_state."control_${world.suffix}"`,
  )
  return ['segment', 'reachable', 'ledger'].flatMap((count) =>
    control?.[count] === String(members) ? [] : [`${count}_members ${control?.[count]} instead of ${members}`],
  )
}

/** Nobody may enter twice or leave without having entered. */
const membersByEvents = async (world: World): Promise<ReadonlySet<string>> => {
  const rows = await world.say(
    `select k, n::varchar as n from (select member_key as k, sum(case event when 'entered' then 1 when 'left' then -1 end) as n
from tidemark.membership_events group by member_key) as m where n <> 0`,
  )
  return new Set(rows.map((row) => (row.n === '1' ? `${row.k}` : `${row.k} ${row.n} times`)))
}

/** Members whom X has forgotten by now, since they were not sent again within 13 months (X Ads reference 1.4). */
const lapsed = async (world: World): Promise<readonly string[]> => {
  const now = new Date(Date.now() + world.clockOffsetMs).toISOString()
  const rows = await world.say(
    `select member_key as k, since_at::varchar as since from tidemark_state."ledger_identifiers_${world.suffix}"
where state = 1 and since_at < timestamp '${now}' - interval '13 months'`,
  )
  return rows.map((row) => `${row.k} lapsed: sent at ${row.since}, now it is ${now}`)
}

/**
 * What a run says it did is what its receipts and events say: batches; identifiers of accepted batches less those refused
 * alone; members who entered and left.
 */
const countsOfRuns = async (world: World): Promise<readonly string[]> => {
  const taken = (op: string): string => `coalesce((select sum(b.identifiers) from tidemark.receipts as b
    where b.run_id = r.run_id and b.op = '${op}' and b.status in ('accepted', 'partial')), 0)
  - (select count(*) from tidemark.rejections as j join tidemark.receipts as b on b.run_id = j.run_id and b.batch_no = j.batch_no
    where j.run_id = r.run_id and j.origin = 'platform' and b.op = '${op}' and b.status in ('accepted', 'partial'))`
  const events = (event: string): string =>
    `(select count(*) from tidemark.membership_events as e where e.run_id = r.run_id and e.event = '${event}')`
  const claims = {
    batches: '(select count(*) from tidemark.receipts as b where b.run_id = r.run_id and b.batch_no > 0)',
    'identifiers_added + r.identifiers_resent': taken('add'),
    identifiers_removed: taken('remove'),
    members_added: events('entered'),
    members_removed: events('left'),
  }
  const rows = await world.say(
    Object.entries(claims)
      .map(
        ([
          claim,
          truth,
        ]) => `select r.run_id || ' (' || r.status || '): ${claim} is ' || (r.${claim}) || ' instead of ' || (${truth}) as wrong
from tidemark.runs as r where r.${claim} is distinct from ${truth}`,
      )
      .join('\nunion all '),
  )
  return rows.map((row) => row.wrong ?? '?')
}

const compared = (what: string, is: ReadonlySet<string>, wanted: ReadonlySet<string>): readonly string[] => {
  const list = (set: ReadonlySet<string>): string => [...set].map(named).sort().join(', ')
  const [missing, surplus] = [wanted.difference(is), is.difference(wanted)]
  return [
    ...(missing.size > 0 ? [`${what} lack: ${list(missing)}`] : []),
    ...(surplus.size > 0 ? [`${what} have too much: ${list(surplus)}`] : []),
  ]
}
