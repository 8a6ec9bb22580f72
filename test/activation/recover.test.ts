import { describe, expect, test } from '@jest/globals'
import { createCalls } from '../../connector/activation/calls.ts'
import type { Delivery } from '../../connector/activation/delivery-state.ts'
import { acquireLease } from '../../connector/activation/lease.ts'
import type { DeltaMeasures } from '../../connector/activation/measures.ts'
import { recover, runFacts } from '../../connector/activation/recover.ts'
import { isSmooth, settleDelta } from '../../connector/activation/settle.ts'
import { stateVersion } from '../../sql/state.ts'
import { type Row, sendAll, store } from './delta.ts'
import { done, givenUp, inRig, outcomeOf, type Rig, suffix } from './rig.ts'

const add = (member: number): Row => ({ op: 'add', member })
const runsOf = async (rig: Rig): Promise<readonly string[]> => {
  const rows = await rig.raw(
    `select concat_ws(' ', run_id, status, error_code, identifiers_added, batches, api_calls, api_retries, throttled_ms) as r from tidemark.runs order by 1`,
  )
  return rows.map(({ r }) => r ?? '')
}
const ledger = async (rig: Rig): Promise<readonly string[]> => {
  const rows = await rig.raw(
    `select member_key || ' ' || state as r from tidemark_state."ledger_identifiers_people-x" order by 1`,
  )
  return rows.map(({ r }) => r ?? '')
}
/** The next run takes the lease of one that died, and recovers. */
const next = async (rig: Rig): Promise<boolean> => (await nextOf(rig, 0)).recovered

/** `quietMs`: how long it waits for what the dead run may have had on its way. */
const nextOf = async (rig: Rig, quiet: number) => {
  const { request, scope } = rig
  const { warehouse, log } = request
  // Where others may live, only when the lease of the dead has run out.
  if (!warehouse.opensAlone)
    await rig.raw(`update tidemark_state."control_people-x" set lease_until = lease_until - interval '1 day'`)
  const lease = await acquireLease({
    scope,
    warehouse,
    runId: 'run-2',
    leaseMs: 120_000,
    quietMs: quiet,
    version: stateVersion,
    log,
  })
  try {
    const recovered = await recover({ ...request, runId: 'run-2' }, { lease, control: lease.taken }, suffix)
    return { recovered, quietMs: Number(lease.taken.quiet_ms) }
  } finally {
    await lease.release()
  }
}

describe('what an earlier run left', () => {
  test('is nothing, where it came to its end', () =>
    inRig({}, async (rig) => {
      await rig.raw(`update tidemark_state."control_people-x" set run_open = false`)
      expect(await next(rig)).toBe(false)
      expect([await runsOf(rig), rig.told]).toEqual([[], []])
    }))

  test('before anything was sent is closed: it has a row, and the ledger learns nothing', () =>
    inRig({}, async (rig) => {
      expect(await next(rig)).toBe(true)
      expect(await runsOf(rig)).toEqual(['run-1 failed crashed 0 0 0 0 0'])
      expect(await rig.control('run_open', 'open_fence')).toEqual(['false', null])
      expect(rig.told).toContainEqual({
        level: 'warn',
        event: 'recover',
        fields: {
          activation: 'people.x_ads',
          crashed_run_id: 'run-1',
          message: expect.stringContaining('did not come to its end'),
        },
      })
    }))

  test('is settled with the receipts there are: what has none and may have been sent is uncertain', () =>
    inRig({ answer: (n) => () => (n === 2 ? givenUp('maybe') : done()) }, async (rig) => {
      const cut = await store(rig, [1, 2, 3, 4].map(add))
      // Three were sent, under marks up to 3; the receipt of the third was not written any more.
      await sendAll(rig, cut, cut.batches.slice(0, 3))
      await rig.raw('delete from tidemark.receipts where batch_no = 3')
      expect(await next(rig)).toBe(true)
      expect(await ledger(rig)).toEqual(['m1 1', 'm2 2', 'm3 2'])
      expect(await runsOf(rig)).toEqual(['run-1 failed crashed 1 2 4 0 0'])
      expect(await rig.control('run_open', 'open_fence', 'sending', 'mark')).toEqual(['false', null, 'false', '3'])
      expect(await next(rig)).toBe(false)
    }))
})

