import { afterEach, describe, expect, test } from '@jest/globals'
import { acquireLease, type Lease } from '../../connector/activation/lease.ts'
import { exits, RunStopped } from '../../connector/activation/stop.ts'
import { type Warehouse, WarehouseError } from '../../connector/warehouse/warehouse.ts'
import { markSending, storeMark } from '../../sql/control.ts'
import { stateVersion } from '../../sql/state.ts'
import { openRig, outcomeOf, type Rig, type RigOptions } from './rig.ts'

const opened: Rig[] = []
const taken: Lease[] = []
const open = async (options: RigOptions = {}): Promise<Rig> => {
  const rig = await openRig(options)
  opened.push(rig)
  return rig
}
afterEach(async () => {
  // A lease that nobody gives back beats on, into the suites that come after this one.
  for (const lease of taken.splice(0)) await lease.release()
  for (const rig of opened.splice(0)) await rig.close()
})
const hour = 3_600_000
const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 5))
}
const take = async (rig: Rig, warehouse: Partial<Warehouse> = {}, runId = 'run-2'): Promise<Lease> => {
  const real = rig.request.warehouse
  const around = { ...warehouse, dialect: real.dialect } as Warehouse
  const over = new Proxy(real, {
    get: (target, name) => {
      const value = Reflect.get(name in around ? around : target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const lease = await acquireLease({
    scope: rig.scope,
    warehouse: over,
    runId,
    leaseMs: 120_000,
    quietMs: 0,
    version: stateVersion,
    log: rig.request.log,
  })
  taken.push(lease)
  return lease
}
const lostBy = (rig: Rig) => rig.raw(`update tidemark_state."control_people-x" set owner = 'other', fence = fence + 1`)

describe('a lease', () => {
  test('is held with the fence that the warehouse gave', async () => {
    const rig = await open()
    expect(rig.lease.hold).toEqual({ runId: 'run-1', fence: '1' })
    expect(rig.lease.taken).toMatchObject({ owner: 'run-1', fence: '1' })
  })

  test('is not taken from another run that may live: it says whose it is and how long', async () => {
    const rig = await open()
    expect(await outcomeOf(take(rig, { opensAlone: false }))).toMatchObject({
      exit: 75,
      code: 'lease_held',
      message: expect.stringMatching(/run run-1, its lease ends in 1[12]\d s/),
    })
    expect(await rig.control('owner', 'fence')).toEqual(['run-1', '1'])
  })

  test('that was given to somebody else in the same moment is not held', async () => {
    const rig = await open()
    expect(await outcomeOf(take(rig, { execute: async () => 1 }))).toMatchObject({ code: 'lease_held' })
    expect(await outcomeOf(take(rig, { execute: async () => 0 }, 'run-1'))).toMatchObject({ code: 'lease_held' })
  })

  test('is not taken of a state that somebody migrated since it was looked at', async () => {
    const rig = await open()
    await rig.raw(`update tidemark_state."control_people-x" set owner = null, state_version = ${stateVersion + 1}`)
    expect(await outcomeOf(take(rig))).toMatchObject({ exit: 75, code: 'lease_held' })
    expect(await rig.control('owner', 'fence')).toEqual([null, '1'])
  })

  test('lasts as long as it was taken for, from before it was asked for', async () => {
    const { lease } = await open({ leaseSeconds: 100 })
    expect(lease.lasts(50_000)).toBe(true)
    expect(lease.lasts(100_000)).toBe(false)
    lease.extended(performance.now() + 10_000)
    expect(lease.lasts(105_000)).toBe(true)
    // Word of an earlier moment that comes late takes nothing away.
    lease.extended(performance.now() - hour)
    expect(lease.lasts(105_000)).toBe(true)
  })

  test('moves the control row and what goes with it at once, or is lost', async () => {
    const rig = await open()
    const log = 'insert into marks values (1)'
    await rig.raw('create table marks (n integer)')
    const { sql } = await import('kysely')
    const mark = storeMark(rig.scope, rig.lease.hold, 5, 1000)
    await rig.lease.update('mark', mark, [sql.raw(log)])
    expect([await rig.control('mark'), (await rig.raw('select count(*)::varchar as n from marks'))[0]?.n]).toEqual([
      ['5'],
      '1',
    ])
    await lostBy(rig)
    expect(await outcomeOf(rig.lease.update('mark', mark, [sql.raw(log)]))).toMatchObject({
      exit: 75,
      code: 'lease_lost',
    })
    expect((await rig.raw('select count(*)::varchar as n from marks'))[0]?.n).toBe('1')
    expect(rig.lease.lasts(0)).toBe(false)
  })

  test('is asked for when the warehouse fails or the ledger does not fit: another run may have taken over', async () => {
    const rig = await open()
    const failed = new WarehouseError('bug', 'no_such_relation', 'mark', 'A relation does not exist')
    // Seen in two of 7,700 runs of the model: the row of `control` was read before, the ledger after another run's settle.
    const changed = new RunStopped(exits.configuration, 'ledger_changed', 'The ledger holds more than was settled.')
    const other = new Error('of another kind')
    for (const error of [failed, changed]) expect(await rig.lease.reasonOf(error)).toBe(error)
    await lostBy(rig)
    expect(await rig.lease.reasonOf(other)).toBe(other)
    for (const error of [failed, changed])
      expect(await rig.lease.reasonOf(error)).toMatchObject({ exit: 75, code: 'lease_lost' })
  })

  test('is given back: whoever comes next has it at once', async () => {
    const rig = await open()
    await rig.lease.release()
    expect(await rig.control('owner', 'lease_until')).toEqual([null, null])
    expect((await take(rig, { opensAlone: false })).hold.fence).toBe('2')
  })

  test('that cannot be given back is no failure: it runs out', async () => {
    let fails = false
    const rig = await open({
      warehouse: (real) =>
        new Proxy(real, {
          get: (target, name) => {
            const value = Reflect.get(target, name, target)
            if (name === 'execute' && fails)
              return () => Promise.reject(new WarehouseError('later', 'disk_full', 'release', 'The disk is full'))
            return typeof value === 'function' ? value.bind(target) : value
          },
        }),
    })
    fails = true
    await rig.lease.release()
    expect(rig.told).toContainEqual({ level: 'warn', event: 'lease_not_released', fields: { error: 'disk_full' } })
    fails = false
  })
})

describe('the heartbeat', () => {
  const beats = (beat: (real: Warehouse) => Promise<number>, options: RigOptions = {}) =>
    open({
      leaseSeconds: 0.3,
      ...options,
      warehouse: (real) =>
        new Proxy(real, {
          get: (target, name) => {
            const value = Reflect.get(target, name, target)
            if (name !== 'another') return typeof value === 'function' ? value.bind(target) : value
            return async () => {
              const second = await target.another()
              return new Proxy(second, {
                get: (inner, key) => {
                  const own = Reflect.get(inner, key, inner)
                  if (key === 'execute')
                    return (step: string, statement: never) => {
                      counted += 1
                      return beat({ ...inner, execute: () => inner.execute(step, statement) } as Warehouse)
                    }
                  return typeof own === 'function' ? own.bind(inner) : own
                },
              })
            }
          },
        }),
    })
  let counted = 0
  const really = (real: Warehouse): Promise<number> => real.execute('heartbeat', undefined as never)

  test('extends the lease again and again, on a connection of its own', async () => {
    counted = 0
    const rig = await beats(really)
    const [first] = await rig.control('lease_until')
    await until(() => counted >= 4)
    await until(async () => (await rig.control('lease_until'))[0] !== first)
    expect(rig.lease.lasts(0)).toBe(true)
  })

  test('that touches no row has lost the lease', async () => {
    const rig = await beats(async () => 0, { leaseSeconds: 30 * 0.1 })
    await until(() => !rig.lease.lasts(0))
    expect(counted).toBeGreaterThan(0)
  })

  test('that fails tries again; only the lease runs out meanwhile', async () => {
    let fails = true
    const rig = await beats((real) => (fails ? Promise.reject(new Error('quotes jane@example.com')) : really(real)))
    await until(() => rig.told.length > 0)
    expect(rig.told[0]).toEqual({ level: 'warn', event: 'heartbeat_failed', fields: { error: 'unknown' } })
    fails = false
    await until(() => rig.lease.lasts(0))
  })

  test('stands still while settle works, and beats at once after it', async () => {
    counted = 0
    const rig = await beats(really)
    await until(() => counted >= 1)
    const during = await rig.lease.withoutHeartbeat(async () => {
      const before = counted
      await new Promise((resolve) => setTimeout(resolve, 500))
      return counted - before
    })
    expect(during).toBe(0)
    // The lease ran out in the meantime, and nobody took it.
    expect(rig.lease.lasts(0)).toBe(true)
    const after = counted
    await until(() => counted > after)
  })

  test('goes on after a settle that fails', async () => {
    counted = 0
    const rig = await beats(really)
    expect(await outcomeOf(rig.lease.withoutHeartbeat(() => Promise.reject(new Error('settle'))))).toMatchObject({
      message: 'settle',
    })
    const after = counted
    await until(() => counted > after)
  })

  test('ends with the lease', async () => {
    const rig = await beats(really)
    await rig.lease.release()
    const after = counted
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(counted).toBe(after)
  })

  test('takes turns with whatever else moves the control row', async () => {
    const order: string[] = []
    const rig = await beats(async (real) => {
      order.push('beat begins')
      await new Promise((resolve) => setTimeout(resolve, 30))
      const touched = await really(real)
      order.push('beat ends')
      return touched
    })
    await until(() => order.length > 0)
    await rig.lease.update('sending', markSending(rig.scope, rig.lease.hold))
    order.push('update')
    const at = order.indexOf('update')
    expect(order.slice(0, at).filter((o) => o === 'beat begins')).toHaveLength(
      order.slice(0, at).filter((o) => o === 'beat ends').length,
    )
  })
})
