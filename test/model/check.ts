import { type Mapping, named, type Segment, sentAs, usual, wantedOf } from './people.ts'
import type { World } from './world.ts'

/** What differs between segment, platform, ledger and events; nothing, when all is well. */
export const differences = async (
  world: World,
  segment: Segment,
  mapping: Mapping = usual,
): Promise<readonly string[]> => {
  const { platform, writing } = world.setting
  const wanted = wantedOf(segment, mapping, writing)
  const identifiers = new Set(wanted.pairs.map(([, identifier]) => sentAs(platform, identifier)))
  const held = new Set(wanted.pairs.map(([key, identifier]) => named(`${key} ${sentAs(platform, identifier)}`)))
  const members = new Set(segment.keys())
  const audiences = world.simulator.audiences()
  const there = audiences[0]
    ? world.simulator.members(audiences[0].id)
    : { identifiers: new Set<string>(), persons: new Set<string>() }
  const [control] = await world.say(
    `select segment_members::varchar as segment, reachable_members::varchar as reachable, ledger_members::varchar as ledger
from tidemark_state."control_${world.suffix}"`,
  )
  const [rejected] = await world.say(
    `select count(*)::varchar as n from tidemark.rejections where origin = 'validation'`,
  )
  return [
    ...(rejected?.n === '0' ? [] : [`${rejected?.n} rejections of valid values`]),
    ...(audiences.length > 1 ? [`${audiences.length} audiences`] : []),
    ...compared('persons on the platform', there.persons, wanted.persons),
    ...compared('identifiers on the platform', there.identifiers, identifiers),
    ...compared('confirmed in the ledger', new Set(await world.ledger('confirmed')), held),
    ...compared('unconfirmed in the ledger', new Set(await world.ledger('unconfirmed')), new Set()),
    ...compared('members by events', await membersByEvents(world), members),
    ...(await countsOfRuns(world)),
    ...(platform === 'x_ads' ? await lapsed(world) : []),
    ...['segment', 'reachable', 'ledger'].flatMap((count) =>
      control?.[count] === String(members.size)
        ? []
        : [`${count}_members ${control?.[count]} instead of ${members.size}`],
    ),
  ]
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
