import { describe, expect, test } from '@jest/globals'
import { createCalls, mayHaveBeenApplied, receiptOf, stoppedBy } from '../../connector/activation/calls.ts'
import type { RunRequest } from '../../connector/activation/context.ts'
import { createDrain } from '../../connector/activation/drain.ts'
import type { Lease } from '../../connector/activation/lease.ts'
import type { Call } from '../../connector/destination/destination.ts'
import type { CallOptions, CallResult } from '../../connector/http/call.ts'
import { bad, done, givenUp, notStarted, refused, stop, stopped } from './rig.ts'

const call = {} as Call<unknown>
const over = (answer: (options: CallOptions) => Promise<CallResult<unknown>>, lasts = (_: number) => true) => {
  const drain = createDrain(8)
  const channel = { call: (_: unknown, options: CallOptions) => answer(options) }
  const activation = { destination: { request: { timeoutMs: 5000, quietMs: 60_000 } } }
  return { drain, calls: createCalls({ activation, channel, drain } as unknown as RunRequest, { lasts } as Lease) }
}

describe('calls', () => {
  test('are counted: requests, repeats among them, and how long the account was made to wait', async () => {
    const answers = [
      done(null, { attempts: 3, throttledMs: 20 }),
      done(null, { attempts: 1, throttledMs: 5 }),
      notStarted('drain'),
    ]
    const { calls } = over(async () => answers.shift() ?? done())
    for (let n = 0; n < 3; n += 1) await calls.send(call)
    expect(calls.counts).toEqual({ apiCalls: 4, apiRetries: 2, throttledMs: 25 })
  })

  test('start only while the lease lasts longer than a request may take', async () => {
    const asked: number[] = []
    const { calls } = over(
      async (options) => done(options.mayStart()),
      (ms) => asked.push(ms) > 1,
    )
    expect(await calls.send(call)).toMatchObject({ value: false })
    expect(await calls.send(call)).toMatchObject({ value: true })
    expect(asked).toEqual([5000, 5000])
  })

  test('hear of a drain, and are blindly repeated unless it is said otherwise', async () => {
    const heard: CallOptions[] = []
    const { calls, drain } = over(async (options) => {
      heard.push(options)
      return done()
    })
    await calls.send(call)
    await calls.send(call, { once: true })
    expect(heard.map(({ once }) => once)).toEqual([false, true])
    expect(heard.every(({ signal }) => signal === drain.signal)).toBe(true)
  })

  test('that were all answered leave nothing to wait for', async () => {
    const { calls } = over(async (options) => {
      options.onAttempt?.(performance.now())
      return done()
    })
    expect(calls.quietMs()).toBe(0)
    await calls.send(call)
    expect(calls.quietMs()).toBe(0)
  })

  test('without an answer may be applied for the quiet time from their start, the latest counts', async () => {
    const starts = [performance.now(), performance.now() - 30_000]
    const { calls } = over(async (options) => {
      options.onUnanswered?.(starts.shift() ?? 0)
      return givenUp('maybe')
    })
    await calls.send(call)
    await calls.send(call)
    expect(calls.quietMs()).toBeGreaterThan(40_000)
    expect(calls.quietMs()).toBeLessThanOrEqual(60_000)
  })

  test('that are on their way count as without an answer, until they have one', async () => {
    let answer: (result: CallResult<unknown>) => void = () => undefined
    const { calls } = over((options) => {
      options.onAttempt?.(performance.now())
      return new Promise((resolve) => {
        answer = resolve
      })
    })
    const sending = calls.send(call)
    expect(calls.quietMs()).toBeGreaterThan(40_000)
    answer(done())
    await sending
    expect(calls.quietMs()).toBe(0)
  })

  test('that throw are on their way no more', async () => {
    const { calls } = over(async (options) => {
      options.onAttempt?.(performance.now())
      throw new Error('from below')
    })
    await expect(calls.send(call)).rejects.toThrow('from below')
    expect(calls.quietMs()).toBe(0)
  })
})

const facts = { op: 'add', batchNo: 7, members: 2, identifiers: 3 } as const

