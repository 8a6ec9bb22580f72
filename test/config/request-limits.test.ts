import { describe, expect, test } from '@jest/globals'
import { contractOf } from '../../connector/destination/registry.ts'
import { load, problemsOf, refusal, tidemarkYml, tiktok, x } from './configuration.ts'

const two = '{ fields: { email: email, phone: [mobile, landline] } }'
const ofX = (request: string) =>
  tidemarkYml({ x: x(`request: ${request}`), segment: 'relation: a\nmember_key: id\nactivate: [x]' })
const ofTiktok = (request: string, defaults = two) =>
  tidemarkYml({
    tiktok: tiktok(`request: ${request}`, defaults),
    segment: 'relation: a\nmember_key: id\nactivate: [tiktok]',
  })

/** The bytes of the request that the platform's own client writes for these rows. */
const bytesOf = async (text: string, rows: string, types: readonly string[]): Promise<number> => {
  const { activations } = await load(text)
  const [activation] = activations
  if (!activation) throw new Error('no activation')
  const account = contractOf(activation.destination).account(activation.destination)
  const { body } = account
    .send({ op: 'remove', audienceId: '9'.repeat(20), types, rows, rowCount: 1 })
    .request({ nonce: 'n', now: new Date(0) })
  return Buffer.byteLength((body ?? []).join(''))
}

const digest = '0'.repeat(64)

describe('one member has to fit into a request', () => {
  test('X: an object with what is mapped; a byte less is refused', async () => {
    const least = /needs \((\d+) bytes\)/.exec((await refusal(ofX('{ max_bytes: 1 }'))).message)?.[1]
    const body = await bytesOf(ofX('{}'), `{"email":["${digest}"]}`, ['email'])
    // Written as the platform's layout says, an add being no longer than a removal or the other way round.
    expect(Number(least)).toBeGreaterThan(64)
    expect(Math.abs(Number(least) - body)).toBeLessThan(40)
    await expect(load(ofX(`{ max_bytes: ${least} }`))).resolves.toBeDefined()
    expect(await problemsOf(ofX(`{ max_bytes: ${Number(least) - 1} }`))).toEqual([
      `destinations.x.request.max_bytes: is less than one member of high_value.x needs (${least} bytes)`,
    ])
  })

  test('TikTok: one identifier, or with combined rows as many rows as a field has columns', async () => {
    const single = await refusal(ofTiktok('{ max_bytes: 200 }'))
    expect(single.message).toMatch(
      /line \d+: destinations\.tiktok\.request\.max_bytes: is less than one member of high_value\.tiktok needs \(\d+ bytes\); got 200; write \d+ or more, or take it out \(then it is 1000000\)/,
    )
    await expect(load(ofTiktok('{ max_rows: 1 }'))).resolves.toBeDefined()
    expect(await problemsOf(ofTiktok('{ max_rows: 1, combined_rows: true }'))).toEqual([
      'destinations.tiktok.request.max_rows: is less than one member of high_value.tiktok needs (2 rows)',
    ])
    await expect(load(ofTiktok('{ max_rows: 2, combined_rows: true }'))).resolves.toBeDefined()
  })

  test('every column of a member counts', async () => {
    const least = async (defaults: string): Promise<number> =>
      Number(
        /needs \((\d+) bytes\)/.exec(
          (await refusal(ofTiktok('{ max_bytes: 1, combined_rows: true }', defaults))).message,
        )?.[1],
      )
    const one = await least('{ fields: { email: email } }')
    expect(await least('{ fields: { email: [email, { column: old, format: sha512 }] } }')).toBeGreaterThan(one + 128)
    expect(await least(two)).toBeGreaterThan(one + 3 * 64)
  })

  test('the one that needs most is told, once', async () => {
    const { problems } = await refusal(
      tidemarkYml({
        x: x('request: { max_bytes: 100 }'),
        segment:
          'relation: a\nmember_key: id\nactivate:\n  - x\n  - { destination: x, name: more, audience: { name: more }, fields: { email: email, phone_number: phone } }',
      }),
    )
    expect(problems.map(({ wrong }) => wrong)).toEqual([expect.stringMatching(/one member of more needs/)])
  })
})
