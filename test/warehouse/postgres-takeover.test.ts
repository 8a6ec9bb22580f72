import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { until } from '../cli/process.ts'
import { differences } from '../model/check.ts'
import { segmentOf, x } from '../model/fixed.ts'
import { usual } from '../model/people.ts'
import { ProcessWorld } from '../model/process-world.ts'

const leaseSeconds = 3
/** Later than it takes another process to begin after the lease of who sent it has ended, and within the quiet time after it. */
const [lateMs, quietMs] = [7_000, 6_000]

/**
 * A process stands still in mid-request, longer than its lease. Another takes over and finds a segment from which somebody
 * has gone whom the request still out would add. Then the first goes on.
 */
test('a run that stood still is overtaken, and what it had sent lands late: nobody stays behind', async () => {
  const world = await ProcessWorld.open({ ...x, leaseSeconds, quietMs, processes: true })
  try {
    await world.build(segmentOf({ M0: ['P0.e0', 'P0.p0'], M1: ['P1.e0'] }))
    world.simulator.addFaults([{ match: { op: 'add' }, fault: { kind: 'late', ms: lateMs, hang: true } }])
    const first = await world.begin()
    const sent = () => world.simulator.requests.some(({ op }) => op === 'add')
    await until('the first request is out', sent)
    first.child.kill('SIGSTOP')
    world.simulator.clearFaults()
    const after = segmentOf({ M1: ['P1.e0'], M2: ['P2.e0'] })
    await world.build(after)

    const early = await (await world.begin()).ended
    expect([early.code, JSON.parse(early.stdout).activations[0].error.code]).toEqual([75, 'lease_held'])
    await sleep(leaseSeconds * 1000)
    const second = await (await world.begin()).ended
    expect(second.code).toBe(0)

    first.child.kill('SIGCONT')
    const ended = await first.ended
    expect([ended.code, JSON.parse(ended.stdout).activations[0].error.code]).toEqual([75, 'lease_lost'])
    await world.simulator.idle()
    expect(await differences(world, after, usual)).toEqual([])
  } finally {
    await world.close()
  }
}, 60_000)
