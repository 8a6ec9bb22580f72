import { differences } from './check.ts'
import type { Change, History } from './history.ts'
import { count, type Tally } from './hits.ts'
import { type Mapping, mostHolders, nobody, type Segment } from './people.ts'
import type { RunEnd, World } from './world.ts'
import { openWorld } from './worlds.ts'

const changed = (segment: Segment, changes: readonly Change[]): Segment => {
  const next = new Map(segment)
  for (const { key, member } of changes) {
    if (member) next.set(key, member)
    else next.delete(key)
  }
  return next
}

/** Lives a history through and demands that it ends well. Throws an error that says how it did not. */
export const play = async ({ setting, steps, counted }: History, tally: Tally = new Map()): Promise<void> => {
  const world = await openWorld(setting)
  count(tally, 'histories', ...(setting.processes ? ['histories of processes'] : []), ...(counted ? ['a crowd'] : []))
  try {
    let segment: Segment = new Map()
    let alwaysMany = true
    for (const { changes, rebuilt, mapping = world.mapping, days = 0, full, faults, accident } of steps) {
      count(tally, ...changesOf(world.mapping, mapping))
      world.mapping = mapping
      if (days > 0) {
        count(tally, `${days} days later`)
        await world.wait(days * 24)
      }
      const before = segment
      segment = changed(segment, changes)
      await world.build(rebuilt === 'before' ? segment : before)
      const next = segment
      const between = rebuilt === 'before' ? {} : { read_members: () => world.build(next) }
      tell(tally, await world.run({ full, faults, accident, before: between }))
      if (rebuilt === 'between_and_back') segment = before
      alwaysMany &&= rebuilt === 'before' && wantersOfNobody(segment, mapping) > mostHolders
    }
    await world.build(segment)
    if (steps.some(({ faults }) => faults.some(({ fault }) => fault.kind === 'refuse')))
      await endQuarantine(world, tally)
    await endsWell(world, segment, tally, counted)
    if (alwaysMany && (await holdersOfNobody(world)) > 0)
      throw new Error(`${nobody} was sent, and more than ${mostHolders} have always wanted it`)
    for (const { op } of await world.refusals()) count(tally, 'refuse', `refused ${op}`)
  } finally {
    await world.close()
  }
}

/** What changes in the configuration. */
const changesOf = (before: Mapping, after: Mapping): readonly string[] => [
  ...(before.emails === after.emails ? [] : [`emails ${after.emails}`]),
  ...(before.country === after.country ? [] : ['default country changed']),
]

/** Refused identifiers stay as they were for 30 days from the settle of their refusal, which may be that of a dead run. */
const endQuarantine = async (world: World, tally: Tally): Promise<void> => {
  tell(tally, await world.run())
  await world.wait(31 * 24)
}

/**
 * One undisturbed run must bring all in step, and the next must find nothing to do. Where a crowd is there, its address may
 * wait until then: it is counted by a run with `--full`, or by an ordinary one a day later.
 */
export const endsWell = async (
  world: World,
  segment: Segment,
  tally: Tally = new Map(),
  counted?: History['counted'],
): Promise<void> => {
  let last = await world.run()
  if (last.result?.summary.error?.code === 'audience_intent_open') {
    count(tally, 'audience_intent_open')
    await world.wait(1.1)
    last = await world.run()
  }
  tell(tally, last)
  await inStep(world, segment, last, counted === undefined ? null : nobody)
  if (counted !== undefined) {
    const before = await holdersOfNobody(world)
    if (counted === 'day') await world.wait(24)
    const again = await world.run({ full: counted === 'full' })
    tell(tally, again)
    await inStep(world, segment, again, null)
    const more = (await holdersOfNobody(world)) - before
    if (more > 0 && wantersOfNobody(segment, world.mapping) > mostHolders)
      throw new Error(`${nobody} was sent for ${more} of more than ${mostHolders} who want it`)
    if (more > 0) count(tally, `counted: ${counted}`)
  }
  const more = await world.run()
  if (more.requests > 0 || more.result?.unchanged !== true)
    throw new Error(
      `With nothing new a run made ${more.requests} requests (${more.result?.summary.error?.message ?? 'no error'})`,
    )
}

const inStep = async (world: World, segment: Segment, end: RunEnd, waiting: typeof nobody | null): Promise<void> => {
  const { summary, exit } = end.result ?? {}
  if (exit !== 0)
    throw new Error(`The undisturbed run ended with ${exit}: ${summary?.error?.code}: ${summary?.error?.message}`)
  await world.simulator.idle()
  const wrong = await differences(world, segment, world.mapping, waiting)
  if (wrong.length > 0) throw new Error(`After the undisturbed run:\n${wrong.join('\n')}`)
}

const wantersOfNobody = (segment: Segment, { emails }: Mapping): number =>
  emails === 'unmapped' ? 0 : [...segment.values()].filter(({ identifiers }) => identifiers.includes(nobody)).length

const holdersOfNobody = async (world: World): Promise<number> =>
  (await world.ledger('confirmed')).filter((row) => row.endsWith(nobody)).length

/** `crash_after mark` counts as what happened and as where. */
const accidentNames = (accident: string | null): readonly string[] => {
  const [kind = '', step = ''] = accident?.split(' ') ?? []
  return accident === null ? [] : [kind, `at ${step}`]
}

const tell = (tally: Tally, end: RunEnd): void => {
  count(tally, 'runs', ...end.faults, ...accidentNames(end.accident))
  const { summary } = end.result ?? {}
  // Where another run was at work meanwhile, the platform saw the requests of both.
  const together = /^(rival|lapse)/.test(end.accident ?? '')
  if (end.result?.exit === 0 && !together && summary?.api_calls !== end.requests)
    throw new Error(`A run says that it made ${summary?.api_calls} requests, and the platform saw ${end.requests}`)
  if (end.result?.exit === 70)
    throw new Error(`A run ended with 70: ${summary?.error?.code}: ${summary?.error?.message}`)
  if (summary?.error && summary.error.code !== 'injected')
    count(tally, `exit ${end.result?.exit} ${summary.error.code}`)
}
