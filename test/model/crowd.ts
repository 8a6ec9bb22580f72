import fc from 'fast-check'
import type { Change } from './history.ts'
import { crowd, type Identifier, nobody } from './people.ts'

/** So many of the crowd, from one of them on, want its address from now on; the others have only their number, or leave. */
export const crowding = (sizes: readonly number[]): fc.Arbitrary<readonly Change[]> =>
  fc
    .record({
      size: fc.constantFrom(...sizes),
      from: fc.nat(crowd.length - 1),
      leave: fc.boolean(),
    })
    .map(({ size, from, leave }) =>
      crowd.map((person, i): Change => {
        const wants = (i + crowd.length - from) % crowd.length < size
        const own: Identifier = `P${person}.p0`
        if (!wants && leave) return { key: `C${person}`, member: null }
        return { key: `C${person}`, member: { identifiers: wants ? [own, nobody] : [own] } }
      }),
    )
