import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../connector/destination/destination.ts'
import { openPatience } from '../../connector/http/patience.ts'
import { always, answering, callTo, open } from './calls.ts'

/** Stands still unless it is moved. */
const handMoved = () => {
  const clock = { ms: 1000, monotonicMs: () => clock.ms }
  return clock
}

describe('how long a call waits', () => {
  test.each([
    ['a platform that asks for more than is left of the patience', 299, 'patience', 1],
    ['all that is left', 300, 'done', 2],
    ['where nothing is left', 0, 'patience', 1],
  ])('%s (%i ms): %s, after %i attempts', async (_which, leftMs, end, attempts) => {
    const { url } = await answering([429, 200], { 'retry-after': '300' })
    const result = await open({ retry: { maxAskedMs: 300 } }).call(callTo(url), {
      ...always,
      patience: openPatience(leftMs, handMoved()),
    })
    expect(result).toMatchObject(
      end === 'done'
        ? { kind: 'done', attempts, throttledMs: 300 }
        : { kind: 'given_up', because: end, attempts, throttledMs: 0, applied: 'no' },
    )
  })

  test('without a wait that was asked for the patience ends too', async () => {
    const { url } = await answering([500])
    const patience = openPatience(0, handMoved())
    expect(await open().call(callTo(url), { ...always, patience })).toMatchObject({
      kind: 'given_up',
      because: 'patience',
      attempts: 1,
    })
  })

  test.each([
    [429, 40],
    [500, 0],
  ])('after a %i that names no wait the account stands still for %i ms', async (status, throttledMs) => {
    const { url } = await answering([status, 200])
    const result = await open({ retry: { minMs: 40, maxMs: 80 } }).call(callTo(url), always)
    expect(result).toMatchObject({ kind: 'done', attempts: 2, throttledMs })
  })

  test('pauses are taken from the patience, attempts are not', async () => {
    const { url } = await answering([500, 500, 200])
    const clock = handMoved()
    const patience = openPatience(1000, clock)
    const result = await open().call(callTo(url), {
      ...always,
      patience,
      onAttempt: () => {
        clock.ms += 400
      },
      onWait: () => {
        clock.ms += 70
      },
    })
    expect(result).toMatchObject({ kind: 'done', attempts: 3 })
    expect(patience.leftMs()).toBe(860)
    clock.ms += 100
    expect(patience.leftMs()).toBe(860)
  })

  test('a wait that ends with the call is over', async () => {
    const { url } = await answering([500])
    const clock = handMoved()
    const patience = openPatience(1000, clock)
    const drain = new AbortController()
    const onWait = () => drain.abort()
    await open().call(callTo(url), { ...always, patience, signal: drain.signal, onWait })
    clock.ms += 100
    expect(patience.leftMs()).toBe(1000)
  })

  test('is told once where several wait: the pause, or what the platform asks for', async () => {
    const told: [number, string][] = []
    const onWait = (ms: number, { code }: { readonly code: string }) => told.push([ms, code])
    const patience = openPatience(60_000)
    const { url } = await answering([500, 500, 200])
    const channel = open({ retry: { minMs: 200, maxMs: 400 } })
    await Promise.all([1, 2].map(() => channel.call(callTo(url), { ...always, patience, onWait })))
    expect(told).toEqual([[expect.any(Number), 'c500']])
    expect(told[0]?.[0]).toBeGreaterThanOrEqual(200)
    const asking = await answering([429, 200], { 'retry-after': '500' })
    await channel.call(callTo(asking.url), { ...always, onWait })
    expect(told.slice(1)).toEqual([[500, 'c429']])
  })
})

describe('an answer that nobody understands', () => {
  const stopped = (reason: string) => ({ next: 'stop', exit: 76, reason }) as Partial<Fault>
  test.each([
    ['after a success', 201, 'not_understood', true],
    ['at the edge of successes', 299, 'not_understood', true],
    ['after a redirect', 300, 'not_understood', false],
    ['after a refusal', 400, 'not_understood', false],
    ['of another reason', 299, 'permission', false],
  ])('%s (%i, %s): it may have acted: %s', async (_when, status, reason, unanswered) => {
    const { url } = await answering([status])
    const result = await open().call(callTo(url, { [status]: stopped(reason) }), always)
    expect(result).toMatchObject({ kind: 'stopped', attempts: 1, unanswered })
  })
})

test('a mistake of ours in sending is thrown on', async () => {
  const send = () => Promise.reject(new TypeError('a bug'))
  await expect(open({ send }).call(callTo('http://127.0.0.1:1'), always)).rejects.toThrow('a bug')
})
