import { expect } from '@jest/globals'
import type { FaultRule } from '../../connector/simulator/simulator.ts'
import type { History, Step } from './history.ts'
import { faultName, type Tally } from './hits.ts'
import { MemoryWorld } from './memory-world.ts'
import type { Identifier, Member, Segment } from './people.ts'
import { play } from './play.ts'
import type { Setting } from './setting.ts'

/** One member in a request, one request in a mark. */
export const x: Setting = {
  platform: 'x_ads',
  writing: 'sha256',
  maxBytes: 1,
  maxRows: 1,
  concurrency: 1,
  optimised: true,
}
export const tiktok: Setting = { ...x, platform: 'tiktok_ads' }

export const step = (
  members: Readonly<Record<string, readonly Identifier[] | null>>,
  more: Partial<Step> = {},
): Step => ({
  changes: Object.entries(members).map(([key, ids]) => ({ key, member: ids && { identifiers: ids } })),
  rebuilt: 'before',
  full: false,
  faults: [],
  accident: null,
  ...more,
})
/** Plays a history; what is to happen in it must really have happened. */
export const playAll = async (history: History): Promise<void> => {
  const tally: Tally = new Map()
  await play(history, tally)
  for (const { faults, accident } of history.steps) {
    for (const word of [...faults.map(faultName), ...(accident ? [accident.kind] : [])])
      expect([word, tally.get(word) ?? 0]).not.toEqual([word, 0])
  }
}

export const segmentOf = (members: Readonly<Record<string, readonly Identifier[]>>): Segment =>
  new Map(Object.entries(members).map(([key, identifiers]): [string, Member] => [key, { identifiers }]))

/** A world in memory, for as long as somebody lives in it. */
export const inWorld = async <T>(setting: Setting, live: (world: MemoryWorld) => Promise<T>): Promise<T> => {
  const world = await MemoryWorld.open(setting)
  try {
    return await live(world)
  } finally {
    await world.close()
  }
}

/** The nth request that adds or removes, and its repeat. */
export const twice = (op: 'add' | 'remove', nth: number, fault: FaultRule['fault']): FaultRule => ({
  match: { op, nth },
  times: 2,
  fault,
})
export const notLetIn: FaultRule['fault'] = { kind: 'answer', status: 429, retryAfter: 0, resetAfter: 0 }
