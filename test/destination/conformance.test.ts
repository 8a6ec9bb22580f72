import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Account, Call, Destination, Operation, OutgoingBatch } from '../../connector/destination/destination.ts'
import { openChannel } from '../../connector/http/channel.ts'
import type { Simulator } from '../../connector/simulator/simulator.ts'
import { type Cases, emailDigest, phoneDigest } from './cases.ts'
import { rowText } from './rows.ts'
import { tables } from './tables.ts'

/**
 * What every destination must do, by real HTTP against its platform on localhost, which is written from the reference and
 * not from our requests: what one side misunderstands, the other refuses.
 */
describe.each(tables.map((cases) => [cases.destination.type, cases] as const))('%s', (_type, cases) => {
  const destination: Destination = cases.destination
  let platform: Simulator
  let account: Account
  const accountAt = (baseUrl: string, credentials = cases.settings.credentials): Account =>
    destination.account({ ...cases.settings, baseUrl, credentials })
  const channel = openChannel({
    requestsPerSecond: 1000,
    concurrency: 4,
    timeoutMs: 5000,
    retry: { retries: 1, minMs: 1, maxMs: 2, maxAskedMs: 0 },
  })
  const ask = <T>(call: Call<T>) => channel.call(call, { mayStart: () => true })
  beforeAll(async () => {
    platform = await cases.simulate()
    account = accountAt(platform.url)
  })
  afterAll(() => platform.stop())

  const make = async (name: string): Promise<string> => {
    const made = await ask(account.createAudience({ name, description: 'Who is in it' }))
    if (made.kind !== 'done') throw new Error(`not made: ${made.lastCode}`)
    return made.value.audienceId
  }
  const [email = '', phone = ''] = Object.keys(destination.layout('1', { combinedRows: false }).types)
  /** One batch of one type (or all, where rows are members), a row for each digest. */
  const batch = (op: Operation, audienceId: string, type: string, digests: readonly string[]): OutgoingBatch => {
    const layout = destination.layout(audienceId, { combinedRows: false })
    return {
      op,
      audienceId,
      types: layout.rowPer === 'identifier' ? [type] : [email, phone],
      rows: digests.map((digest) => rowText(layout, { [type]: [digest] })).join(','),
      rowCount: digests.length,
    }
  }
  const send = (...args: Parameters<typeof batch>) => ask(account.send(batch(...args)))
  const held = (audienceId: string): readonly string[] => [...platform.identifiers(audienceId)].sort()

  test('an audience is made once, found by its exact name, and by no other', async () => {
    const id = await make('Conformance')
    expect(platform.audience(id)).toMatchObject({ name: 'Conformance', deleted: false })
    const found = await ask(account.findAudience('Conformance'))
    expect(found).toMatchObject({ kind: 'done', value: { matches: [{ audienceId: id }] } })
    for (const other of ['Conformanc', 'Conformance2', 'conformance']) {
      expect(await ask(account.findAudience(other))).toMatchObject({ kind: 'done', value: { matches: [] } })
    }
  })

  test('a name that is taken is refused, or given a second time, as the destination says', async () => {
    const first = await make('Twins')
    const second = await ask(account.createAudience({ name: 'Twins', description: null }))
    const found = await ask(account.findAudience('Twins'))
    const twin = second.kind === 'done' ? [second.value.audienceId] : []
    expect(second).toMatchObject(
      destination.audience.allowsTwins ? { kind: 'done' } : { kind: 'stopped', fault: { reason: 'name_taken' } },
    )
    if (found.kind !== 'done') throw new Error(`not found: ${found.lastCode}`)
    expect(found.value.matches.map(({ audienceId }) => audienceId).sort()).toEqual([first, ...twin].sort())
  })

  test('identifiers arrive under their own type, twice is once, and leave', async () => {
    const id = await make('Members')
    const both = [`${email} ${emailDigest}`, `${phone} ${phoneDigest}`].sort()
    for (let i = 0; i < 2; i++) {
      expect(await send('add', id, email, [emailDigest])).toMatchObject({ kind: 'done', attempts: 1 })
      expect(await send('add', id, phone, [phoneDigest])).toMatchObject({ kind: 'done', attempts: 1 })
      expect(held(id)).toEqual(both)
    }
    expect(await send('remove', id, email, [emailDigest])).toMatchObject({ kind: 'done' })
    expect(held(id)).toEqual([`${phone} ${phoneDigest}`])
    // Removing who is not there is no failure: a later run may have to repeat it.
    expect(await send('remove', id, email, [emailDigest])).toMatchObject({ kind: 'done' })
  })

  test('whether a removal takes the person or the identifier is as the destination says', async () => {
    const id = await make('Persons')
    platform.addPersons([
      [emailDigest, 'p1'],
      [phoneDigest, 'p1'],
    ])
    await send('add', id, email, [emailDigest])
    await send('add', id, phone, [phoneDigest])
    await send('remove', id, email, [emailDigest])
    expect(held(id)).toEqual(destination.removesPersons ? [] : [`${phone} ${phoneDigest}`])
  })

  test('digests in capitals, and values that are none, are refused', async () => {
    const id = await make('Capitals')
    for (const wrong of [emailDigest.toUpperCase(), 'jane@example.com', emailDigest.slice(1)]) {
      const answer = await send('add', id, email, [wrong])
      expect([wrong.slice(0, 4), ['refused', 'stopped'].includes(answer.kind)]).toEqual([wrong.slice(0, 4), true])
    }
    expect(held(id)).toEqual([])
  })

  test('a value that is refused is a refusal, and what was refused changes nothing where the destination says so', async () => {
    const id = await make('Refused')
    platform.addFaults([{ match: { op: 'add' }, times: 'always', fault: { kind: 'refuse', digests: [phoneDigest] } }])
    expect(await send('add', id, email, [emailDigest, phoneDigest])).toMatchObject({ kind: 'refused' })
    platform.clearFaults()
    if (destination.atomic) expect(held(id)).toEqual([])
  })

  test('an audience that is not there is gone', async () => {
    const id = await make('Short-lived')
    expect(await send('add', `${id}99`, email, [emailDigest])).toMatchObject({
      kind: 'stopped',
      fault: { next: 'stop', exit: 78, reason: 'audience_gone' },
    })
  })

  test('credentials that are wrong, each by itself, are a matter of permission', async () => {
    const needed = Object.keys(cases.settings.credentials).filter(
      (key) => !(account.directory?.needs ?? []).includes(key),
    )
    const secrets = needed.filter((key) => key !== 'path')
    for (const key of secrets) {
      const wrong = accountAt(platform.url, { ...cases.settings.credentials, [key]: 'wrong-wrong-wrong-wrong' })
      expect([key, await ask(wrong.findAudience('Conformance'))]).toMatchObject([
        key,
        { kind: 'stopped', fault: { exit: 77, reason: 'permission' } },
      ])
    }
  })

  test.each([
    ['drop_before', { kind: 'given_up', applied: 'maybe' }],
    ['drop_after', { kind: 'given_up', applied: 'maybe' }],
    ['garbage', { kind: 'stopped', fault: { exit: 76 } }],
    ['truncated', { kind: 'stopped', fault: { exit: 76 } }],
  ] as const)('%s is never success', async (kind, expected) => {
    const id = await make(`Never ${kind}`)
    platform.addFaults([{ match: { op: 'add' }, times: 'always', fault: { kind } }])
    expect(await send('add', id, email, [emailDigest])).toMatchObject(expected)
    platform.clearFaults()
  })

  test('what was counted short is never success', async () => {
    const id = await make('Partial')
    platform.addFaults([{ match: { op: 'add' }, times: 'always', fault: { kind: 'partial' } }])
    expect((await send('add', id, email, [emailDigest, phoneDigest])).kind).not.toBe('done')
    platform.clearFaults()
  })

  test('a server error is asked again', async () => {
    const id = await make('Error')
    platform.addFaults([{ match: { op: 'add' }, fault: { kind: 'answer', status: 500 } }])
    expect(await send('add', id, email, [emailDigest])).toMatchObject({ kind: 'done', attempts: 2 })
  })

  test('a rate limit is told as one, with how long to wait, and nothing is applied', async () => {
    const strict = await cases.simulate({ rateLimit: cases.oneRequest })
    try {
      const mine = accountAt(strict.url)
      const made = await ask(mine.createAudience({ name: 'Slow', description: null }))
      const id = made.kind === 'done' ? made.value.audienceId : '1'
      const answers = [
        await ask(mine.send(batch('add', id, email, [emailDigest]))),
        await ask(mine.send(batch('add', id, email, [phoneDigest]))),
      ]
      const throttled = answers.find(({ kind }) => kind === 'given_up')
      expect(throttled).toMatchObject({
        applied: 'no',
        because: 'patience',
        fault: { next: 'retry', retryAfterMs: expect.any(Number) },
      })
    } finally {
      await strict.stop()
    }
  })

  test('a name is changed where the destination says that it can be', async () => {
    const id = await make('Before')
    const { canRename } = destination.audience
    expect(account.updateAudience !== undefined).toBe(canRename)
    if (account.updateAudience === undefined) return
    const renamed = await ask(account.updateAudience(id, { name: 'After', description: null }))
    expect([renamed.kind, platform.audience(id)]).toMatchObject(['done', { name: 'After', description: null }])
  })

  test('sizes are told where the destination says that they are', async () => {
    const id = await make('Sized')
    await send('add', id, email, [emailDigest])
    expect(account.inspectAudience !== undefined).toBe(destination.audience.countingHours !== null)
    if (account.inspectAudience === undefined) return
    expect(await ask(account.inspectAudience(id))).toMatchObject({ kind: 'done', value: { size: 1 } })
  })
})

test('every destination has its platform on localhost', async () => {
  const started = await Promise.all(tables.map(async (cases: Cases) => [cases, await cases.simulate()] as const))
  for (const [{ destination }, platform] of started) {
    expect(platform.platform).toBe(destination.type)
    await platform.stop()
  }
})