describe('a run that died between delivery and settle', () => {
  const days = (n: number): number => n * 86_400_000

  test('had all answered: the next waits for nothing', () =>
    inRig({}, async (rig) => {
      const cut = await store(rig, [1, 2].map(add))
      await sendAll(rig, cut)
      expect(await rig.control('sending', 'mark', 'run_open')).toEqual(['false', '2', 'true'])
      expect(await nextOf(rig, days(2))).toEqual({ recovered: true, quietMs: 0 })
      expect(await ledger(rig)).toEqual(['m1 1', 'm2 1'])
    }))

  test('had no answer to one: the next waits for that, and no longer', () =>
    inRig(
      {
        quietMs: 60_000,
        answer: (n) => (options) => {
          options.onAttempt?.(performance.now())
          if (n !== 2) return done()
          options.onUnanswered?.(performance.now())
          return givenUp('maybe')
        },
      },
      async (rig) => {
        const cut = await store(rig, [1, 2].map(add))
        await sendAll(rig, cut)
        const { quietMs } = await nextOf(rig, days(2))
        expect([quietMs > 30_000, quietMs <= 60_000]).toEqual([true, true])
        expect(await ledger(rig)).toEqual(['m1 1', 'm2 2'])
      },
    ))

  test('was asked to end: what it had not started was never sent, whatever the mark said', () => {
    let asked = (): void => undefined
    const answer = (n: number) => () => {
      if (n === 2) asked()
      return done()
    }
    return inRig({ answer }, async (rig) => {
      asked = () => rig.drain.begin()
      const cut = await store(rig, [1, 2, 3, 4].map(add))
      await sendAll(rig, cut)
      expect([rig.sent.length, await rig.control('sending', 'mark')]).toEqual([2, ['false', '2']])
      expect(await nextOf(rig, days(2))).toEqual({ recovered: true, quietMs: 0 })
      expect(await ledger(rig)).toEqual(['m1 1', 'm2 1'])
    })
  })

  test('could send nothing more: it has counted what it sent', () =>
    inRig({}, async (rig) => {
      const counts = { apiCalls: 0, apiRetries: 0, throttledMs: 0 }
      const seen: unknown[] = []
      const calls = createCalls(
        {
          ...rig.request,
          counts,
          channel: {
            call: async (_, options) => {
              for (const _attempt of [1, 2]) options.onAttempt?.(0)
              seen.push({ ...counts })
              return done(undefined, { attempts: 2 }) as never
            },
          },
        },
        rig.lease,
      )
      await calls.send(rig.request.account.findAudience('a'))
      expect([...seen, counts]).toEqual(Array(2).fill({ apiCalls: 2, apiRetries: 1, throttledMs: 0 }))
    }))
})

describe('a settle', () => {
  const settling = (rig: Rig, openFence = rig.lease.hold.fence) =>
    settleDelta(rig.request, rig.lease, {
      scope: rig.scope,
      run: {
        ...runFacts(rig.request),
        status: 'succeeded',
        apiCalls: 7,
        apiRetries: 2,
        throttledMs: 3,
        errorCode: null,
        errorMessage: null,
      },
      tookMs: () => 1234,
      openFence,
      quietMs: 60_000,
      highestStarted: 2,
      smooth: false,
    })

  test('moves the ledger and writes the row of the run', () =>
    inRig({}, async (rig) => {
      const cut = await store(rig, [1, 2, 3].map(add))
      await sendAll(rig, cut, cut.batches.slice(0, 1))
      await rig.raw(`update tidemark_state."control_people-x" set mark = 3`)
      await settling(rig)
      // Nothing above the second was started, whatever the mark says.
      expect(await ledger(rig)).toEqual(['m1 1', 'm2 2'])
      expect(await runsOf(rig)).toEqual(['run-1 succeeded 1 1 7 2 3'])
      expect((await rig.raw('select duration_ms::varchar as ms from tidemark.runs'))[0]?.ms).toBe('1234')
      const [quiet] = await rig.raw(`select (quiet_until > now()::timestamp + interval '50 seconds')::varchar as ahead
        from tidemark_state."control_people-x"`)
      expect(quiet?.ahead).toBe('true')
    }))

  test('of a delta that is no longer ours says that the lease is lost', () =>
    inRig({}, async (rig) => {
      const cut = await store(rig, [add(1)])
      await sendAll(rig, cut)
      expect(await outcomeOf(settling(rig, '99'))).toMatchObject({ exit: 75, code: 'lease_lost' })
      expect([await ledger(rig), await runsOf(rig)]).toEqual([[], []])
    }))
})

describe('nobody can have trouble', () => {
  const counts = (identifiers: number, waiting = 0) => ({ identifiers, confirmedBefore: 0, waiting })
  const smooth = (whole: boolean, rows: DeltaMeasures['rows']): boolean =>
    isSmooth({ whole } as Delivery, { rows } as DeltaMeasures)
  test.each<[string, boolean, DeltaMeasures['rows'], boolean]>([
    ['when all was accepted', true, { add: counts(5), remove: counts(1) }, true],
    ['when there was nothing', true, {}, true],
    ['unless a batch was not', false, { add: counts(5) }, false],
    ['unless something is held', true, { add: counts(5), hold: counts(1) }, false],
    ['unless something waits', true, { add: counts(5), keep: counts(2, 1), remove: counts(1) }, false],
  ])('%s', (_, whole, rows, expected) => expect(smooth(whole, rows)).toBe(expected))
})
