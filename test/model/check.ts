import { named, type Segment, sentAs, wantedOf } from './people.ts'
import type { World } from './world.ts'

/** What differs between segment, platform, ledger and events; nothing, when all is well. */
export const differences = async (world: World, segment: Segment): Promise<readonly string[]> => {
  const { platform } = world.setting
  const wanted = wantedOf(segment)
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
    `select member_key as k, sum(case event when 'entered' then 1 when 'left' then -1 end)::varchar as n
from tidemark.membership_events group by member_key having n <> 0`,
  )
  return new Set(rows.map((row) => (row.n === '1' ? `${row.k}` : `${row.k} ${row.n} times`)))
}

const compared = (what: string, is: ReadonlySet<string>, wanted: ReadonlySet<string>): readonly string[] => {
  const list = (set: ReadonlySet<string>): string => [...set].map(named).sort().join(', ')
  const [missing, surplus] = [wanted.difference(is), is.difference(wanted)]
  return [
    ...(missing.size > 0 ? [`${what} lack: ${list(missing)}`] : []),
    ...(surplus.size > 0 ? [`${what} have too much: ${list(surplus)}`] : []),
  ]
}
