import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { history } from './history.ts'
import type { Platform } from './people.ts'
import { play, type Tally } from './play.ts'

/** Ids of a failing test must be told apart from luck, so the seed stays unless another is asked for. */
const seed = Number(process.env['TIDEMARK_MODEL_SEED'] ?? 1)
const histories = Number(process.env['TIDEMARK_MODEL_HISTORIES'] ?? 200)
/** Most of the time the warehouse works in its own threads, or a quiet time passes. */
const lanes: readonly Platform[] = ['x_ads', 'tiktok_ads', 'x_ads', 'tiktok_ads']

test(
  `${histories} histories end with platform, ledger and events equal to the segment (seed ${seed})`,
  async () => {
    const tally: Tally = new Map()
    const startedAt = performance.now()
    await Promise.all(
      lanes.map((platform, lane) =>
        fc.assert(
          fc.asyncProperty(history(platform), (h) => play(h, tally)),
          {
            seed: seed * lanes.length + lane,
            numRuns: Math.ceil(histories / lanes.length),
            endOnFailure: process.env['TIDEMARK_MODEL_SHRINK'] === 'no',
          },
        ),
      ),
    )
    const seconds = Math.round((performance.now() - startedAt) / 1000)
    const hits = [...tally].sort().map(([what, n]) => `${what} ${n}`)
    process.stderr.write(`model: seed ${seed}, ${histories} histories, ${seconds} s; ${hits.join(', ')}\n`)
    expect(tally.get('runs')).toBeGreaterThan(histories)
  },
  20 * 60_000,
)
