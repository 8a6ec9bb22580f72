import { afterEach, beforeEach, expect, jest, test } from '@jest/globals'
import { WarehouseError } from '../../connector/warehouse/warehouse.ts'
import { Watch } from '../../connector/warehouse/watch.ts'

beforeEach(() => {
  jest.useFakeTimers()
})
afterEach(() => {
  jest.useRealTimers()
})

const never = new Promise<never>(() => undefined)
const hour = 3_600_000

/** A watch over a server that gives a sign where `alive` says so, else none at all, and what was logged, when. */
const watching = (alive: () => boolean) => {
  const began = performance.now()
  const said: (readonly [seconds: number, event: string])[] = []
  const note = (event: string) => void said.push([Math.round((performance.now() - began) / 1000), event])
  const watch = new Watch({
    server: 'Server (db:1)',
    timeoutMs: 120_000,
    answers: () => (alive() ? Promise.resolve(true) : never),
    log: { warn: note, info: note },
  })
  return { watch, said }
}

/** How something ends that is waited for, and after how many seconds. */
const endOf = (work: Promise<unknown>) => {
  const began = performance.now()
  const ended = { after: null as number | null, with: undefined as unknown }
  const end = (value: unknown) => Object.assign(ended, { after: (performance.now() - began) / 1000, with: value })
  work.then(end, end)
  return ended
}

test('a statement that takes hours is waited for, while the server gives signs', async () => {
  const { watch, said } = watching(() => true)
  const ended = endOf(watch.over('settle', () => new Promise((resolve) => setTimeout(resolve, 5 * hour, 'done'))))
  await jest.advanceTimersByTimeAsync(5 * hour)
  expect([ended.with, said]).toEqual(['done', []])
})

test('silence is told within ten seconds, once, and bounded by the time-out; what waits is left', async () => {
  const { watch, said } = watching(() => false)
  const abandon = jest.fn()
  const all = [endOf(watch.over('compare', () => never, abandon)), endOf(watch.over('heartbeat', () => never))]
  await jest.advanceTimersByTimeAsync(10_000)
  expect(said).toEqual([[8, 'warehouse_silent']])
  await jest.advanceTimersByTimeAsync(110_000)
  await jest.advanceTimersByTimeAsync(10_000)
  for (const [i, step] of ['compare', 'heartbeat'].entries()) {
    expect(all[i]?.after).toBeGreaterThanOrEqual(120)
    expect(all[i]?.after).toBeLessThan(130)
    expect(all[i]?.with).toMatchObject({ fault: 'later', code: 'warehouse_unreachable', step })
  }
  expect([said.length, abandon.mock.calls.length, watch.gone]).toEqual([1, 1, true])
})

test('silence begins with the last sign, and its end is told', async () => {
  let alive = true
  const { watch, said } = watching(() => alive)
  const ended = endOf(watch.over('compare', () => never))
  await jest.advanceTimersByTimeAsync(hour)
  alive = false
  await jest.advanceTimersByTimeAsync(100_000)
  alive = true
  await jest.advanceTimersByTimeAsync(hour)
  expect(said.map(([, event]) => event)).toEqual(['warehouse_silent', 'warehouse_answers'])
  alive = false
  await jest.advanceTimersByTimeAsync(110_000)
  expect(ended.after).toBeNull()
  await jest.advanceTimersByTimeAsync(20_000)
  expect(ended.with).toBeInstanceOf(WarehouseError)
})

test('who wants something of a server that is gone does not wait as long again, until it gives a sign', async () => {
  let alive = false
  const { watch } = watching(() => alive)
  const unreachable = new WarehouseError('later', 'warehouse_unreachable', 'compare', 'Gone.')
  endOf(watch.over('compare', () => Promise.reject(unreachable)))
  await jest.advanceTimersByTimeAsync(0)
  const again = [1, 2, 3].map(() => endOf(watch.over('release', () => Promise.resolve('never said'))))
  await jest.advanceTimersByTimeAsync(2500)
  for (const ended of again) expect(ended.with).toMatchObject({ code: 'warehouse_unreachable', step: 'release' })
  alive = true
  await jest.advanceTimersByTimeAsync(10_000)
  const back = endOf(watch.over('release', () => Promise.resolve('said')))
  await jest.advanceTimersByTimeAsync(0)
  expect([back.with, watch.gone]).toEqual(['said', false])
})

test('what the server refuses is a sign of it', async () => {
  const { watch } = watching(() => false)
  const refused = new WarehouseError('configuration', 'sql_syntax', 'segment', 'No.')
  const ended = endOf(watch.over('segment', () => Promise.reject(refused)))
  await jest.advanceTimersByTimeAsync(0)
  expect([ended.with, watch.gone]).toEqual([refused, false])
})

test('closing is not kept waiting', async () => {
  const { watch } = watching(() => false)
  const abandon = jest.fn()
  const closed = endOf(watch.close(() => never, abandon))
  await jest.advanceTimersByTimeAsync(4000)
  expect([closed.after, abandon.mock.calls.length]).toEqual([4, 1])
  const open = endOf(watch.close(() => Promise.resolve(), abandon))
  await jest.advanceTimersByTimeAsync(0)
  expect([open.after, abandon.mock.calls.length]).toEqual([0, 1])
})