describe('a receipt', () => {
  test.each<[string, CallResult<unknown>, object]>([
    [
      'of success',
      done(null, { lastStatus: 201 }),
      { status: 'accepted', httpStatus: 201, platformCode: null, message: null },
    ],
    ['of a refusal', refused(), { status: 'refused', httpStatus: 400, platformCode: 'BAD', message: 'bad values' }],
    ['of a refusal after an attempt without an answer', refused({ unanswered: true }), { status: 'uncertain' }],
    [
      'of a call that never got an answer',
      givenUp('maybe'),
      { status: 'uncertain', httpStatus: null, answeredMsAgo: null, attempts: 3 },
    ],
    [
      'of one that was turned away each time',
      givenUp('no', { lastStatus: 503 }),
      { status: 'refused', httpStatus: 503 },
    ],
    ['of one that answers that it may have done it', givenUp('maybe', { unanswered: false }), { status: 'uncertain' }],
    ['of what was not sent', notStarted('lease'), { status: 'refused', platformCode: null, message: null }],
  ])('%s', (_, result, expected) => {
    expect(receiptOf(result, facts)).toMatchObject({ ...facts, requestId: 'rq', ...expected })
  })

  test('says how long ago the first attempt began and the last ended', () => {
    const now = performance.now()
    const { sentMsAgo, answeredMsAgo } = receiptOf(
      done(null, { firstStartedAt: now - 9000, lastEndedAt: now - 2000 }),
      facts,
    )
    expect(Math.round(sentMsAgo / 1000)).toBe(9)
    expect(Math.round((answeredMsAgo ?? 0) / 1000)).toBe(2)
    const never = receiptOf(notStarted('drain'), facts)
    expect(Math.abs(never.sentMsAgo)).toBeLessThan(1000)
  })
})

test('only what succeeded or was answered certainly was not applied behind our backs', () => {
  expect(
    [done(), refused(), givenUp('no'), notStarted('drain'), done(null, { unanswered: true })].some(mayHaveBeenApplied),
  ).toBe(false)
  expect([givenUp('maybe', { unanswered: false }), refused({ unanswered: true })].every(mayHaveBeenApplied)).toBe(true)
})

describe('what a call that failed means for the run', () => {
  type Failed = Exclude<CallResult<unknown>, { kind: 'done' }>
  const busy = { next: 'retry', applied: 'no', code: 'BUSY', message: 'busy', retryAfterMs: 900_001 } as const
  const tooLong = givenUp('no', { because: 'patience', fault: busy } as never)
  const retried = stop({ next: 'retry', applied: 'no', code: 'BUSY', message: 'busy' })
  test.each<[string, CallResult<unknown>, number, string, RegExp]>([
    ['asked to end', notStarted('drain'), 143, 'aborted', /^Stopped before sending it: .*asked to end/],
    ['too short a lease', notStarted('lease'), 75, 'lease_short', /^Stopped before sending it: the lease/],
    ['given up', givenUp('no'), 75, 'no_answer', /^Gave up on sending it: nobody answered$/],
    ['given up after a refusal', givenUp('no', { fault: bad } as never), 75, 'BAD', /^Gave up/],
    [
      'given up by a drain',
      givenUp('no', { because: 'drain' } as never),
      143,
      'aborted',
      /^Stopped before sending it could/,
    ],
    [
      'given up for want of a lease',
      givenUp('no', { because: 'lease' } as never),
      75,
      'lease_short',
      /^Stopped before/,
    ],
    ['out of patience', givenUp('no', { because: 'patience' } as never), 75, 'no_answer', /waited long enough/],
    ['asked to wait for too long', tooLong, 75, 'BUSY', /asks for a wait of 901 s, more than this run/],
    ['may pass later', retried, 75, 'BUSY', /^Gave up on sending it: busy$/],
    ['no permission', stop(stopped('permission')), 77, 'PERMISSION', /^Sending it failed: it said permission$/],
    ['audience gone', stop(stopped('audience_gone')), 78, 'AUDIENCE_GONE', /^Sending it failed/],
    ['refused', refused(), 76, 'BAD', /^Sending it was refused: bad values$/],
  ])('%s', (_, result, exit, code, message) => {
    expect(stoppedBy(result as Failed, 'sending it')).toMatchObject({
      exit,
      code,
      message: expect.stringMatching(message),
    })
  })
})
