import type { FaultRule } from '../../connector/simulator/simulator.ts'
import { accidentKinds, commonSteps, creationFaults, faults, rareSteps, rivalKinds } from './mishaps.ts'

/** How often what happened in the histories that were played. */
export type Tally = Map<string, number>

export const count = (tally: Tally, ...what: readonly string[]): void => {
  for (const word of what) tally.set(word, (tally.get(word) ?? 0) + 1)
}

/** `drop_after`, `answer 429`, `garbage applied`, `refuse`, `creation late`. */
export const faultName = ({ match, fault }: Pick<FaultRule, 'fault' | 'match'>): string => {
  const status = fault.kind === 'answer' && 'status' in fault ? ` ${fault.status}` : ''
  const applied = 'applied' in fault && fault.applied ? ' applied' : ''
  const cut = 'cut' in fault && fault.cut ? ' cut' : ''
  const creation = match?.op === 'create_audience' ? 'creation ' : ''
  return `${creation}${fault.kind}${status}${applied}${cut}`
}

/**
 * Whatever the histories are meant to meet: each fault, each kind of accident, each step at which one can strike, each
 * change of the configuration, and the time after which quarantines end and memberships are renewed.
 */
const expected = (): readonly string[] => [
  ...faults.map((fault) => faultName({ fault })),
  ...creationFaults.map((fault) => `creation ${faultName({ fault })}`),
  'refused add',
  'refused remove',
  ...accidentKinds,
  ...rivalKinds,
  ...[...commonSteps, ...rareSteps].map((step) => `at ${step}`),
  'kill_at',
  'histories of processes',
  'emails mapped',
  'emails moved',
  'emails unmapped',
  'default country changed',
  '31 days later',
  '340 days later',
  '364 days later',
  ...ofCrowds,
]

/** Only histories of a crowd meet these: what it was left with was sent in the end, by the one or the other. */
const ofCrowds: readonly string[] = ['counted: full', 'counted: day']

/** In so many histories, those of a crowd aside, each must have been met a few times, or the histories say too little. */
const perHistories = 300
const leastHits = 20
/** Of so many of a crowd. */
const perCrowds = 35
const leastCounts = 4

/** A line for everything that was met or should have been, and what of it was met too rarely. */
export const hitTable = (tally: Tally, histories: number) => {
  const crowds = tally.get('a crowd') ?? 0
  const least = (name: string): number =>
    ofCrowds.includes(name)
      ? Math.floor((leastCounts * Math.max(crowds, perCrowds)) / perCrowds)
      : Math.floor((leastHits * (histories - crowds)) / perHistories)
  const wanted = new Set(expected())
  const names = [...new Set([...wanted, ...tally.keys()])].sort()
  const hits = (name: string): number => tally.get(name) ?? 0
  return {
    lines: names.map((name) => `${name.padEnd(32)} ${String(hits(name)).padStart(6)}`),
    rare: [...wanted]
      .filter((name) => hits(name) < least(name))
      .map((name) => `${name} ${hits(name)} of ${least(name)}`),
  }
}
